"""Where alarms and metrics go. A sink takes its bodies from the outbox; they leave it once they are delivered."""

from __future__ import annotations

from typing import Literal, Protocol

from landform_agent.store import Store

Carries = Literal["alarms", "metrics"]


class DeliveryError(Exception):
    """A sink took nothing, or not all; what it did not take stays in the outbox."""


class Sink(Protocol):
    """A place that alarms or metrics go to."""

    name: str
    carries: Carries

    def start(self, store: Store) -> None:
        """Make good what an earlier process left half done."""
        ...

    def deliver(self, store: Store) -> int:
        """Deliver the oldest bodies and forget them; how many. `DeliveryError` where some could not be."""
        ...
