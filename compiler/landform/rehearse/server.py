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
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

CONNECTIONS = 1000
"""Open at once. Terraform keeps some dozens alive for each region and service."""
IDLE = 24 * 60 * 60
"""Seconds after which a silent connection is closed; a request that is just on its way there would be lost."""
REMEMBERED = 1000
"""Answers that are kept for clients that ask again; a client does so within seconds."""


def main() -> None:
    """Serve on the inherited socket until standard input ends, however the parent went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--account", required=True)
    parser.add_argument("--socket", type=int, required=True, help="descriptor of a listening socket")
    parser.add_argument("--longest-wait", type=int, help="seconds for which a state machine waits at most at a time")
    options = parser.parse_args()

    # Ctrl-C goes to every process of the terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    # moto reads these when it is imported, or when a state machine calls back to this very server.
    os.environ["MOTO_ACCOUNT_ID"] = options.account
    with socket.socket(fileno=os.dup(options.socket)) as listening:
        os.environ["MOTO_PORT"] = str(listening.getsockname()[1])
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"
    _serve(options.socket, options.longest_wait)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _serve(descriptor: int, longest_wait: int | None) -> None:
    import waitress
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from landform.rehearse.extensions import extend_moto

    extend_moto()
    if longest_wait is not None:
        from landform.rehearse.extensions.stepfunctions import shorten_waits

        shorten_waits(longest_wait)
    waitress.serve(
        answered_once(_with_raw_path(DomainDispatcherApplication(create_backend_app))),
        sockets=[socket.socket(fileno=descriptor)],
        # moto's dictionaries are shared by all threads. A request that fails half-way because another one
        # changed them is sent again by the AWS client, and then fails as "already exists".
        threads=1,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE,
        asyncore_use_poll=True,
        _quiet=True,
    )


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def answered_once(application: Application) -> Application:
    """Carry out each call once: a client whose answer got lost, and who sends it again, gets that answer.

    An AWS client sends a call again where a busy machine broke the connection, and would hear that what it made
    "already exists". Every attempt of one call carries the same ``amz-sdk-invocation-id`` (aws-sdk-go-v2 and
    botocore set it; seen 2026-11-29). A fault of the server's own is no answer to keep, and to read twice is no harm.
    """
    kept: OrderedDict[str, tuple[tuple[Any, ...], list[bytes]]] = OrderedDict()

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reads = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        call = "" if reads else environ.get("HTTP_AMZ_SDK_INVOCATION_ID", "")
        if call in kept:
            started, body = kept[call]
            start_response(*started)
            return body
        starts: list[tuple[Any, ...]] = []

        def start(*started: Any) -> Any:
            starts.append(started)
            return start_response(*started)

        body = list(application(environ, start))
        if call and starts and not starts[-1][0].startswith("5"):
            kept[call] = (starts[-1], body)
            if len(kept) > REMEMBERED:
                kept.popitem(last=False)
        return body

    return serve


def _with_raw_path(application: Application) -> Application:
    """Hand `application` the path as it was sent, under the name by which moto reads it.

    An S3 key with an encoded slash is another key than the decoded path would name.
    """

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return application(environ, start_response)

    return serve


if __name__ == "__main__":
    main()
