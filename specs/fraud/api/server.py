"""The features of an account over HTTP: `/accounts/<id>`, and `/ping` for the load balancer."""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import boto3
from boto3.dynamodb.conditions import Key

PORT = 8080


def answer(path: str, table: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body for a path; `table` is the table of features."""
    if path == "/ping":
        return 200, {"status": "ok"}
    account = unquote(path.removeprefix("/accounts/")) if path.startswith("/accounts/") else ""
    if not account:
        return 404, {"error": "ask for /accounts/<id>"}
    found = table.query(KeyConditionExpression=Key("account_id").eq(account), ScanIndexForward=False, Limit=1)["Items"]
    return (200, found[0]) if found else (404, {"error": f"no transaction of account {account!r} is known"})


class Handler(BaseHTTPRequestHandler):
    """Answers GET; the table is found once, when the process starts."""

    table: Any = None

    def do_GET(self) -> None:
        """Answer one request."""
        status, body = answer(self.path, self.table)
        content = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    Handler.table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_FEATURES"])
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
