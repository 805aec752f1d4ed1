"""An alarm names what happened: what one column does by itself is no change of how it goes with another."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from support.streams import block

from landform_agent.block import Block, Floats
from landform_agent.engine import Settings, fit
from landform_agent.engine.scan import UNIT
from landform_agent.engine.track import Track

LENGTH, CHANGE, REFERENCE = 13_000, 8_000, 5_000
NAMES = ("a", "b", "c")
WATCH = Settings(features=dict.fromkeys(NAMES, "numeric"), false_alarms=1e-5)

How = Callable[[np.random.Generator, Floats], None]


def channels(seed: int, how: How, correlation: float = 0.8, before: How | None = None) -> set[tuple[str, str]]:
    """Channels and kinds of the alarms, where the first of three columns changes and goes with the second."""
    random = np.random.default_rng(seed)
    x = random.standard_normal((LENGTH, len(NAMES)))
    x[:, 1] = correlation * x[:, 0] + np.sqrt(1 - correlation**2) * x[:, 1]
    if before is not None:
        before(random, x)
    how(random, x[CHANGE:])
    seq = np.arange(LENGTH)
    columns = {name: x[:, place].copy() for place, name in enumerate(NAMES)}
    block = Block(seq, seq.astype(np.float64), np.zeros(LENGTH, np.uint64), columns, {}, None)
    head, rest = block.parted(REFERENCE)
    return {(alarm.channel, alarm.kind) for alarm in fit(head, WATCH).update(rest).alarms if alarm.seq >= CHANGE}


def gone(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] = np.nan


def half_gone(random: np.random.Generator, x: Floats) -> None:
    x[random.random(len(x)) < 0.5, 0] = np.nan


def absurd(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] = -999.0


def far(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] += 20.0


def stuck(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] = 0.3


def of_a_third(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] /= 3


def apart(random: np.random.Generator, x: Floats) -> None:
    x[:, 0] = random.permutation(x[:, 0])


@pytest.mark.parametrize("how", [gone, half_gone, absurd, far, stuck, of_a_third])
def test_a_column_that_changes_by_itself_is_told_alone(how: How) -> None:
    told = [channels(seed, how, 0.6) for seed in range(2)]
    assert all({channel for channel, _ in one} == {"data"} for one in told)


def test_a_correlation_that_ends_is_told_though_a_third_of_the_values_is_missing() -> None:
    def gaps(random: np.random.Generator, x: Floats) -> None:
        x[random.random(len(x)) < 0.3, 0] = np.nan

    assert channels(4, apart) == channels(5, apart, before=gaps) == {("joint", "correlation")}


def test_a_gap_of_the_reference_that_ends_is_no_other_correlation() -> None:
    """Two columns seemed to go together less for as long as values of one were missing."""

    def gaps(random: np.random.Generator, x: Floats) -> None:
        x[:CHANGE][random.random(CHANGE) < 0.3, 0] = np.nan

    def nothing(random: np.random.Generator, x: Floats) -> None:
        pass

    for seed in range(10, 13):
        told = channels(seed, nothing, before=gaps)
        assert ("data", "missing") in told and ("joint", "correlation") not in told


@pytest.mark.parametrize(("higher", "stands_out"), [(1.02, True), (1.15, False)])
def test_a_long_window_with_gaps_is_held_against_the_height_of_long_ones(higher: float, stands_out: bool) -> None:
    """Eight times as long as short ones, it passes with a tenth less: so does what is left of it."""
    random, long = np.random.default_rng(12), 3_200
    x = random.standard_normal((5_000 + long, 2))
    x[5_000:, 1] += 0.1 * x[5_000:, 0]
    x[5_000:, 0][random.random(long) < 0.1] = np.nan
    whole = block({"a": x[:, 0], "b": x[:, 1]})
    bank = fit(whole.slice(0, 5_000), Settings(features={"a": "numeric", "b": "numeric"}))
    bank.update(whole.slice(5_000, len(whole)))
    [version] = bank.versions.values()
    [track] = [one for one in version.cell(0).tracks.values() if one.profile.joint is not None]
    assert isinstance(track, Track) and track.profile.joint is not None
    scores, codes, joint = track._joint_scores, track.window(0, track.blocks), track.profile.joint
    both = scores.of(codes[scores.known(codes).all(axis=1)]).astype(np.float64)
    yard = joint.design.yard
    effect = abs(np.arctanh(np.corrcoef(*both.T)[0, 1]) * UNIT - yard.mean[0]) / yard.error(len(both))[0]
    assert effect > 3
    bar = np.array([higher * effect / 0.8])
    track.profile = replace(track.profile, joint=replace(joint, design=replace(joint.design, bar=bar)))
    assert track._is_no_gap(0, 0, track.blocks) is stands_out


def test_a_column_that_goes_missing_costs_little_however_many_go_with_it() -> None:
    """Each of its pairs seems to correlate otherwise, in windows of every length, for as long as it lasts."""
    random, names = np.random.default_rng(9), [f"n{number}" for number in range(30)]
    x = 0.8 * random.standard_normal((9_000, 1)) + 0.6 * random.standard_normal((9_000, 30))
    seq, missing = np.arange(9_000), random.random(9_000) < 0.45

    def spent(gone: bool) -> float:
        columns = {name: x[:, place].copy() for place, name in enumerate(names)}
        columns["n0"][gone & missing & (seq >= REFERENCE)] = np.nan
        block = Block(seq, seq.astype(np.float64), np.zeros(9_000, np.uint64), columns, {}, None)
        head, rest = block.parted(REFERENCE)
        bank = fit(head, Settings(features=dict.fromkeys(names, "numeric"), false_alarms=1e-5))
        before = time.process_time()
        for start in range(0, 4_000, 500):
            bank.update(rest.slice(start, start + 500))
        return time.process_time() - before

    assert spent(gone=True) < 25 * spent(gone=False)


@pytest.mark.parametrize("by", [1.0, 3.0, -4.0, 20.0])
def test_values_that_all_moved_are_told_as_a_level_however_far(by: float) -> None:
    """They lie far from what was usual too, but that is not what happened."""

    def moved(random: np.random.Generator, x: Floats) -> None:
        x[:, 0] += by

    assert channels(6, moved, 0.5) == {("data", "shift")}


def test_another_unit_is_told_as_a_level_though_most_values_are_absurd() -> None:
    def heavy(random: np.random.Generator, x: Floats) -> None:
        x[:, 0] = np.exp(x[:, 0])

    def hundredfold(random: np.random.Generator, x: Floats) -> None:
        x[:, 0] *= 100

    for seed in range(8, 11):
        assert channels(seed, hundredfold, 0.0, before=heavy) == {("data", "shift")}


def test_values_that_lie_further_apart_around_the_same_level_are_told_as_a_spread() -> None:
    def wider(random: np.random.Generator, x: Floats) -> None:
        x[:, 0] *= 3

    assert channels(7, wider, 0.0) == {("data", "spread")}
