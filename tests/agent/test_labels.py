"""Labels that come late: each loss once, at one event, for any grouping of what came and any restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform_agent.labels import Arrivals, Waiting

NAN = float("nan")


@dataclass(frozen=True)
class Event:
    time: float
    ident: int
    given: float = NAN


@dataclass(frozen=True)
class Label:
    ident: int
    value: float


Item = Event | Label


def arrivals(items: Sequence[Item], first: int) -> Arrivals:
    """Items in their order; the prediction of an event tells its number."""
    events = [item for item in items if isinstance(item, Event)]
    came = list(accumulate(isinstance(item, Event) for item in items))
    after = [count for count, item in zip(came, items, strict=True) if isinstance(item, Label)]
    labels = [item for item in items if isinstance(item, Label)]
    codes = np.ones(len(events), np.int32)
    return Arrivals(
        first,
        np.array([event.time for event in events], np.float64),
        np.array([event.ident << 8 for event in events], np.uint64),
        first + np.arange(len(events), dtype=np.float64),
        np.array([event.given for event in events], np.float64),
        codes,
        codes,
        np.array(after, np.int64),
        np.array([label.ident << 8 for label in labels], np.uint64),
        np.array([label.value for label in labels], np.float64),
        (None, "1") if first == 0 else (),
    )


Told = list[tuple[int, float]]


def judge(waiting: Waiting, groups: Sequence[Sequence[Item]], restart: bool = False) -> Told:
    told: Told = []
    first = 0
    for group in groups:
        new = arrivals(group, first)
        if restart:
            again = Waiting("numeric", waiting._lag, waiting._keep, waiting._complete)
            again.restore(waiting.dumps())
            again.counts, waiting, new = waiting.counts, again, Arrivals.loads(new.dumps())
        losses = waiting.take(new)
        told += zip(losses.after_seq.tolist(), losses.loss.tolist(), strict=True)
        first += len(new.time)
    return told


@dataclass
class Plain:
    """What the words mean, one item at a time: labels in the order of maturity, the latest label counts."""

    lag: float
    complete: bool
    latest: float = -np.inf
    events: list[tuple[int, float, int]] = field(default_factory=list)
    labels: dict[int, float] = field(default_factory=dict)
    held: list[float] = field(default_factory=list)
    told: Told = field(default_factory=list)
    seq: int = 0

    def item(self, item: Item) -> None:
        if isinstance(item, Label):
            self._label(item)
            return
        self.latest = max(self.latest, item.time)
        seq, self.seq = self.seq, self.seq + 1
        if self.complete:
            self.told += [(seq, loss) for loss in self.held]
            self.held = []
            value = self.labels.pop(item.ident, NAN) if np.isnan(item.given) else item.given
            if np.isfinite(value):
                self.told.append((seq, abs(seq - value)))
            else:
                self.events.append((seq, np.inf, item.ident))
            return
        if np.isfinite(item.given):
            self.labels.setdefault(item.ident, item.given)
        self.events.append((seq, self.latest + self.lag, item.ident))
        ripe = [event for event in self.events if event[1] < self.latest]
        self.events = [event for event in self.events if event[1] >= self.latest]
        for number, _, ident in ripe:
            if ident in self.labels:
                self.told.append((seq, abs(number - self.labels.pop(ident))))

    def _label(self, label: Label) -> None:
        if not self.complete:
            self.labels[label.ident] = label.value
            return
        for event in self.events:
            if event[2] == label.ident:
                self.events.remove(event)
                self.held.append(abs(event[0] - label.value))
                return
        if label.ident not in {ident for _, _, ident in self.events}:
            self.labels[label.ident] = label.value


@st.composite
def streams(draw: st.DrawFn) -> list[Item]:
    """Each id is an event's once; its labels come before or after it, or never, and may come twice."""
    count = draw(st.integers(1, 40))
    times = draw(st.lists(st.floats(0, 30), min_size=count, max_size=count))
    items: list[Item] = [
        Event(time + number, number + 1, draw(st.sampled_from([NAN, NAN, 3.0]))) for number, time in enumerate(times)
    ]
    for _ in range(draw(st.integers(0, 40))):
        ident = draw(st.integers(1, count + 3))
        items.insert(draw(st.integers(0, len(items))), Label(ident, float(draw(st.integers(0, 50)))))
    return items


def _cut(items: Sequence[Item], cuts: Sequence[int]) -> list[Sequence[Item]]:
    bounds = [0, *sorted(cut % (len(items) + 1) for cut in cuts), len(items)]
    return [items[a:b] for a, b in pairwise(bounds)]


@settings(max_examples=150, deadline=None)
@given(streams(), st.lists(st.integers(0, 100), max_size=12), st.booleans())
def test_losses_in_any_grouping_are_those_of_one_item_at_a_time(
    items: list[Item], cuts: list[int], complete: bool
) -> None:
    plain = Plain(20, complete)
    if complete:
        # A second label of an event that was judged is none of the plain reading's cases.
        seen: set[int] = set()
        items = [x for x in items if isinstance(x, Event) or not (x.ident in seen or seen.add(x.ident))]  # type: ignore[func-returns-value]
        inline = {x.ident for x in items if isinstance(x, Event) and np.isfinite(x.given)}
        items = [x for x in items if isinstance(x, Event) or x.ident not in inline]
    for item in items:
        plain.item(item)
    lag = None if complete else 20
    whole = judge(Waiting("numeric", lag, 1_000, complete), [items])
    parts = judge(Waiting("numeric", lag, 1_000, complete), _cut(items, cuts), restart=True)
    assert parts == whole
    assert sorted(whole) == sorted(plain.told)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 10_000), max_size=9), st.booleans())
def test_a_sample_waits_where_more_do_than_may(seed: int, cuts: list[int], complete: bool) -> None:
    chance = np.random.default_rng(seed)
    items: list[Item] = [Event(float(n), int(ident)) for n, ident in enumerate(chance.integers(1, 2**50, 3_000))]
    for place in sorted(chance.integers(0, 3_000, 800).tolist(), reverse=True):
        event = items[place]
        items.insert(min(place + 500, len(items)), Label(event.ident, 1.0))
    one, two = (Waiting("numeric", None if complete else 2_000, 1_000, complete) for _ in range(2))
    whole = judge(one, [items])
    assert judge(two, _cut(items, cuts)) == whole
    assert len(one._pending) <= 1_000 + 125
    assert one.counts == two.counts
    assert one.counts["labels_given_up"] > 300
    assert 10 < len(whole) < 800


def test_early_positives_move_nothing() -> None:
    """Fraud is known after two days, good faith after fourteen: by `lag` each part of the stream is judged alike."""
    chance = np.random.default_rng(5)
    truth = chance.random(20_000) < 0.05
    came: list[tuple[float, Item]] = [(float(n), Event(float(n), n + 1)) for n in range(20_000)]
    came += [(n + (200.5 if fraud else 1_400.5), Label(n + 1, n + float(fraud))) for n, fraud in enumerate(truth)]
    items = [item for _, item in sorted(came, key=lambda one: one[0])]
    losses = np.array([loss for _, loss in judge(Waiting("numeric", 1_500, 10_000), [items])])
    np.testing.assert_array_equal(losses, truth[: len(losses)])
    assert len(losses) == 18_499
    hasty = np.array([loss for _, loss in judge(Waiting("numeric", None, 10_000, complete=True), [items])])
    assert hasty[:50].mean() > 0.9


def test_coverage_is_counted() -> None:
    items: list[Item] = [Event(float(n), n + 1) for n in range(100)]
    items[50:50] = [Label(n + 1, 0.0) for n in range(0, 40, 2)]
    waiting = Waiting("numeric", 60, 1_000)
    judge(waiting, [items[:70], items[70:]])
    assert waiting.counts == {"labels": 20, "labels_judged": 20, "labels_absent": 19}
    assert waiting.figures() == {"labels_waiting": 61.0, "label_age_seconds": 50.0}


@pytest.mark.parametrize("complete", [False, True])
def test_many_labels_of_nothing_do_not_fill_the_memory(complete: bool) -> None:
    waiting = Waiting("numeric", 10, 1_000, complete)
    for first in range(1, 200_000, 50_000):
        waiting.take(arrivals([Label(first + n, 1.0) for n in range(50_000)], 0))
    assert len(waiting.dumps()) < 4_000_000


def test_a_label_at_the_last_moment_of_its_lag_is_in_time() -> None:
    items: list[Item] = []
    for number in range(300):
        items.append(Event(float(number), number + 1))
        if number >= 100:
            items.append(Label(number - 99, 0.0))
    waiting = Waiting("numeric", 100, 1_000)
    assert len(judge(waiting, [items])) == 199
    assert waiting.counts["labels_absent"] == 0
