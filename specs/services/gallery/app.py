"""Shows the notebooks that people share: GET /ping, and GET /notebooks lists them by name."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def notebooks(folder: Path) -> list[str]:
    """Return the notebooks below a folder, by their paths."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb"))


class Handler(BaseHTTPRequestHandler):
    """What is asked for, as JSON."""

    def do_GET(self) -> None:
        """Answer the two paths that there are."""
        known = {"/ping": lambda: "well", "/notebooks": lambda: notebooks(Path(os.environ["LANDFORM_DATA_NOTEBOOKS"]))}
        content = json.dumps(known[self.path]() if self.path in known else None).encode()
        self.send_response(200 if self.path in known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    ThreadingHTTPServer(("", int(os.environ["LANDFORM_PORT"])), Handler).serve_forever()
