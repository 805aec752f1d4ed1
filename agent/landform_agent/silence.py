"""Nothing is read any more: the one alarm that goes by the clock of the wall, and only while the agent runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import msgspec

from landform_agent.engine import Alarm, Settings, silence_alarm

# An agent that was down itself gives its source so long before it calls it silent.
GRACE: Final = 300.0


class _Kept(msgspec.Struct):
    read: float
    standing: Alarm | None = None
    told: float = 0.0
    # Of the last alarm: one that is raised again at the same event is told as another attempt.
    last: tuple[str, int] = ("", 0)


class Silence:
    """When something was read last, and the alarm that nothing is. What it says is kept with the alarm it gave."""

    def __init__(self, settings: Settings, stale_after: float, kept: bytes | None, now: float) -> None:
        self._settings, self._stale_after, self._started = settings, stale_after, now
        self._state = msgspec.msgpack.decode(kept, type=_Kept) if kept else _Kept(now)

    def dumps(self) -> bytes:
        """What is kept of it."""
        return msgspec.msgpack.encode(self._state)

    def noticed(self, now: float) -> None:
        """There is something to read, but it is not read yet."""
        self._state.read = max(self._state.read, now)

    def heard(self, now: float, seq: int) -> list[Alarm]:
        """Something was read, up to event `seq`; the alarm that this clears."""
        self.noticed(now)
        standing = self._state.standing
        if standing is None:
            return []
        self._state.standing = None
        return [replace(standing, state="cleared", seq=seq, at=now)]

    def unheard(self, now: float, seq: int, version: str) -> list[Alarm]:
        """Nothing was read behind event `seq`; the alarm of that, where it is time for one."""
        state, age = self._state, now - self._state.read
        if state.standing is not None:
            return self._again(state.standing, now)
        if age < self._stale_after or now - self._started < min(self._stale_after, GRACE):
            return []
        alarm = silence_alarm(
            self._settings,
            version,
            seq,
            now,
            seq + 1,
            state.read,
            round(age, 3),
            self._stale_after,
            {"read": state.read, "seconds": round(age, 3)},
        )
        if state.last[0] == alarm.id:
            alarm = replace(alarm, attempt=state.last[1] + 1)
        return self._keep(alarm, now)

    def _again(self, standing: Alarm, now: float) -> list[Alarm]:
        if now - self._state.told < self._settings.remind:
            return []
        return self._keep(replace(standing, state="ongoing", attempt=standing.attempt + 1, at=now), now)

    def _keep(self, alarm: Alarm, now: float) -> list[Alarm]:
        state = self._state
        state.standing, state.told, state.last = alarm, now, (alarm.id, alarm.attempt)
        return [alarm]
