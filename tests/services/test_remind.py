"""The sample's reminder: it counts what failed, and says so."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

CODE = Path(__file__).parents[2] / "specs" / "services" / "remind" / "app.py"


def test_what_waits_is_counted_and_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    spec = importlib.util.spec_from_file_location("remind_app", CODE)
    assert spec is not None and spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="failed")["QueueUrl"]
        monkeypatch.setenv("LANDFORM_DATA_FAILED", url)
        assert app.handler({}, None) == {"waiting": 0}
        assert capsys.readouterr().out == ""
        sqs.send_message(QueueUrl=url, MessageBody="a.csv")
        assert app.handler({}, None) == {"waiting": 1}
        assert "1 messages wait among the failed" in capsys.readouterr().out
