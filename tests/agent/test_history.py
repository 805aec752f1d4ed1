"""What the state keeps for the report: bounded, and true in the mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support.streams import normal

from landform_agent import history
from landform_agent.engine import Slice
from landform_agent.store import Store

from .conftest import Site


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state.sqlite") as made:
        yield made


def test_many_slices_are_merged_and_their_mean_and_ends_stay(store: Store) -> None:
    levels = np.random.default_rng(1).random((5_000, 3))
    with store.write():
        for first in range(0, 5_000, 100):
            mine = [Slice("data", 100, n * 60.0, n * 60.0 + 59, levels[n]) for n in range(first, first + 100)]
            history.record(store, mine, ())
    kept = history.read(store, "data")
    assert len(kept) <= history.SLICES
    assert sum(one.count for one in kept) == 500_000
    assert (kept[0].since, kept[-1].until) == (0.0, 4_999 * 60.0 + 59)
    mean = np.average([one.values() for one in kept], axis=0, weights=[one.count for one in kept])
    assert np.allclose(mean, levels.mean(axis=0), atol=1e-5)
    assert [one.count for one in kept[-history.SLICES // 2 :]] == [100] * (history.SLICES // 2)


def test_large_slices_are_fewer(store: Store) -> None:
    levels = np.zeros(6_000)
    with store.write():
        for n in range(400):
            history.record(store, [Slice("data", 100, n * 60.0, n * 60.0 + 59, levels)], ())
    kept = history.read(store, "data")
    assert 80 <= len(kept) <= 175
    assert sum(one.count for one in kept) == 40_000


def test_an_alarm_is_kept_as_it_was_raised_and_as_it_was_told_last_and_old_ones_go(store: Store) -> None:
    def alarm(number: int, state: str) -> dict[str, object]:
        return {"id": f"a{number}", "seq": number, "state": state}

    with store.write():
        history.record(store, (), [alarm(number, "raised") for number in range(600)])
        history.record(store, (), [alarm(599, "cleared")])
    noted = store.noted_alarms()
    assert len(noted) == history.ALARMS
    assert json.loads(noted[0][0])["id"] == "a100"
    assert [json.loads(body)["state"] for body in noted[-1]] == ["raised", "cleared"]


def test_fit_and_run_keep_what_the_report_needs(site: Callable[..., Site]) -> None:
    own = Site(site().path, "landform_agent.engine")
    values = normal(5, 6_000)["a"]
    values[4_500:] += 1.5
    lines = [
        json.dumps({"id": f"e{n}", "at": 1_772_323_200 + n, "features": {"amount": value, "country": "DE"}})
        for n, value in enumerate(values.tolist())
    ]
    head = own.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in lines[:3_000]))
    own.fit(head)
    own.write("rest.jsonl", lines[3_000:])
    own.run("--batch", 700)
    with Store(own.path / "state.sqlite", fresh=False) as store:
        kept = history.read(store, "data")
        noted = [json.loads(raised) for raised, _ in store.noted_alarms()]
    assert sum(one.count for one in kept) == 6_000
    assert [alarm["feature"] for alarm in noted] == ["amount"]
    assert kept[0].since < 1_772_323_200 + 100
