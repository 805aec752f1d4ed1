"""The streams do what they say: their laws, their evidence, their seeds."""

import numpy as np
import pytest
from scipy.stats import rankdata

from benchmarks.drift import kinds, oracle, real, run, tune
from benchmarks.drift.streams import BASELINE, LENGTH, Kind, Trap, feature_names, pair, stationary
from benchmarks.drift.traps import TRAPS

BEGIN, LATER = 10_000, 14_500
"""From `LATER` on even a slow change is complete."""


def changed(kind: Kind, length: int = LENGTH) -> tuple[np.ndarray, np.ndarray]:
    """The features before and after the change, without the season."""
    stream = kind.make(np.random.default_rng(5), length, BEGIN)
    x = stream.numeric - (kinds.wave(length, stream.numeric.shape[1]) if stream.season else 0)
    return x[:BEGIN], x[LATER:]


@pytest.mark.parametrize(
    "kind", [kind for kind in kinds.KINDS if isinstance(kind.make, kinds.Shift)], ids=lambda kind: kind.name
)
def test_a_shift_moves_one_mean_by_its_size_and_no_spread(kind: Kind) -> None:
    assert isinstance(kind.make, kinds.Shift)
    before, after = changed(kind, 60_000)
    moved = np.nanmean(after, axis=0) - np.nanmean(before, axis=0)
    assert moved[0] == pytest.approx(kind.make.size, abs=0.12)
    assert np.abs(moved[1:]).max() < 0.12
    assert after.std(axis=0) == pytest.approx(before.std(axis=0), abs=0.1)


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_the_evidence_falls_before_the_change_and_rises_after_it(kind: Kind) -> None:
    stream = kind.make(np.random.default_rng(6), LENGTH, BEGIN)
    assert stream.evidence is not None
    assert stream.evidence[BASELINE : stream.first_change].mean() < 0
    assert stream.evidence[-4_000:].mean() > 0


@pytest.mark.parametrize("kind", run.KINDS, ids=lambda kind: kind.name)
def test_a_pair_is_one_stream_that_changes_and_one_that_does_not(kind: Kind) -> None:
    one, twin = pair(kind, 7)
    assert one.episodes
    assert one.first_change >= BASELINE + 1_000
    assert one.touched
    assert not twin.episodes
    assert (len(one), len(twin)) == (LENGTH, LENGTH)
    again, _ = pair(kind, 7)
    np.testing.assert_array_equal(one.numeric, again.numeric)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_trap_has_no_change(trap: Trap) -> None:
    stream = stationary(trap.make, np.random.default_rng(8), 20_000)
    assert not stream.episodes
    ranks = rankdata(stream.numeric, axis=0, nan_policy="omit") / len(stream)
    halves = np.nanmean(ranks[:10_000], axis=0), np.nanmean(ranks[10_000:], axis=0)
    assert np.abs(halves[0] - halves[1]).max() < 0.1


def test_correlation_and_variance_move_no_mean() -> None:
    by_name = {kind.name: kind for kind in kinds.KINDS}
    before, after = changed(by_name["correlation 0.6"])
    assert np.corrcoef(before.T)[0, 1] == pytest.approx(0, abs=0.05)
    assert np.corrcoef(after.T)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert after.std(axis=0) == pytest.approx(1, abs=0.05)
    before, after = changed(by_name["variance x 1.5"])
    assert after.std(axis=0) == pytest.approx([1.5, 1, 1], abs=0.05)
    assert after.mean(axis=0) == pytest.approx([0, 0, 0], abs=0.06)


def test_real_sets_change_only_what_a_drift_touches() -> None:
    for kind in real.KINDS:
        stream = kind.make(np.random.default_rng(9), LENGTH, BEGIN)
        for place, name in enumerate(feature_names(stream.numeric.shape[1])):
            if name not in stream.touched:
                before, after = stream.numeric[:BEGIN, place], stream.numeric[LATER:, place]
                near = np.quantile(before, [0.01, 0.99])
                gap = np.clip(after, *near).mean() - np.clip(before, *near).mean()
                assert abs(gap) < 0.1 * max(float(np.clip(before, *near).std()), 1e-9), (kind.name, name)


def test_the_oracle_is_as_quick_as_its_theory_says() -> None:
    """About log(1 / rate) over the information of one event, which is half the squared shift."""
    kind = next(kind for kind in kinds.KINDS if kind.name == "abrupt 0.5")
    delays = [oracle.delays(kind, pair(kind, seed)[0], oracle.RATE)[0] for seed in range(40)]
    assert 45 < float(np.mean(delays)) < 95


def test_tuning_and_reporting_have_seeds_of_their_own() -> None:
    tuning = run.Sizes(1, 1, 1, 1, tuning=True)
    reporting = run.Sizes(1, 1, 1, 1)
    assert tune.SEED < tuning.seed < tuning.seed + 1_000_000 < run.REPORT_SEED == reporting.seed


def test_every_rival_and_the_watch_beside_them_have_a_setting_for_every_law() -> None:
    tuned = tune.settings()
    for rival in tune.TUNED:
        assert set(tuned[rival.name]) == {tune.ALL, *tune.laws()}
        assert set(tuned[rival.name].values()) <= set(rival.grid)


def test_who_knows_both_laws_tells_most_starts() -> None:
    """Asked where the law is as plain as day; a change that was not found says nothing."""
    kind = next(kind for kind in kinds.KINDS if kind.name == "abrupt 1")
    streams = [pair(kind, seed)[0] for seed in range(40)]
    assert sum(right for stream in streams for right in oracle.starts(stream, [200])) >= 38
    assert sum(right for stream in streams for right in oracle.starts(stream, [2])) < 30
    assert oracle.starts(streams[0], [0]) == []
