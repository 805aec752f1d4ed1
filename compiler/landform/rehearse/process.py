"""A process that stands for a machine of AWS: a function's, with the planned environment and the embedded AWS alone."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from landform.rehearse.stage import Target, sealed


@dataclass(frozen=True)
class Answer:
    """What a handler returned, or the name of what it raised and its message."""

    payload: Any
    error: str = ""
    message: str = ""

    @property
    def failure(self) -> str:
        """What went wrong, or nothing."""
        return f"{self.error}: {self.message}" if self.error else ""


class Function:
    """A function that waits for events: an archive of Python code, and the handler in it.

    A context manager; what it is asked by several threads it does one after the other.
    """

    def __init__(self, code: bytes, handler: str, environment: Mapping[str, str]) -> None:
        self._code, self._handler, self._environment = code, handler, dict(environment)
        self._asked = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._asked:
            self._end()

    def call(self, event: Any, timeout: int) -> Answer:
        """Hand an event to the handler; `timeout` is in seconds, and after it the process is another one."""
        with self._asked:
            process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            late = threading.Timer(timeout, process.kill)
            late.start()
            try:
                process.stdin.write(f"{json.dumps(event)}\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = ""
            late.cancel()
            if not line:
                self._end()
                return Answer(None, "Sandbox.Timedout", f"it takes more than its {timeout}s, or it ended")
        said = json.loads(line)
        return Answer(said.get("answer"), said.get("error", ""), said.get("message", ""))

    def _start(self) -> subprocess.Popen[str]:
        self._folder = tempfile.TemporaryDirectory(prefix="landform-", ignore_cleanup_errors=True)
        with zipfile.ZipFile(io.BytesIO(self._code)) as archive:
            archive.extractall(self._folder.name)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "landform.rehearse.handler", self._handler],
            cwd=self._folder.name,
            env=self._environment,
            # It ends with its input, and so with the process that started it.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self._process

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        if self._folder:
            self._folder.cleanup()
        self._process = self._folder = None


def environment(target: Target, region: str, name: str, planned: Mapping[str, str]) -> dict[str, str]:
    """What Lambda sets, and what was planned; no credentials but made-up ones."""
    return {**made_up(target, region), "AWS_LAMBDA_FUNCTION_NAME": name, **planned}


def made_up(target: Target, region: str) -> dict[str, str]:
    """An environment in which there is nothing but the embedded AWS."""
    return {
        **sealed(os.environ, target),
        "AWS_ACCESS_KEY_ID": "landform",
        "AWS_SECRET_ACCESS_KEY": "landform",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
