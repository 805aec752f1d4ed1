"""An AWS for a moment: moto in a process of its own on a free loopback port, gone when its user is."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
from functools import cache
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self

from landform.diagnostics import error
from landform.rehearse.stage import Target
from landform.rehearse.terraform import ToolMissing

SERVER = "landform.rehearse.server"
BACKLOG = 512
"""Connections that may wait; Terraform opens some dozens at once while the server is still starting."""


class EmbeddedAws:
    """A context manager that holds an AWS which answers as `account` (twelve digits).

    Entering returns at once: the port is known, and connections wait until the server has started. Raises
    `ToolMissing` (LF0903) where the extra `sandbox` is not installed. The process ends with the context, and
    with this process, even where that is killed. State machines wait for no longer than `longest_wait` seconds at a
    time, where it is given: what they wait for is there at once.
    """

    def __init__(self, account: str, longest_wait: int | None = None) -> None:
        self.account = account
        self._waits = () if longest_wait is None else ("--longest-wait", str(longest_wait))
        self.endpoint = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        require_sandbox()
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listening:
            self.endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
            descriptor = listening.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-m", SERVER, "--account", self.account, "--socket", str(descriptor), *self._waits],
                # The pipe's other end closes with this process: that ends the server.
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[descriptor],
                env={k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "MOTO_"))},
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    @property
    def target(self) -> Target:
        """What a staged tree is pointed at."""
        return Target(self.endpoint, answers=True)

    def client(self, service: str, region: str) -> Any:
        """A boto3 client of the embedded AWS; nothing of the user's AWS configuration counts."""
        return _client(self.endpoint, service, region)


def require_sandbox(*more: str) -> None:
    """Raise `ToolMissing` (LF0903) unless moto, its server and boto3 can be imported, and what a loop takes `more`."""
    needed = ("moto", "boto3", "flask_cors", "waitress", *more)
    absent = [name for name in needed if not importlib.util.find_spec(name)]
    if absent:
        raise ToolMissing(
            error(
                "LF0903",
                (),
                f"The embedded AWS needs {', '.join(absent)}.",
                f"Install it: pip install 'landform[sandbox{',agent' if more else ''}]'",
            )
        )


_CREATING: Final = Lock()
"""A session creates one client at a time."""


@cache
def _client(endpoint: str, service: str, region: str) -> Any:
    from botocore.config import Config

    with _CREATING:
        return _session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=Config(proxies={}, s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
        )


@cache
def _session() -> Any:
    """One session for all clients: what it reads for the first serves the others, which is most of their cost."""
    import boto3
    import botocore.session

    # (name in the file, name in the environment, default, conversion): neither file nor environment counts.
    isolated = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    return boto3.Session(botocore_session=isolated, aws_access_key_id="landform", aws_secret_access_key="landform")
