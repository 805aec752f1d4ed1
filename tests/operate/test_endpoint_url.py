"""An endpoint that is none, or that nobody is at, is the user's to mend and no bug of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.cli import main
from landform.exits import FINDINGS, MISSING

SPEC = Path(__file__).parents[2] / "specs" / "quickstart.yaml"


@pytest.mark.parametrize("command", ["bootstrap", "preflight", "status"])
@pytest.mark.parametrize(
    ("url", "exits", "says"),
    [
        ("nonsense", MISSING, "AWS is to be asked at 'nonsense', which is no URL. Unset AWS_ENDPOINT_URL"),
        ("http://127.0.0.1:9", FINDINGS, "Check the network and the region, and AWS_ENDPOINT_URL where it is set."),
    ],
)
def test_it_is_said(
    command: str, url: str, exits: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("ACCESS_KEY_ID", "testing"), ("SECRET_ACCESS_KEY", "testing"), ("ENDPOINT_URL", url)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert main([command, str(SPEC)]) == exits
    told = capsys.readouterr()
    assert says in told.out + told.err
    assert "bug" not in told.err
