"""The ledger over weeks: who runs, who waits, and what is left behind."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from landform.emit.loop.steps.ledger import Admission, Ledger

DAY = 86_400
KEYS = ("model", "what")


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    with mock_aws():
        table = boto3.resource("dynamodb", region_name="us-east-1").create_table(
            TableName="loop",
            KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in zip(KEYS, ("HASH", "RANGE"), strict=True)],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Ledger(table, "serve.score")


def admit(ledger: Ledger, alarm: str, now: float, *, attempt: int = 1, state: str = "raised") -> Admission:
    told: dict[str, Any] = {"id": alarm, "attempt": attempt, "state": state, "kind": "shift", "incident": alarm}
    return ledger.admit(told, f"run-{alarm}-{attempt}", now, on=("shift",), longest=30 * DAY, poll=300)


def fail(ledger: Ledger, alarm: str, now: float, *, attempt: int = 1, rest: int = 60) -> dict[str, Any]:
    return ledger.settle(f"run-{alarm}-{attempt}", now, well=False, counts=True, rest=rest)


def test_a_run_that_waits_while_it_is_stopped_leaves_the_queue(ledger: Ledger) -> None:
    assert admit(ledger, "a", 0).decision == "run"
    assert not fail(ledger, "a", 100)["stopped"]
    assert admit(ledger, "a", 200, attempt=2).decision == "run"
    assert admit(ledger, "b", 250).decision == "wait"
    assert fail(ledger, "a", 300, attempt=2)["stopped"]
    assert admit(ledger, "b", 600).decision == "stopped"
    assert "pending" not in ledger._item("flight")


def test_what_waited_when_all_was_over_holds_no_later_alarm_back(ledger: Ledger) -> None:
    """The run that waited may never wake: somebody has stopped it."""
    assert admit(ledger, "a", 0).decision == "run"
    assert admit(ledger, "b", 50).decision == "wait"
    fail(ledger, "a", 100)
    for alarm in ("a", "b"):
        assert admit(ledger, alarm, 200, state="cleared").decision == "closed"
    assert admit(ledger, "c", 10 * DAY).decision == "run"


def test_a_rest_that_is_longer_than_any_run_does_not_lose_the_alarm_that_waits(ledger: Ledger) -> None:
    """Another comes late in the rest and is stopped by hand: it must not have taken the place of the first."""
    assert admit(ledger, "a", 0).decision == "run"
    fail(ledger, "a", 0, rest=90 * DAY)
    waits = admit(ledger, "b", 10 * DAY)
    assert waits == Admission("wait", 80 * DAY)
    assert admit(ledger, "c", 60 * DAY).decision == "merged"
    assert admit(ledger, "b", 10 * DAY + waits.seconds).decision == "run"


def test_a_run_whose_place_was_taken_counts_for_nothing(ledger: Ledger) -> None:
    assert admit(ledger, "a", 0).decision == "run"
    assert admit(ledger, "b", 31 * DAY).decision == "run"
    late = fail(ledger, "a", 31 * DAY + 1)
    assert not late["owned"]
    assert late["failures"] == 0
    first, again = (fail(ledger, "b", 32 * DAY) for _ in range(2))
    assert first["owned"]
    assert first == again
