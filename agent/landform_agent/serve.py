"""The agent's HTTP side: `/healthz`, `/metrics`, and `/ingest` where events are pushed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Protocol

from landform_agent.health import Health, prometheus

# Bytes of one request, of all that are being read at a time, and connections.
BODY: Final = 8 << 20
BODIES: Final = 4 * BODY
CONNECTIONS: Final = 64
_TIMEOUT: Final = 30
_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Refused(Exception):  # noqa: N818 (it is an answer, no error)
    """Events are not taken now: the status to answer with, and after how many seconds to ask again."""

    def __init__(self, status: int, reason: str, retry_after: int = 1) -> None:
        super().__init__(reason)
        self.status, self.retry_after = status, retry_after


class Inlet(Protocol):
    """Takes what is pushed."""

    def take(self, body: bytes) -> int:
        """Make the lines of a body durable; its place in the order. `Refused` where that cannot be."""
        ...


@contextmanager
def serving(address: str, health: Health, watch: str, inlet: Inlet | None = None) -> Iterator[int]:
    """Serve on `host:port` while the context is open; the port (of use where 0 was asked for)."""
    host, port = address.rsplit(":", 1)
    handler = type("Handler", (_Handler,), {"health": health, "watch": watch, "inlet": inlet, "room": _Room(BODIES)})
    server = _Server((host, int(port)), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Room:
    """What may be in memory at a time."""

    def __init__(self, size: int) -> None:
        self._left, self._lock = size, threading.Lock()

    @contextmanager
    def take(self, size: int) -> Iterator[bool]:
        """Whether there was so much room; it is held while the context is open."""
        with self._lock:
            fits = size <= self._left
            self._left -= size if fits else 0
        try:
            yield fits
        finally:
            with self._lock:
                self._left += size if fits else 0


class _Server(ThreadingHTTPServer):
    """A thread for each connection, but not for more than so many."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._free = threading.Semaphore(CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        with suppress(OSError):
            request.sendall(_BUSY)
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


class _Handler(BaseHTTPRequestHandler):
    room: _Room
    health: Health
    watch: str
    inlet: Inlet | None
    protocol_version = "HTTP/1.1"
    server_version = "landform-agent"
    sys_version = ""
    timeout = _TIMEOUT

    def do_GET(self) -> None:
        if self.path == "/healthz":
            problem = self.health.problem()
            self._answer(503 if problem else 200, {"healthy": not problem, "problem": problem})
        elif self.path == "/metrics":
            self._send(200, prometheus(self.health.figures(), self.watch).encode(), "text/plain; version=0.0.4")
        else:
            self._answer(404, {"error": "there are /healthz and /metrics, and /ingest to post to"})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/ingest" or self.inlet is None:
            self._close(404, "nothing takes events here")
        elif not length.isdecimal():
            self._close(411, "say Content-Length")
        elif int(length) > BODY:
            self._close(413, f"at most {BODY} bytes in a request")
        else:
            with self.room.take(int(length)) as fits:
                if fits:
                    self._take(self.rfile.read(int(length)), int(length))
                else:
                    self._close(429, "other events are being read; send these again later")

    def _take(self, body: bytes, length: int) -> None:
        assert self.inlet
        if len(body) < length:
            self.close_connection = True
            return
        try:
            self._answer(200, {"position": self.inlet.take(body)})
        except Refused as refused:
            self._answer(refused.status, {"error": str(refused)}, {"Retry-After": str(refused.retry_after)})

    def _close(self, status: int, reason: str) -> None:
        """Answer without having read the body: the connection is of no more use."""
        self.close_connection = True
        again = {"Retry-After": "1"} if status == 429 else {}
        self._answer(status, {"error": reason}, {"Connection": "close", **again})

    def _answer(self, status: int, told: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(told).encode() + b"\n", "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """A request is no news."""
