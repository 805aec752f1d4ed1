"""Which model version answered a captured call: capture lines do not say, so a deployment does, in an SSM parameter.

`{"state": "shifting" | "settled" | "back", "at": seconds since the epoch, "version": "…", "run": "…"}`: traffic begins
to shift to a version, serves it wholly, or is back at the one before. What is read is journaled before it counts, with
the place in the order from which on: so a stretch that is read again after a crash has the versions that it had.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
import numpy as np

from landform_agent import aws
from landform_agent.block import Floats
from landform_agent.store import Store

# Of the last many something may still be read.
_KEPT: Final = 20
_NAME: Final = "shifts"

log = logging.getLogger("landform_agent")


class Told(msgspec.Struct, frozen=True):
    """What a deployment says."""

    state: Literal["shifting", "settled", "back"]
    at: float
    version: str = ""
    run: str = ""


class Shift(NamedTuple):
    """The same, for stretches behind position `after` of the order."""

    after: int
    told: Told


class Parameter:
    """The parameter of a watch."""

    def __init__(self, name: str, region: str) -> None:
        self._name, self._client = name, aws.client("ssm", region)
        self._body = ""

    def note(self, store: Store) -> None:
        """Read it, and journal what is new."""
        body = self._read()
        if body == self._body:
            return
        try:
            told = msgspec.json.decode(body, type=Told)
        except msgspec.DecodeError:
            log.warning("a shift of traffic that cannot be read", extra={"parameter": self._name})
        else:
            shifts = known(store)
            if not shifts or shifts[-1].told != told:
                with store.write():
                    kept = (*shifts, Shift(store.end(), told))[-_KEPT:]
                    store.keep({_NAME: msgspec.json.encode(kept)})
                log.info("traffic shifts", extra={"state": told.state, "version": told.version})
        self._body = body

    def _read(self) -> str:
        """What it holds; nothing where no deployment has said anything yet."""
        try:
            answer: Any = self._client.get_parameter(Name=self._name)
            return str(answer["Parameter"]["Value"])
        except self._client.exceptions.ParameterNotFound:
            return self._body


def known(store: Store) -> tuple[Shift, ...]:
    """What was journaled."""
    kept = store.kept(_NAME)
    return msgspec.json.decode(kept, type=tuple[Shift, ...]) if kept else ()


def versions(shifts: Sequence[Shift], position: int, at: Floats, own: str) -> Sequence[str] | str:
    """The version of each event of a stretch: `own` before any deployment, none while traffic goes to two of them."""
    told = [shift.told for shift in shifts if shift.after < position]
    if not told or not len(at):
        return own
    names, serves = np.full(len(at), own, np.object_), own
    for one in told:
        # The parameter begins without a version: what serves is then what served before anybody deployed.
        serves = (one.version or own) if one.state == "settled" else serves
        names[at >= one.at] = "" if one.state == "shifting" else serves
    listed: list[str] = names.tolist()
    return listed[0] if len(set(listed)) == 1 else listed
