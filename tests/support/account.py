"""The account of the embedded AWS: credentials for it, and how it is emptied between tests."""

from __future__ import annotations

from urllib.request import Request, urlopen

import pytest

from landform.rehearse.embedded import EmbeddedAws


def log_in(monkeypatch: pytest.MonkeyPatch, aws: EmbeddedAws) -> None:
    """Have every AWS client of this process ask `aws`."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "landform",
        "AWS_SECRET_ACCESS_KEY": "landform",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def empty(aws: EmbeddedAws) -> None:
    """Forget all that stands: what starting another AWS gives, without the seconds it takes."""
    urlopen(Request(f"{aws.endpoint}/moto-api/reset", method="POST")).close()
