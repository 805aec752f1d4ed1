"""The ledger of a loop, in one DynamoDB table: which alarms are known, who trains, until when there is rest.

Every alarm is delivered at least once, and every step may be tried again: what is written here is written on
conditions, and the same execution that asks again gets the same answer. An item goes by the model and by what it is
about: ``lock#<alarm>#<attempt>``, ``alarm#<alarm>``, ``told#<incident>`` and ``flight``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_FAILURES = 2
"""So many rejected or failed attempts, one after the other, and a person is asked."""
KEPT = 400 * 86_400
"""Seconds that the ledger remembers an alarm for."""
FLIGHT = "flight"


@dataclass(frozen=True)
class Admission:
    """What is to become of an alarm, and for how many seconds it waits where it does.

    `decision`: run, wait, closed, duplicate, merged, page, told or stopped.
    """

    decision: str
    seconds: int = 0


class Ledger:
    """The ledger of one model; `table` is a DynamoDB table resource, times are seconds since the epoch."""

    def __init__(self, table: Any, model: str) -> None:
        self._table, self._model = table, model

    def admit(
        self, alarm: dict[str, Any], me: str, now: float, *, on: Sequence[str], longest: int, poll: int
    ) -> Admission:
        """Say what becomes of an alarm that execution `me` brings, or asks about once more after a wait.

        `on` are the kinds that are trained for, `longest` the seconds that a run takes at most, `poll` those after
        which to ask again while another one runs.
        """
        if alarm["state"] == "cleared":
            self._close(alarm, now)
            return Admission("closed")
        if not self._claim(f"lock#{alarm['id']}#{alarm['attempt']}", me, now):
            return Admission("duplicate")
        if alarm["kind"] not in on:
            return Admission("page" if self._claim(f"told#{alarm['incident']}", me, now) else "told")
        self._open(alarm, now)
        return self._run_or_wait(me, now, on, longest, poll)

    def _run_or_wait(self, me: str, now: float, on: Sequence[str], longest: int, poll: int) -> Admission:
        if not self._any_open(on):
            self._leave_the_queue(me)
            return Admission("closed")
        if self._take_off(me, now, longest):
            return Admission("run")
        flight = self._item(FLIGHT)
        if flight.get("stopped"):
            self._leave_the_queue(me)
            return Admission("stopped")
        rest = int(flight.get("rest_until", 0)) - int(now)
        wait = rest if rest > 0 else poll
        # Its place is kept for as long as it waits, which may be longer than any run.
        return Admission("wait", wait) if self._queue(me, now, wait + longest) else Admission("merged")

    def settle(self, me: str, now: float, *, well: bool, counts: bool, rest: int) -> dict[str, Any]:
        """End the run of `me` and begin the rest; say how many attempts have failed, and whether that is the end.

        `owned` is false where another one runs by now: then nothing has been counted.

        `counts` is false for what is no attempt: labels that did not come.
        """
        flight, owned = self._item(FLIGHT), True
        if flight.get("settled") != me:
            failures = 0 if well else int(flight.get("failures", 0)) + int(counts)
            names = {"#r": "running", "#s": "stopped"}
            change = (
                "SET rest_until = :rest, failures = :failures, #s = :stopped, settled = :me REMOVE #r, running_until"
            )
            owned = self._write(
                FLIGHT,
                change,
                "#r = :me",
                names,
                {":rest": int(now) + rest, ":failures": failures, ":stopped": failures >= MOST_FAILURES, ":me": me},
            )
            flight = self._item(FLIGHT)
        return {"failures": int(flight.get("failures", 0)), "stopped": bool(flight.get("stopped")), "owned": owned}

    def _claim(self, what: str, me: str, now: float) -> bool:
        values = {":me": me, ":end": int(now) + KEPT}
        return self._write(
            what, "SET #o = :me, expires_at = :end", "attribute_not_exists(#o) OR #o = :me", {"#o": "owner"}, values
        )

    def _open(self, alarm: dict[str, Any], now: float) -> None:
        """Remember an alarm, unless it is known to be over: events may overtake each other."""
        self._write(
            f"alarm#{alarm['id']}",
            "SET #k = :kind, #o = :open, expires_at = :end",
            "attribute_not_exists(#o) OR #o = :open",
            {"#k": "kind", "#o": "open"},
            {":kind": alarm["kind"], ":open": True, ":end": int(now) + KEPT},
        )

    def _close(self, alarm: dict[str, Any], now: float) -> None:
        """Remember that an alarm is over; where none stands any more, attempts are counted anew."""
        self._write(
            f"alarm#{alarm['id']}",
            "SET #k = :kind, #o = :open, expires_at = :end",
            None,
            {"#k": "kind", "#o": "open"},
            {":kind": alarm["kind"], ":open": False, ":end": int(now) + KEPT},
        )
        if not self._any_open(None):
            # Whoever still waits has nothing to wait for, and must not be what a later alarm is merged into.
            change = "SET failures = :none, #s = :no REMOVE pending, pending_until"
            self._write(FLIGHT, change, None, {"#s": "stopped"}, {":none": 0, ":no": False})

    def _any_open(self, on: Sequence[str] | None) -> bool:
        asked: dict[str, Any] = {
            "KeyConditionExpression": "#m = :m AND begins_with(#w, :alarm)",
            "ExpressionAttributeNames": {"#m": "model", "#w": "what"},
            "ExpressionAttributeValues": {":m": self._model, ":alarm": "alarm#"},
            "ConsistentRead": True,
        }
        while True:
            page = self._table.query(**asked)
            if any(item["open"] and (on is None or item["kind"] in on) for item in page["Items"]):
                return True
            if "LastEvaluatedKey" not in page:
                return False
            asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _take_off(self, me: str, now: float, longest: int) -> bool:
        """Begin to run where nobody does, or whoever did has been cut off, and the rest is over."""
        free = "(attribute_not_exists(#r) OR #r = :me OR running_until < :now)"
        rested = "(attribute_not_exists(rest_until) OR rest_until <= :now OR #r = :me)"
        going = "(attribute_not_exists(#s) OR #s = :no)"
        first = "(attribute_not_exists(pending) OR pending = :me OR pending_until < :now)"
        return self._write(
            FLIGHT,
            "SET #r = :me, running_until = :end REMOVE pending, pending_until",
            f"{free} AND {rested} AND {going} AND {first}",
            {"#r": "running", "#s": "stopped"},
            {":me": me, ":now": int(now), ":end": int(now) + longest, ":no": False},
        )

    def _queue(self, me: str, now: float, seconds: int) -> bool:
        """Be the one that waits, for so many seconds at most."""
        return self._write(
            FLIGHT,
            "SET pending = :me, pending_until = :end",
            "attribute_not_exists(pending) OR pending = :me OR pending_until < :now",
            {},
            {":me": me, ":now": int(now), ":end": int(now) + seconds},
        )

    def _leave_the_queue(self, me: str) -> None:
        self._write(FLIGHT, "REMOVE pending, pending_until", "pending = :me", {}, {":me": me})

    def _item(self, what: str) -> dict[str, Any]:
        found = self._table.get_item(Key={"model": self._model, "what": what}, ConsistentRead=True)
        item: dict[str, Any] = found.get("Item", {})
        return item

    def _write(
        self, what: str, change: str, condition: str | None, names: dict[str, str], values: dict[str, Any]
    ) -> bool:
        """Change an item where a condition holds; tell whether it did."""
        asked: dict[str, Any] = {
            "Key": {"model": self._model, "what": what},
            "UpdateExpression": change,
            "ExpressionAttributeValues": values,
        }
        asked |= {"ConditionExpression": condition} if condition else {}
        asked |= {"ExpressionAttributeNames": names} if names else {}
        try:
            self._table.update_item(**asked)
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
