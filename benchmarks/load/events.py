"""Events of twenty features, as numbers or half of them as categories, in both of the formats that grow fastest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import numpy as np

from landform_agent.formats.rows import Schema

NAMES: Final = tuple(f"f{number:02}" for number in range(20))
NUMERIC: Final = Schema(NAMES, prediction="probability")
MIXED: Final = Schema(NAMES[:10], NAMES[10:], NAMES, prediction="probability")
COUNTRIES: Final = ("DE", "FR", "US", "GB", "NL")

Row = Sequence[float | str]


def rows(count: int, mixed: bool, width: int = 20) -> list[list[float | str]]:
    """Independent values, those of `mixed` rows in their second half from five categories."""
    chance = np.random.default_rng(1)
    numbers = np.round(chance.normal(size=(count, width)), 4).tolist()
    if not mixed:
        return numbers
    picked = chance.integers(0, len(COUNTRIES), (count, width // 2)).tolist()
    return [[*row[: width // 2], *(COUNTRIES[i] for i in of)] for row, of in zip(numbers, picked, strict=True)]


def _time(number: int) -> str:
    return f"2026-03-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def flat(made: Sequence[Row], names: Sequence[str] = NAMES, first: int = 0) -> list[bytes]:
    """Flat JSON lines."""
    return [
        json.dumps(
            {
                "id": f"event-{number:09}",
                "at": _time(number),
                "features": dict(zip(names, row, strict=True)),
                "prediction": 0.25,
            }
        ).encode()
        for number, row in enumerate(made, first)
    ]


def captured(made: Sequence[Row]) -> list[bytes]:
    """Capture lines, a CSV row each."""

    def side(mode: str, data: str) -> dict[str, str]:
        return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}

    return [
        json.dumps(
            {
                "captureData": {
                    "endpointInput": side("INPUT", ",".join(map(str, row))),
                    "endpointOutput": side("OUTPUT", "0.25"),
                },
                "eventMetadata": {"eventId": f"event-{number:09}", "inferenceTime": _time(number)},
                "eventVersion": "0",
            }
        ).encode()
        for number, row in enumerate(made)
    ]


def copies(lines: Sequence[bytes], number: int) -> bytes:
    """The lines again with ids of their own, as the text of a file."""
    return b"".join(line.replace(b"event-", b"event%d-" % number) + b"\n" for line in lines)
