"""A page for people: asks the explaining service about an account, by a signed request, and shows the answer."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote
from urllib.request import Request, urlopen

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

PAGE = """<!doctype html><meta charset="utf-8"><title>Console</title>
<form><label>Account <input name="account" value="{account}"></label> <button>Ask</button></form><pre>{answer}</pre>"""


def signed(url: str) -> Request:
    """Return a request that an API, or the URL of a function, lets in: signed with the role of the instance."""
    session = boto3.Session()
    unsigned = AWSRequest("GET", url)
    service = "lambda" if ".lambda-url." in url else "execute-api"
    SigV4Auth(session.get_credentials(), service, os.environ["AWS_REGION"]).add_auth(unsigned)
    return Request(url, headers=dict(unsigned.headers))


def ask(account: str) -> str:
    """Return what the service says of an account, or why it does not."""
    url = f"{os.environ['LANDFORM_SERVE_EXPLAIN']}?account={quote(account, safe='')}"
    try:
        with urlopen(signed(url), timeout=20) as answer:
            return json.dumps(json.load(answer), indent=2)
    except HTTPError as refused:
        return f"The service answers {refused.code}."


def application(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer `/` with the page, and `/ping` while all is well: what Beanstalk starts is called `application`."""
    if environ["PATH_INFO"] == "/ping":
        start_response("200 OK", [("content-type", "text/plain")])
        return [b"well"]
    account = parse_qs(environ.get("QUERY_STRING", "")).get("account", [""])[0]
    page = PAGE.format(account=html.escape(account), answer=html.escape(ask(account)) if account else "")
    start_response("200 OK", [("content-type", "text/html; charset=utf-8")])
    return [page.encode()]
