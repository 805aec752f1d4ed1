"""Batches are compared whole: any order within, any cut, any restart; what moved is found when its batch ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from landform_agent.block import Block, Floats, Losses, Objects
from landform_agent.engine import Alarm, Bank, Segments, Settings, TooFewRowsError, fit

ROWS, REFERENCE, NIGHTS, DAY = 600, 12, 60, 86_400.0
WATCH = Settings(
    features={"amount": "numeric", "age": "numeric", "country": "categorical"},
    prediction="probability",
    false_alarms=1 / (30 * ROWS),
    batches=True,
    baseline_rows=12 * ROWS,
)

Night = Callable[[np.random.Generator, dict[str, Floats], Objects], None]


def night(random: np.random.Generator, rows: int = ROWS) -> tuple[dict[str, Floats], Objects]:
    """Rows sorted by customer: each has several, which are alike, and other customers come each night."""
    customers = np.sort(random.integers(0, rows // 10, rows))
    taste = random.standard_normal((rows // 10, 2))[customers]
    numeric = {
        "amount": np.exp(random.standard_normal(rows) + taste[:, 0]),
        "age": random.standard_normal(rows) + taste[:, 1],
        "prediction": random.random(rows),
    }
    home = random.choice(4, rows // 10, p=(0.6, 0.3, 0.09, 0.01))
    numeric["age"][random.random(rows) < 0.01] = np.nan
    return numeric, np.array(["DE", "FR", "IT", "ES"], np.object_)[home[customers]]


def nights(seed: int, count: int, change: int | None = None, how: Night | None = None, rows: int = ROWS) -> Block:
    """So many batches; those from `change` on are made otherwise."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        numeric, country = night(random, rows)
        if how is not None and change is not None and number >= change:
            how(random, numeric, country)
        made.append((numeric, country))
    seq = np.arange(count * rows)
    at = seq // rows * DAY + seq % rows
    numbers = {name: np.concatenate([one[0][name] for one in made]) for name in made[0][0]}
    prediction = numbers.pop("prediction")
    return Block(
        seq,
        at.astype(np.float64),
        np.zeros(len(seq), np.uint64),
        numbers,
        {"country": np.concatenate([one[1] for one in made])},
        prediction,
        ends=np.arange(1, count + 1) * rows,
    )


def fitted(stream: Block, watch: Settings = WATCH, batches: int = REFERENCE) -> tuple[Bank, Block]:
    head, rest = stream.parted(batches * ROWS)
    return fit(head, watch), rest


def raised(bank: Bank, rest: Block) -> list[Alarm]:
    return [alarm for alarm in bank.update(rest).alarms if alarm.state == "raised"]


def shift(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    numeric["amount"] *= 3.0


def spread(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    numeric["age"] *= 2.0


def missing(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    numeric["age"][random.random(len(country)) < 0.08] = np.nan


def new_category(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    country[random.random(len(country)) < 0.05] = "PT"


def other_shares(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    country[(country == "DE") & (random.random(len(country)) < 0.7)] = "FR"


def prediction(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    numeric["prediction"] = 0.25 + 0.75 * numeric["prediction"]


def together(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
    """Old customers spend much: the same ages in another order."""
    rank = np.argsort(np.argsort(numeric["amount"])) / len(country)
    numeric["age"] = np.sort(numeric["age"])[np.argsort(np.argsort(rank + 0.3 * random.standard_normal(len(rank))))]


def test_nights_sorted_by_customer_raise_nothing() -> None:
    """Six times sixty nights, of which the budget would allow twelve alarms."""
    told = [raised(*fitted(nights(seed, REFERENCE + NIGHTS))) for seed in range(6)]
    assert sum(map(len, told)) <= 1
    assert sum(not one for one in told) >= 5


@pytest.mark.parametrize(
    ("how", "channel", "feature", "kind"),
    [
        (shift, "data", "amount", "shift"),
        (spread, "data", "age", "spread"),
        (missing, "data", "age", "missing"),
        (new_category, "data", "country", "category"),
        (other_shares, "data", "country", "category"),
        (prediction, "prediction", None, "shift"),
    ],
)
def test_a_night_that_moved_is_told_when_it_ends(how: Night, channel: str, feature: str | None, kind: str) -> None:
    change = REFERENCE + 8
    bank, rest = fitted(nights(25, REFERENCE + 12, change, how))
    [alarm] = raised(bank, rest)
    assert (alarm.channel, alarm.feature, alarm.kind) == (channel, feature, kind)
    assert alarm.seq == (change + 1) * ROWS - 1
    assert alarm.since_seq == change * ROWS
    assert alarm.evidence["before"] != alarm.evidence["now"] or kind == "missing"


@pytest.mark.parametrize("watch", [WATCH, replace(WATCH, prediction=None)])
def test_columns_that_go_together_from_a_night_on_are_told_when_it_ends(watch: Settings) -> None:
    change = REFERENCE + 8
    stream = nights(25, REFERENCE + 12, change, together)
    bank, rest = fitted(stream if watch.prediction else replace(stream, prediction=None), watch)
    [alarm] = raised(bank, rest)
    assert (alarm.channel, alarm.feature, alarm.kind) == ("joint", None, "correlation")
    assert (alarm.since_seq, alarm.seq) == (change * ROWS, (change + 1) * ROWS - 1)
    assert sorted(alarm.evidence["features"]) == ["age", "amount"]  # type: ignore[call-overload]
    before, now = (alarm.evidence[f"correlation_{when}"] for when in ("before", "now"))
    assert abs(float(before)) < 0.1  # type: ignore[arg-type]
    assert float(now) > 0.5  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_night_of_the_reference_that_hardly_has_a_column_hides_no_correlation(rows: int) -> None:
    """Two rows are all of a line: such a night's correlation is 1 or -1, and says nothing."""
    told = []
    for seed in range(200, 204):
        stream = nights(seed, REFERENCE + 4, REFERENCE + 2, together)
        age = stream.numeric["age"][3 * ROWS : 4 * ROWS]
        age[np.random.default_rng(seed).permutation(ROWS)[rows:]] = np.nan
        bank, rest = fitted(stream)
        told.append([(alarm.channel, alarm.since_seq // ROWS) for alarm in raised(bank, rest)])
    assert told == [[("joint", REFERENCE + 2)]] * 4


def test_a_pair_that_too_few_nights_tell_of_is_not_watched() -> None:
    stream = nights(210, REFERENCE + 4, REFERENCE + 2, together)
    stream.numeric["age"][: 3 * ROWS] = np.nan
    bank, rest = fitted(replace(stream, prediction=None), replace(WATCH, prediction=None))
    assert "(pairs)" not in bank.report()
    assert not [alarm for alarm in raised(bank, rest) if alarm.channel == "joint"]


def test_columns_that_go_apart_again_clear_the_alarm() -> None:
    stream = nights(26, REFERENCE + 20)
    random, odd = np.random.default_rng(27), slice((REFERENCE + 3) * ROWS, (REFERENCE + 6) * ROWS)
    part = {name: column[odd] for name, column in stream.numeric.items()}
    together(random, part, stream.categorical["country"][odd])
    stream.numeric["age"][odd] = part["age"]
    bank, rest = fitted(stream)
    told = [(alarm.channel, alarm.state) for alarm in bank.update(rest).alarms if alarm.state != "ongoing"]
    assert told == [("joint", "raised"), ("joint", "cleared")]


def test_a_column_that_moves_far_neither_raises_nor_clears_a_correlation() -> None:
    def both(random: np.random.Generator, numeric: dict[str, Floats], country: Objects) -> None:
        together(random, numeric, country)
        numeric["amount"] *= 1e3

    stream = nights(28, REFERENCE + 16, REFERENCE + 4, both)
    assert {alarm.channel for alarm in fitted(stream)[0].update(fitted(stream)[1]).alarms} == {"data"}
    stream = nights(28, REFERENCE + 16, REFERENCE + 2, together)
    stream.numeric["amount"][(REFERENCE + 4) * ROWS :] *= 1e3
    bank, rest = fitted(stream)
    assert [alarm.state for alarm in bank.update(rest).alarms if alarm.channel == "joint"] == [
        "raised",
        *["ongoing"] * 13,
    ]


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_a_column_that_goes_missing_is_no_other_correlation(share: float) -> None:
    stream = nights(29, REFERENCE + 8, 0, together)
    late = np.arange(len(stream)) >= (REFERENCE + 4) * ROWS
    stream.numeric["age"][late & (np.random.default_rng(30).random(len(stream)) < share)] = np.nan
    bank, rest = fitted(stream)
    assert {(alarm.channel, alarm.kind) for alarm in bank.update(rest).alarms} == {("data", "missing")}


def test_one_odd_night_is_told_and_goes_back() -> None:
    stream = nights(6, REFERENCE + 20)
    odd = slice((REFERENCE + 5) * ROWS, (REFERENCE + 6) * ROWS)
    stream.numeric["amount"][odd] *= 8.0
    bank, rest = fitted(stream)
    told = [(alarm.feature, alarm.state, alarm.seq // ROWS - REFERENCE) for alarm in bank.update(rest).alarms]
    assert told[0] == ("amount", "raised", 5)
    assert ("amount", "cleared") in [one[:2] for one in told]


@pytest.mark.parametrize(
    ("how", "sizes"),
    [*((shift, sizes) for sizes in ((1,), (7, 32), (577, 3), (ROWS,), (10_000,))), (together, (7, 32))],
)
def test_any_cut_and_restart_gives_the_same_alarms_and_state(how: Night, sizes: tuple[int, ...]) -> None:
    watch = replace(WATCH, segments=Segments("country", least_rows=500), labels=True)
    stream = nights(7, REFERENCE + 5, REFERENCE + 2, how)
    losses = Losses(
        stream.seq, np.random.default_rng(8).exponential(1.0, len(stream)), segment=stream.categorical["country"]
    )
    bank, rest = fitted(replace(stream, losses=losses), watch)
    kept = bank.dumps()
    whole = bank.update(rest).alarms
    assert {alarm.state for alarm in whole} >= {"raised"}
    other, told = Bank.loads(kept, watch), list[Alarm]()
    parts = other._parts(canonical=False)
    turn = 0
    while len(rest):
        part, rest = rest.parted(min(sizes[turn % len(sizes)], len(rest)))
        told += other.update(part).alarms
        turn += 1
        for name, data in other.changes().items():
            parts[name] = data  # type: ignore[assignment]
        if turn % 97 == 0:
            other = Bank.of({name: data for name, data in parts.items() if data is not None}, watch)
    assert told == list(whole)
    assert other.dumps() == bank.dumps()


@pytest.mark.parametrize("cadence", [WATCH, replace(WATCH, batches=False)])
def test_of_batches_too_new_categories_alone_were_never_seen(cadence: Settings) -> None:
    bank, _ = fitted(nights(211, REFERENCE), cadence)
    for version in bank.versions.values():
        for track in version.cell(0).tracks.values():
            if (means := track.profile.means) is not None:
                series = [one for one in track.profile.series if one.kind != "outliers"]
                new = [one.kind == "category" and one.code == track.columns[one.column].size - 1 for one in series]
                assert means.yard.never[: len(series)].tolist() == new
                assert cadence.batches == (len(series) == len(means.yard.never))


def test_fewer_than_ten_batches_are_no_reference() -> None:
    with pytest.raises(TooFewRowsError, match="9 batches"):
        fit(nights(9, 9), WATCH)


def test_a_small_batch_counts_with_the_next() -> None:
    stream = nights(10, REFERENCE + 4)
    bank, rest = fitted(stream)
    seq = REFERENCE * ROWS
    odd = replace(rest, ends=np.sort(np.append(rest.ends, [seq + 20, seq + ROWS + 20])))
    assert raised(bank, odd) == []


def test_a_new_model_version_learns_from_ten_batches_of_its_own() -> None:
    old = nights(11, REFERENCE + 3, REFERENCE + 1, shift)
    new = nights(12, 15, 0, shift)
    behind = replace(new, seq=new.seq + len(old), at=new.at + old.at[-1] + DAY, ends=new.ends + len(old), version="2")
    bank, rest = fitted(replace(old, version="1"))
    assert [alarm.feature for alarm in raised(bank, replace(rest, version="1"))] == ["amount"]
    told = [alarm for alarm in bank.update(behind).alarms if alarm.state != "ongoing"]
    assert {(alarm.feature, alarm.state) for alarm in told} == {("amount", "cleared")}
    assert bank.serving.name == "2"
    # The last of ten batches or more, of as many rows as are asked for.
    assert told[-1].seq == len(old) + 12 * ROWS - 1


def test_worse_losses_of_a_night_are_told() -> None:
    stream = nights(13, REFERENCE + 4)
    loss = np.random.default_rng(14).exponential(1.0, len(stream))
    loss[(REFERENCE + 2) * ROWS :] *= 2
    bank, rest = fitted(replace(stream, losses=Losses(stream.seq, loss)), replace(WATCH, labels=True))
    [alarm] = raised(bank, rest)
    assert (alarm.channel, alarm.kind, alarm.seq) == ("label", "performance", (REFERENCE + 3) * ROWS - 1)


def test_what_a_watch_of_batches_sees_is_told_and_kept() -> None:
    bank, rest = fitted(nights(15, REFERENCE + 10))
    seen, pairs = bank.report()["amount"]["shift"], bank.report()["(pairs)"]["correlation"]
    assert seen["events"] == pairs["events"] == ROWS
    assert 0.2 < pairs["change"] < 1
    found = 0
    for seed in range(16, 24):
        odd = nights(seed, 1)
        column = odd.numeric["amount"]
        # A shift of the ranks by that part of their deviation: values are drawn anew from higher ranks.
        random = np.random.default_rng(seed)
        reference = np.sort(rest.numeric["amount"])
        ranks = np.clip(random.random(ROWS) + 2 * seen["change"] / np.sqrt(12), 0, 0.999)
        column[:] = reference[(ranks * len(reference)).astype(int)]
        own = fitted(nights(15, REFERENCE))[0]
        moved = replace(odd, seq=odd.seq + REFERENCE * ROWS, ends=odd.ends + REFERENCE * ROWS)
        found += any(alarm.feature == "amount" for alarm in raised(own, moved))
    assert found >= 6
