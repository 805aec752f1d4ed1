"""The flagship's services: what its functions keep, count and explain, and what its pages say."""

from __future__ import annotations

import base64
import importlib.util
import json
import tarfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

CODE = Path(__file__).parents[2] / "specs" / "fraud"


def loaded(folder: str, file: str = "app.py") -> ModuleType:
    """The module of a service, as its platform would load it."""
    spec = importlib.util.spec_from_file_location(f"fraud_{folder}", CODE / folder / file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def features(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The bucket, the stream and the table of the spec, in an AWS of this process."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LANDFORM_DATA_FEATURES", "features")
    monkeypatch.setenv("LANDFORM_DATA_CLICKS", "clicks")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="transactions")
        boto3.client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
        yield boto3.resource("dynamodb").create_table(
            TableName="features",
            KeySchema=[
                {"AttributeName": "account_id", "KeyType": "HASH"},
                {"AttributeName": "event_time", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "account_id", "AttributeType": "S"},
                {"AttributeName": "event_time", "AttributeType": "N"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )


def put(key: str) -> dict[str, Any]:
    """Put the sample file; return the event that S3 would send."""
    content = (CODE / "ingest" / "rehearsal" / "three.csv").read_bytes()
    boto3.client("s3").put_object(Bucket="transactions", Key=key, Body=content)
    return {"Records": [{"s3": {"bucket": {"name": "transactions"}, "object": {"key": key.replace(" ", "+")}}}]}


def told() -> list[dict[str, Any]]:
    """What lies on the stream."""
    kinesis = boto3.client("kinesis")
    (shard,) = kinesis.list_shards(StreamName="clicks")["Shards"]
    start = kinesis.get_shard_iterator(StreamName="clicks", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    return [json.loads(record["Data"]) for record in kinesis.get_records(ShardIterator=start)["Records"]]


def test_transactions_become_features_and_clicks(features: Any) -> None:
    assert loaded("ingest").handler(put("in/march 1.csv"), None) == {"transactions": 3}
    rows = sorted(features.scan()["Items"], key=lambda row: (row["account_id"], row["event_time"]))
    assert [(row["account_id"], row["amount"], row["foreign"]) for row in rows] == [
        ("a-1", Decimal("12.50"), 0),
        ("a-1", Decimal("7.20"), 0),
        ("a-2", Decimal("980.00"), 1),
    ]
    assert [each["account_id"] for each in told()] == ["a-1", "a-2", "a-1"]


def test_what_failed_is_noted_and_what_cannot_be_read_comes_again(features: Any) -> None:
    failed = json.dumps({"requestPayload": put("in/a.csv")})
    records = [{"messageId": "1", "body": failed}, {"messageId": "2", "body": "not JSON"}]
    answer = loaded("again").handler({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    (row,) = features.scan()["Items"]
    assert row["account_id"] == "failed#transactions/in/a.csv"


def test_rates_are_added_up(features: Any) -> None:
    clicks = [{"account_id": "a-1", "day": "2026-03-01", "amount": amount} for amount in (12.5, 7.5)]
    records = [{"kinesis": {"data": base64.b64encode(json.dumps(click).encode()).decode()}} for click in clicks]
    app = loaded("rates")
    for _ in range(2):
        assert app.handler({"Records": records}, None) == {"rates": 1}
    (row,) = features.scan()["Items"]
    assert (row["account_id"], row["transactions"], row["amount"]) == ("rate#a-1#2026-03-01", 4, Decimal(40))


def test_an_explanation_says_what_raises_the_score_most() -> None:
    def score(rows: list[list[float]]) -> list[float]:
        return [0.1 + 0.5 * (amount > 100) + 0.2 * foreign for amount, _, foreign, _ in rows]

    row = {"amount": 900.0, "hour": 12.0, "foreign": 1.0, "account_days": 400.0}
    found = loaded("explain").explanation(row, score)
    assert found["score"] == 0.8
    assert list(found["raised_by"].items())[:2] == [("amount", 0.5), ("foreign", 0.2)]
    assert found["raised_by"]["hour"] == 0


def test_only_known_accounts_are_explained(features: Any) -> None:
    app = loaded("explain")
    assert app.handler({"queryStringParameters": {"account": "nobody"}}, None)["statusCode"] == 404
    assert app.handler({}, None)["statusCode"] == 404
    loaded("ingest").handler(put("in/a.csv"), None)
    assert app.last("a-2") == {"amount": 980.0, "hour": 16.0, "foreign": 1.0, "account_days": 3.0}


def test_the_api_answers_what_is_known(features: Any) -> None:
    answer = loaded("api", "server.py").answer
    assert answer("/ping", features)[0] == 200
    assert answer("/accounts/a-1", features)[0] == 404
    assert answer("/", features)[0] == 404
    loaded("ingest").handler(put("in/a.csv"), None)
    status, row = answer("/accounts/a-1", features)
    assert (status, row["event_time"]) == (200, 1764003600)


def test_the_console_shows_text_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    page = loaded("console", "application.py")
    monkeypatch.setattr(page, "ask", lambda account: {"score": 0.8, "raised_by": {"amount<": 0.5}})
    said: list[str] = []
    query = "account=%22%3E%3Cscript%3E"
    (body,) = page.application({"QUERY_STRING": query}, lambda status, headers: said.append(status))
    assert said == ["200 OK"]
    assert b"<script>" not in body
    assert b"amount&lt;" in body
    assert list(page.application({"PATH_INFO": "/health"}, lambda *_: None)) == [b"ok\n"]


def test_the_first_model_is_what_the_endpoint_loads() -> None:
    with tarfile.open(CODE / "model" / "score-0.tar.gz") as archive:
        (entry,) = archive.getmembers()
        content = archive.extractfile(entry)
        assert content is not None
        # UBJSON: an object whose first key is the learner, as xgboost's `save_raw("ubj")` writes it.
        assert (entry.name, content.read()[:1]) == ("xgboost-model", b"{")
