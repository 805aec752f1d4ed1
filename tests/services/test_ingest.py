"""The sample's handler: what it reads of a file, and what it puts into the table."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

CODE = Path(__file__).parents[2] / "specs" / "services" / "ingest"


@pytest.fixture(scope="module")
def app() -> ModuleType:
    """The handler's module, as Lambda would load it."""
    spec = importlib.util.spec_from_file_location("ingest_app", CODE / "app.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket `incoming` and a table `readings`, as the sample has them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("LANDFORM_DATA_READINGS", "readings")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="incoming")
        yield boto3.resource("dynamodb").create_table(
            TableName="readings",
            KeySchema=[{"AttributeName": "sensor", "KeyType": "HASH"}, {"AttributeName": "time", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "sensor", "AttributeType": "S"},
                {"AttributeName": "time", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )


def test_a_line_without_a_value_is_left_out(app: ModuleType) -> None:
    found = list(app.readings("sensor,time,value\nroof,t1,3.5\nroof,t2,\n,t3,1\n"))
    assert found == [{"sensor": "roof", "time": "t1", "value": Decimal("3.5")}]


def test_every_reading_of_a_file_becomes_a_row(app: ModuleType, table: Any) -> None:
    text = (CODE / "rehearsal" / "three.csv").read_bytes()
    boto3.client("s3").put_object(Bucket="incoming", Key="in/a b.csv", Body=text)
    event = {"Records": [{"s3": {"bucket": {"name": "incoming"}, "object": {"key": "in/a+b.csv"}}}]}
    assert app.handler(event, None) == {"readings": 3}
    assert {row["sensor"] for row in table.scan()["Items"]} == {"roof", "cellar"}


def test_a_value_that_is_no_number_fails_so_that_the_file_is_kept(app: ModuleType) -> None:
    with pytest.raises(ArithmeticError):
        list(app.readings("sensor,time,value\nroof,t1,warm\n"))
