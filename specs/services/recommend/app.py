"""Answers the world with what the ranking service thinks of the candidates that a request names."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

MOST = 100
"""Candidates of one request."""


class Handler(BaseHTTPRequestHandler):
    """GET /ping, and GET /recommend?item=a&item=b."""

    def do_GET(self) -> None:
        """Answer one request."""
        url = urlsplit(self.path)
        if url.path == "/ping":
            self._answer(200, {"well": True})
        elif url.path == "/recommend":
            self._answer(*recommend(parse_qs(url.query).get("item", [])))
        else:
            self._answer(404, {"error": "there is /recommend?item=…"})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def recommend(items: list[str]) -> tuple[int, dict[str, object]]:
    """Return the status and the body for these candidates."""
    if not 0 < len(items) <= MOST:
        return 400, {"error": f"name 1 to {MOST} items"}
    asked = Request(f"{os.environ['LANDFORM_SERVE_RANK']}/rank", json.dumps({"items": items}).encode())
    try:
        with urlopen(asked, timeout=5) as answer:
            return 200, {"items": json.load(answer)["items"]}
    except (URLError, TimeoutError):
        return 503, {"error": "nobody ranks at the moment"}


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(os.environ["LANDFORM_PORT"])), Handler).serve_forever()
