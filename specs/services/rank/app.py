"""Ranks candidates: the place where a model goes. Here the shorter name wins, and of equals the alphabet."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """GET /ping, and POST /rank {"items": […]}."""

    def do_GET(self) -> None:
        """Say that the host is well."""
        self._answer({"well": True})

    def do_POST(self) -> None:
        """Rank the candidates of one request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer({"items": sorted(body["items"], key=lambda item: (len(item), item))})

    def _answer(self, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(os.environ["LANDFORM_PORT"])), Handler).serve_forever()
