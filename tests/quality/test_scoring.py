"""What counts as a hit, as false, and as neither."""

import numpy as np
import pytest

from benchmarks.drift.score import Alarm, Score, lead, outcome
from benchmarks.drift.streams import BASELINE, HORIZON, LENGTH, Episode, Stream

CHANGE = 9_000
BACK, AGAIN = 13_000, 19_000


def stream(*episodes: Episode) -> Stream:
    """The first feature changes in these."""
    return Stream(np.zeros((LENGTH, 2)), None, episodes, frozenset({"f0"} if episodes else ()), frozenset({"f0"}))


CHANGED = stream(Episode(CHANGE, LENGTH))
RECURRING = stream(Episode(CHANGE, BACK), Episode(AGAIN, LENGTH))


def test_the_first_alarm_on_what_changed_is_the_hit_and_further_ones_are_neutral() -> None:
    told = outcome(CHANGED, [Alarm(CHANGE + 99, "f0"), Alarm(CHANGE + 500, "f0"), Alarm(CHANGE + 12_000, "f0")])
    assert [hit and hit.delay for hit in told.hits] == [100]
    assert (told.false, told.stray, told.armed) == (0, 0, CHANGE - BASELINE)


@pytest.mark.parametrize(
    ("alarm", "false", "stray"),
    [
        (Alarm(CHANGE - 1, "f0"), 1, 0),
        (Alarm(CHANGE - 1, "f1"), 1, 0),
        (Alarm(CHANGE + 1, "f1"), 0, 1),
        (Alarm(CHANGE + HORIZON, "f0"), 0, 1),
    ],
)
def test_anything_else_is_false(alarm: Alarm, false: int, stray: int) -> None:
    told = outcome(CHANGED, [alarm])
    assert (told.hits, told.false, told.stray) == ((None,), false, stray)


def test_every_alarm_on_a_stationary_stream_is_false() -> None:
    told = outcome(stream(), [Alarm(BASELINE, "f0"), Alarm(LENGTH - 1, "joint")])
    assert (told.hits, told.false, told.armed) == ((), 2, LENGTH - BASELINE)


def test_a_return_is_scored_by_clearing_and_the_next_change_needs_an_alarm_of_its_own() -> None:
    raised, cleared = Alarm(CHANGE + 50, "f0"), Alarm(BACK + 799, "f0", cleared=True)
    told = outcome(RECURRING, [raised, cleared, Alarm(AGAIN + 9, "f0")])
    assert told.cleared == (800,)
    assert [hit and hit.delay for hit in told.hits] == [51, 10]
    told = outcome(RECURRING, [raised])
    assert told.cleared == (None,)
    assert told.hits[1] is None


def test_an_alarm_that_notices_the_return_is_neutral() -> None:
    told = outcome(RECURRING, [Alarm(BACK + 300, "f0")])
    assert (told.hits, told.false, told.stray) == ((None, None), 0, 0)


def test_an_explanation_names_first_what_changed_and_since_when() -> None:
    right = Alarm(CHANGE + 99, "f0", CHANGE - 25, frozenset({"f0"}))
    hit = outcome(CHANGED, [right]).hits[0]
    assert hit is not None
    assert (hit.first, hit.since) == (True, True)
    hit = outcome(CHANGED, [Alarm(CHANGE + 98, "f1"), right]).hits[0]
    assert hit is not None
    assert not hit.first
    hit = outcome(CHANGED, [Alarm(CHANGE + 99, "f0", CHANGE + 26, frozenset({"f0", "f1"}))]).hits[0]
    assert hit is not None
    assert (hit.first, hit.since) == (False, False)


def test_a_score_adds_up() -> None:
    score = Score()
    score.add(
        [outcome(CHANGED, [Alarm(CHANGE + 99, "f0")]), outcome(CHANGED, []), outcome(stream(), [Alarm(6_000, "f1")])]
    )
    assert (len(score.hits), score.changes, score.false) == (1, 2, 1)
    assert score.f1 == pytest.approx(2 / (1 + 1 + 2))
    assert score.delays.tolist() == [100, HORIZON]
    assert score.armed == 2 * (CHANGE - BASELINE) + LENGTH - BASELINE
    low, high = score.rate_interval(1)
    assert low <= score.rate <= high


def test_a_lead_is_told_from_luck() -> None:
    random = np.random.default_rng(3)
    ours = random.gamma(4, 50, 60)
    low, high = lead(ours, ours - 40, 1)
    assert high < 0
    low, high = lead(ours, random.permutation(ours), 1)
    assert low < 0 < high
