"""The sample's page for people: what it shows, and how it asks the service behind it."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from wsgiref.util import setup_testing_defaults

import boto3
import pytest
from moto import mock_aws

CODE = Path(__file__).parents[2] / "specs" / "services"


def loaded(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), CODE / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Service(BaseHTTPRequestHandler):
    """Answers a signed request for one account."""

    def do_GET(self) -> None:
        authorization = self.headers.get("Authorization", "")
        signed = authorization.startswith("AWS4-HMAC-SHA256 Credential=testing/") and "/execute-api/" in authorization
        known = self.path.endswith("?account=a%3C1")
        self.send_response(403 if not signed else 200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"score": "<b>"}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The page, in front of a service of this process."""
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "eu-west-1",
        "LANDFORM_SERVE_EXPLAIN": f"http://127.0.0.1:{server.server_port}/",
    }.items():
        monkeypatch.setenv(name, value)
    yield loaded("console/application.py")
    server.shutdown()


def shown(console: ModuleType, path: str, query: str = "") -> tuple[str, str]:
    environ: dict[str, str] = {"PATH_INFO": path, "QUERY_STRING": query}
    setup_testing_defaults(environ)
    told: list[str] = []
    body = b"".join(console.application(environ, lambda status, _: told.append(status)))
    return told[0], body.decode()


def test_it_is_well(console: ModuleType) -> None:
    assert shown(console, "/ping") == ("200 OK", "well")


def test_it_asks_by_a_signed_request_and_shows_no_markup_of_others(console: ModuleType) -> None:
    status, page = shown(console, "/", "account=a%3C1")
    assert status == "200 OK"
    assert 'value="a&lt;1"' in page
    assert "&lt;b&gt;" in page and "<b>" not in page


def test_it_says_what_the_service_refuses(console: ModuleType) -> None:
    assert "The service answers 404." in shown(console, "/", "account=nobody")[1]
    assert "answers" not in shown(console, "/")[1]


def test_notes_are_read_from_the_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LANDFORM_DATA_NOTES", "notes")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="notes")
        s3.put_object(Bucket="notes", Key="accounts/a1.json", Body=b'{"note": "calls often"}')
        handler = loaded("notes/app.py").handler
        assert handler({"queryStringParameters": {"account": "a1"}}, None)["body"] == '{"note": "calls often"}'
        assert handler({}, None)["statusCode"] == 404
