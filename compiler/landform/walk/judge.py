"""A plan judged by the walk: every declared journey arrives, and nothing that no edge asked for does."""

from __future__ import annotations

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, error
from landform.walk.asked import Walked, journeys
from landform.walk.unasked import attempts


def sealed(walked: Walked) -> Iterator[Diagnostic]:
    """Report in networks without a way out: LF0812 an edge that leads nowhere, LF0813 a way that no edge asked for."""
    told = set()
    for journey in journeys(walked):
        if journey.stopped and (journey.path, journey.stopped) not in told:
            told.add((journey.path, journey.stopped))
            yield error(
                "LF0812",
                journey.path,
                f"with `egress: none` {journey.origin} does not get to {journey.to}: {journey.stopped}.",
                "Let route, security group, network ACL or endpoint policy that stands in the way let it through.",
            )
    for attempt in attempts(walked):
        if attempt.arrives:
            yield error(
                "LF0813",
                attempt.path,
                f"with `egress: none` {attempt.origin} gets to {attempt.to}, and no edge asked for that.",
                "Take out the route, the rule or the statement of an endpoint policy that lets it through.",
            )
