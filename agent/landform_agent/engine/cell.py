"""A cell of the watch: one model version's traffic, whole or one segment of it, with the channels that watch it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.alarms import Alarm
from landform_agent.engine.batch_pairs import learn_pairs
from landform_agent.engine.batch_track import BatchState, BatchTrack
from landform_agent.engine.batches import learn_batches
from landform_agent.engine.columns import Codes, Column, Numeric
from landform_agent.engine.encode import PREDICTION, Phases
from landform_agent.engine.measure import LEAST_LOSS
from landform_agent.engine.profile import LENGTHS, SEGMENT_LENGTHS, WEIGHT, Plan, Profile, learn, weight_of
from landform_agent.engine.settings import Settings
from landform_agent.engine.track import Track, TrackState

JOINT_PART, LABEL_PART = 0.12, 0.3
"""Of a cell's budget, where the channel is there. That a model errs matters most: with 0.3 instead of 0.15 it is told 5
to 12 % sooner, and what features do 1 to 3 % later (18 changes of losses and 3 of features, November 2026)."""

_SLOW = 1 / 6
"""Events a second; of slower traffic each event is a block, as ten of them would wait for a minute."""

PER_BLOCK = 10


@dataclass(frozen=True)
class CellProfile:
    """What a cell learnt: its segment's name, its share of the version's traffic, and its tracks' profiles.

    `budget` is in alarms for each of the cell's own events.
    """

    segment: str | None
    share: float
    budget: float
    tracks: Mapping[str, Profile]


@dataclass(frozen=True)
class CellState:
    """A cell between two updates; `open` holds the alarms that stand, by track, lane and group."""

    tracks: dict[str, TrackState] = field(default_factory=dict)
    open: dict[str, Alarm] = field(default_factory=dict)
    batches: dict[str, BatchState] = field(default_factory=dict)


AnyTrack = Track | BatchTrack


class Cell:
    """The running tracks of a cell: `data` of the features, `model` of prediction and correlations, `label`."""

    def __init__(
        self, profile: CellProfile, columns: tuple[Column, ...], loss: Column | None, state: CellState | None = None
    ) -> None:
        state = state or CellState()
        self.profile = profile
        self.open = dict(state.open)
        self.tracks: dict[str, AnyTrack] = {}
        self._columns = columns
        for name, one in profile.tracks.items():
            self._begin(name, one, loss, state)

    def _begin(self, name: str, profile: Profile, loss: Column | None, state: CellState) -> None:
        columns = self._columns
        if name == "label":
            assert loss is not None
            columns = (loss,)
        if profile.batches is None:
            self.tracks[name] = Track(profile, columns, state.tracks.get(name))
        else:
            self.tracks[name] = BatchTrack(profile, columns, state.batches.get(name))

    def add_label(self, profile: Profile, loss: Column) -> None:
        """Begin to watch the losses."""
        self.profile = replace(self.profile, tracks={**self.profile.tracks, "label": profile})
        self._begin("label", profile, loss, CellState())

    def clear(self) -> list[Alarm]:
        """Forget the alarms that stand, and look at nothing from before now."""
        for track in self.tracks.values():
            for lane in track.lanes.values():
                lane.forget()
        gone, self.open = list(self.open.values()), {}
        return gone

    def state(self) -> CellState:
        """What a later cell goes on from."""
        plain = {name: track.state() for name, track in self.tracks.items() if isinstance(track, Track)}
        batches = {name: track.state() for name, track in self.tracks.items() if isinstance(track, BatchTrack)}
        return CellState(plain, dict(self.open), batches)


def per_block_of(rows: int, seconds: float) -> int:
    """Events in a block, for traffic of so many rows in so long."""
    return 1 if seconds > 0 and rows / seconds < _SLOW else PER_BLOCK


@dataclass(frozen=True)
class Came:
    """How a cell's rows came in batches: the number of each one's, and the share of new categories in each batch."""

    number: Ints
    lone: Mapping[str, Floats]


def learn_cell(
    segment: str | None,
    share: float,
    budget: float,
    codes: Codes,
    phase: Phases | None,
    columns: tuple[Column, ...],
    per_block: int,
    period: float,
    settings: Settings,
    batches: Came | None = None,
) -> CellProfile:
    """The tracks of data and model, from the codes of the cell's own reference rows.

    Correlations are watched of the whole only: a segment has too few events for hundreds of pairs.
    """
    own_prediction = settings.prediction is not None
    features = [n for n, column in enumerate(columns) if not (own_prediction and column.name == PREDICTION)]
    by = settings.segments.by if settings.segments else None
    watched = [n for n in features if segment is None or columns[n].name != by or segment == OTHER]
    predicted = [n for n in range(len(columns)) if n not in features]
    numeric = [n for n, column in enumerate(columns) if isinstance(column, Numeric)]
    joined = segment is None and len(numeric) > 1
    part = 1.0 - JOINT_PART * joined - LABEL_PART * settings.labels
    weights = sum(weight_of(columns[n], batches is None) for n in [*watched, *predicted])
    plan = Plan(per_block, LENGTHS if segment is None else SEGMENT_LENGTHS, part * budget / max(weights, 1e-9))
    plan = replace(plan, period=period, in_order=batches is None)
    tracks: dict[str, Profile] = {}
    if watched:
        tracks["data"] = learn(codes, phase, columns, tuple(watched), set(watched), plan)
    if predicted or joined:
        use = tuple(sorted({*predicted, *(numeric if joined else [])}))
        model = replace(plan, joint=JOINT_PART * budget if joined else 0.0)
        tracks["model"] = learn(codes, phase, columns, use, set(predicted), model)
    if batches is not None:
        tracks = _of_batches(tracks, codes, phase, columns, batches, replace(plan, joint=JOINT_PART * budget))
    return CellProfile(segment, share, budget, tracks)


def _of_batches(
    tracks: Mapping[str, Profile],
    codes: Codes,
    phase: Phases | None,
    columns: tuple[Column, ...],
    came: Came,
    plan: Plan,
) -> dict[str, Profile]:
    """The tracks for batches, from what single rows taught; those for which there are batches enough."""
    found = {}
    rows = float(np.bincount(came.number[came.number >= 0]).mean()) if (came.number >= 0).any() else 0.0
    for name, one in tracks.items():
        whole = learn_batches(one, codes, phase, columns, came.number, came.lone, plan)
        if whole is not None and whole.batches is not None:
            own, use = tuple(columns[number] for number in one.columns), list(one.columns)
            joint = learn_pairs(whole, codes[:, use], own, came.number, whole.batches, plan.joint * rows)
            found[name] = replace(whole, joint=joint)
    return found


OTHER = "other"
"""The name of the segment of all values without one of their own."""


def learn_label(
    loss: Column, codes: Codes, budget: float, per_block: int, segment: str | None, batch: Ints | None
) -> Profile | None:
    """The track of losses. One side is watched only, so each window counts half. None where batches are too few."""
    lengths = LENGTHS if segment is None else SEGMENT_LENGTHS
    plan = Plan(per_block, lengths, 2 * LABEL_PART * budget / WEIGHT["performance"], upward=True, least=LEAST_LOSS)
    profile = learn(codes, None, (loss,), (0,), {0}, plan)
    return profile if batch is None else learn_batches(profile, codes, None, (loss,), batch, {}, plan)


def rows_of(segments: npt.NDArray[np.uint8]) -> list[tuple[int, Ints]]:
    """The rows of each cell but the whole, in order; rows of no watched segment have number 0."""
    order = np.argsort(segments, kind="stable")
    ordered = segments[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    return [(int(segments[rows[0]]), rows) for rows in np.split(order, cuts) if len(rows) and segments[rows[0]]]
