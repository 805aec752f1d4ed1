"""What a plan asks AWS although nothing stands: whether the definition of a state machine is one.

Provider 5.100 asks while it plans, and plans nothing without an answer (github.com/hashicorp/terraform-provider-aws,
resource aws_sfn_state_machine; seen 2026-11). Here a server on loopback answers this one question, by whether the
states that the definition names are there, and refuses every other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from landform.rehearse.stage import Target

_QUESTION = "AWSStepFunctions.ValidateStateMachineDefinition"


@contextmanager
def answering() -> Iterator[Target]:
    """A target for plans, which answers nothing but that question; it ends with the context."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Target(f"http://127.0.0.1:{server.server_port}", answers=False)
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer the question, or refuse."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("X-Amz-Target") == _QUESTION:
            self._answer(200, judged(json.loads(body).get("definition", "")))
        else:
            self._answer(400, {"__type": "AccessDeniedException", "message": "nothing is asked while a plan is made"})

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 (the names that the library calls)

    def _answer(self, status: int, said: Mapping[str, Any]) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing on the terminal."""


def judged(definition: str) -> dict[str, Any]:
    """Say as Step Functions does whether a definition is one: JSON, whose states all lead to states that are there."""
    try:
        said = json.loads(definition)
        states = said["States"]
        named = {said["StartAt"], *(state["Next"] for state in states.values() if "Next" in state)}
        missing = sorted(named - states.keys())
    except (ValueError, KeyError, TypeError, AttributeError):
        missing = ["StartAt and States"]
    faults = [{"severity": "ERROR", "code": "MISSING_TARGET", "message": f"{name} is missing"} for name in missing]
    return {"result": "FAIL" if faults else "OK", "diagnostics": faults, "truncated": False}
