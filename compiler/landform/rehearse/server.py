"""The process of the embedded AWS: moto's server with landform's extensions.

Started by `embedded.EmbeddedAws`, which hands it a listening socket and a pipe that ends with the parent.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from typing import Any, cast

CONNECTIONS = 1000
"""Open at once. Terraform keeps some dozens alive for each region and service."""


def main() -> None:
    """Serve on the inherited socket until standard input ends, however the parent went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--account", required=True)
    parser.add_argument("--socket", type=int, required=True, help="descriptor of a listening socket")
    options = parser.parse_args()

    # Ctrl-C goes to every process of the terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    # moto reads this when it is imported.
    os.environ["MOTO_ACCOUNT_ID"] = options.account
    _serve(options.socket)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _serve(descriptor: int) -> None:
    import waitress
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from landform.rehearse.extensions import extend_moto

    extend_moto()
    waitress.serve(
        _with_raw_path(DomainDispatcherApplication(create_backend_app)),
        sockets=[socket.socket(fileno=descriptor)],
        # moto's dictionaries are shared by all threads. A request that fails half-way because another one
        # changed them is sent again by the AWS client, and then fails as "already exists".
        threads=1,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        _quiet=True,
    )


def _with_raw_path(application: Any) -> Any:
    """Hand `application` the path as it was sent, under the name by which moto reads it.

    An S3 key with an encoded slash is another key than the decoded path would name.
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return cast(Iterable[bytes], application(environ, start_response))

    return serve


if __name__ == "__main__":
    main()
