"""Traffic that is played: requests and answers as an endpoint's capture writes them, and the labels that come to them.

It has a clock of its own: what a watch learns in days and labels that come after weeks are played in seconds, by the
times that requests bear.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

FILE: Final = 250
"""Rows of a captured object, at most."""
HOUR: Final = 3_600
"""Seconds that a captured object spans at most: endpoints write a folder for each hour."""
SPACING: Final = 0.5
"""Seconds from one request to the next, at least."""
BEYOND: Final = 1.1
"""How much more comes than is needed for something: what is counted in blocks needs a few more."""

Rows = Sequence[str]
"""Lines of CSV, the truth first."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What a watch waits for, in the traffic's own time.

    It learns from `rows` requests that come within `span` seconds or longer; labels are ripe after `lag` seconds.
    """

    rows: int
    span: float
    lag: float

    @property
    def learning(self) -> int:
        """Requests after which it has learnt."""
        return int(BEYOND * self.rows)

    @property
    def spacing(self) -> float:
        """Seconds from one request to the next."""
        return max(SPACING, self.span / self.rows)


class Traffic:
    """Writes requests one after the other, from a time on that is set, and their labels under a URI of S3."""

    def __init__(self, s3: Any, labels: str, spacing: float) -> None:
        self._s3, self._labels, self._spacing = s3, labels, spacing
        self._numbers = itertools.count()
        self.at = 0.0
        """When the next request comes, in seconds since the epoch."""

    def send(self, rows: Rows, answers: Sequence[str], count: int, captured: str) -> None:
        """Write `count` requests under the URI `captured`: rows with their answers, in turns."""
        turns = itertools.islice(itertools.cycle(zip(rows, answers, strict=True)), count)
        while part := list(itertools.islice(turns, min(FILE, int(HOUR / self._spacing)))):
            self._object(part, captured)

    def _object(self, part: Sequence[tuple[str, str]], captured: str) -> None:
        began, records, labels = datetime.fromtimestamp(self.at, UTC), [], []
        for row, answer in part:
            name = f"r{next(self._numbers)}"
            truth, _, cells = row.partition(",")
            records.append(_record(name, datetime.fromtimestamp(self.at, UTC), cells, answer))
            labels.append(json.dumps({"id": name, "label": float(truth)}))
            self.at += self._spacing
        named = f"{began:%Y/%m/%d/%H/%M-%S-%f}-{name}.jsonl"
        # Labels first: a watch that reads the requests finds them.
        self._put(f"{self._labels}{named}", labels)
        self._put(f"{captured}AllTraffic/{named}", records)

    def _put(self, uri: str, lines: Sequence[str]) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._s3.put_object(Bucket=bucket, Key=key, Body="\n".join(lines).encode())


def _record(name: str, at: datetime, cells: str, answer: str) -> str:
    asked = {"observedContentType": "text/csv", "mode": "INPUT", "data": cells, "encoding": "CSV"}
    answered = {"observedContentType": "text/csv", "mode": "OUTPUT", "data": answer, "encoding": "CSV"}
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps(
        {
            "captureData": {"endpointInput": asked, "endpointOutput": answered},
            "eventMetadata": {"eventId": name, "inferenceTime": moment},
            "eventVersion": "0",
        }
    )
