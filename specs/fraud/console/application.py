"""A page for those who look into alerts: an account's last transaction, its score, and why."""

from __future__ import annotations

import html
import json
import os
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, quote

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Fraud console</title>
<h1>Fraud console</h1>
<form><label>Account <input name="account" value="{account}"></label> <button>Explain</button></form>
{answer}</html>"""


def ask(account: str) -> dict[str, Any]:
    """Call the service `explain` as this environment's role: its URL takes signed requests alone."""
    url = f"{os.environ['LANDFORM_SERVE_EXPLAIN'].rstrip('/')}/?account={quote(account)}"
    request = AWSRequest(method="GET", url=url)
    SigV4Auth(boto3.Session().get_credentials(), "lambda", os.environ["AWS_REGION"]).add_auth(request)
    with urllib.request.urlopen(urllib.request.Request(url, headers=dict(request.headers)), timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def shown(found: Mapping[str, Any]) -> str:
    """Return an explanation as a table."""
    rows = "".join(
        f"<tr><td>{html.escape(column)}</td><td>{by:+.4f}</td></tr>" for column, by in found["raised_by"].items()
    )
    return f"<p>Score {found['score']:.4f}</p><table><tr><th>Feature</th><th>raises it by</th></tr>{rows}</table>"


def application(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve the page; `/health` says that the process answers."""
    if environ.get("PATH_INFO") == "/health":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"ok\n"]
    account = parse_qs(environ.get("QUERY_STRING", "")).get("account", [""])[0]
    answer = ""
    if account:
        try:
            answer = shown(ask(account))
        except urllib.error.HTTPError as failure:
            answer = f"<p>Nothing is known of this account ({failure.code}).</p>"
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE.format(account=html.escape(account, quote=True), answer=answer).encode()]
