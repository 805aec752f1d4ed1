"""Alarms as events of an EventBridge bus."""

from __future__ import annotations

import logging
from typing import Any, Final

import msgspec

from landform_agent import aws
from landform_agent.sinks import Carries, DeliveryError
from landform_agent.store import Store

log = logging.getLogger(__name__)

# PutEvents takes ten entries and less than 256 KB a call
# (docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html, read November 2026).
ENTRIES: Final = 10
SIZE: Final = 256 * 1024 - 4_096
# What the bus says of an entry that it will never take, whenever it is put again; every other code may pass
# (docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html, read November 2026).
HOPELESS: Final = {"InvalidArgument", "MalformedDetail", "RedactionFailure"}
# And of a call of which one entry is wrong: each is then put by itself.
WRONG: Final = {"ValidationException"}
DETAIL_TYPES: Final = {"raised": "Drift Detected", "ongoing": "Drift Ongoing", "cleared": "Drift Cleared"}


class EventBridgeSink:
    """One event an alarm; entries that the bus refused stay in the outbox.

    Those that it will never take are set aside, where they hold up no others, and asked for once more at each start.
    """

    carries: Carries = "alarms"

    def __init__(self, bus: str, region: str) -> None:
        self.name = f"eventbridge:{bus}"
        self._bus = bus
        self._client = aws.client("events", region)

    def start(self, store: Store) -> None:
        """A delivery that was cut off is made again; consumers know it by its id."""
        with store.write():
            store.bring_back(self.name)

    def deliver(self, store: Store) -> int:
        """Put the oldest alarms on the bus."""
        bodies: list[tuple[int, bytes]] = []
        size = 0
        for number, body in store.outgoing(self.name, ENTRIES):
            size += len(body) + 200
            if bodies and size > SIZE:
                break
            bodies.append((number, body))
        if not bodies:
            return 0
        refused = self._put(bodies)
        hopeless = [number for number, error in refused.items() if error in HOPELESS | WRONG]
        with store.write():
            store.sent([number for number, _ in bodies if number not in refused])
            store.set_aside(hopeless)
        if hopeless:
            log.error("the bus will never take this", extra={"sink": self.name, "reason": refused[hopeless[0]]})
        left = [error for number, error in refused.items() if number not in hopeless]
        if left:
            raise DeliveryError(f"{len(left)} of {len(bodies)} refused: {left[0]}")
        return len(bodies)

    def _put(self, bodies: list[tuple[int, bytes]]) -> dict[int, str]:
        """What the bus said of those that it refused."""
        try:
            answer = self._client.put_events(Entries=[self._entry(body) for _, body in bodies])
        except aws.FAILURES as failure:
            reason = aws.code(failure)
            if reason not in WRONG:
                raise DeliveryError(reason) from failure
            if len(bodies) == 1:
                return {bodies[0][0]: reason}
            refused: dict[int, str] = {}
            for one in bodies:
                refused |= self._put([one])
            return refused
        codes = [one.get("ErrorCode") for one in answer["Entries"]]
        return {number: error for (number, _), error in zip(bodies, codes, strict=True) if error}

    def _entry(self, body: bytes) -> dict[str, Any]:
        state = msgspec.json.decode(body)["state"]
        return {
            "Source": "landform.drift",
            "DetailType": DETAIL_TYPES[state],
            "Detail": body.decode(),
            "EventBusName": self._bus,
        }
