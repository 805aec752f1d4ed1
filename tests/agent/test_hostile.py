"""What must not stop the agent, blind it, fill its memory or leave it by a door."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from landform_agent.formats.rows import Reject
from landform_agent.quarantine import Quarantine
from landform_agent.store import StateError, Store

from .conftest import CONFIG, Site, events, of_another_engine

Make = Callable[..., Site]


def _fitted(site: Site, count: int = 1_000) -> Site:
    head = site.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(count)))
    site.fit(head)
    return site


def _changed(line: str, **features: object) -> str:
    event = json.loads(line)
    event["features"] |= features
    return json.dumps(event)


def test_broken_events_leave_the_others_as_they_are(site: Make) -> None:
    good = events(500, 1_000)
    secret = "hunter2"
    broken = [
        "{",
        "x" * 10_000_000,
        json.dumps({"id": secret, "features": {"amount": secret}}),
        _changed(good[0], amount=float("nan")),
        _changed(good[0], amount=float("inf")),
        _changed(good[0], amount=1e308),
        json.dumps({"features": {"amount": 1}, "prediction": -1}),
        json.dumps([secret]),
        good[3],
    ]
    calm, hit = _fitted(site("calm")), _fitted(site("hit"))
    calm.write("0.jsonl", good)
    calm.run()
    mixed = list(good)
    for place, line in enumerate(broken):
        mixed.insert(50 * (place + 1), line)
    hit.write("0.jsonl", mixed)
    said = hit.run().stderr
    assert hit.alarms() == calm.alarms()
    assert len(hit.alarms()) == 5
    assert [reject["line"] for reject in hit.rejects()] == [50 * (n + 1) + 1 for n in range(8)]
    counts = json.loads(said.splitlines()[-1])["counts"]
    assert (counts["rejected"], counts["duplicates"]) == (8, 1)
    everything = said + "".join(map(str, hit.rejects())) + "".join(hit.alarms())
    assert secret not in everything
    assert secret.encode() not in (hit.path / "state.sqlite").read_bytes()


def test_a_raw_line_is_kept_only_where_that_is_asked_for(site: Make) -> None:
    asked = _fitted(site("asked", CONFIG + "keep_raw: true\n"))
    asked.write("0.jsonl", ["what a line"])
    asked.run()
    assert [reject["raw"] for reject in asked.rejects()] == ["what a line"]


def test_a_clock_that_goes_backwards_is_counted(site: Make) -> None:
    back = _fitted(site())
    back.write("0.jsonl", reversed(events(100, 1_000)))
    counts = json.loads(back.run().stderr.splitlines()[-1])["counts"]
    assert counts["backwards"] == 99
    assert counts["accepted"] == 1_100


def test_rejects_are_bounded(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "rejected", keep_raw=False, limit=10_000)
    for number in range(1_000):
        quarantine.append("in/0.jsonl", number, [b""], [Reject(0, "for no good reason")])
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) < 11_000


def test_rejects_that_no_commit_knows_are_written_once(tmp_path: Path) -> None:
    """Killed between the file and the commit: the very first time, later, and where the file was begun anew."""

    def lines() -> list[int]:
        parts = (tmp_path / "rejected.1", tmp_path / "rejected")
        return [json.loads(line)["line"] for part in parts if part.exists() for line in part.read_text().splitlines()]

    (tmp_path / "rejected").write_text('{"line": -1}\n')
    with Store(tmp_path / "state") as store:
        for number in range(40):
            for killed in (True, False):
                quarantine = Quarantine(tmp_path / "rejected", keep_raw=False, limit=1_500)
                quarantine.start(store)
                length = quarantine.append("in/0.jsonl", number, [b""], [Reject(0, "for no good reason")])
                if not killed and length is not None:
                    with store.write():
                        store.set_length(quarantine.name, length)
            assert lines()[-2:] == [number - 1, number]
            assert len(lines()) == len(set(lines()))


def test_a_file_that_is_replaced_is_read_anew(site: Make) -> None:
    turned = _fitted(site())
    turned.write("0.jsonl", events(150, 1_000))
    turned.run()
    turned.write("0.jsonl", events(150, 1_150))
    turned.run()
    assert len(turned.alarms()) == 3


def test_no_room_for_the_state_loses_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "state") as store:
        with store.write():
            store.keep({"small": b"1"})
        store._db.execute(f"PRAGMA max_page_count={store._db.execute('PRAGMA page_count').fetchone()[0]}")
        with pytest.raises(sqlite3.OperationalError, match="full"), store.write():
            store.keep({"small": b"2", "large": b"x" * 1_000_000})
        assert store.kept("small") == b"1"


def test_a_state_of_another_version_is_refused_with_a_way_forward(site: Make) -> None:
    old = _fitted(site())
    with sqlite3.connect(old.path / "state.sqlite") as db:
        db.execute("PRAGMA user_version=99")
    done = old.call("run", "--until-idle", "0.1s")
    assert done.returncode == 4
    assert "a state of version 99" in done.stderr
    assert "Run the agent that wrote it" in done.stderr


def test_a_reference_of_another_engine_is_refused_with_a_way_forward_and_takes_no_candidate(site: Make) -> None:
    old = replace(site(), engine="landform_agent.engine")
    _fitted(old)
    of_another_engine(old.path / "state.sqlite")
    before = (old.path / "state.sqlite").read_bytes()
    for done in (old.call("run", "--until-idle", "0.1s"), old.call("fit", "--baseline", old.path / "head.jsonl")):
        assert done.returncode == 4
        assert "of version 4, this engine reads" in done.stderr
        assert "Run the agent that wrote it" in done.stderr
    with Store(old.path / "state.sqlite") as store:
        assert store.kept("candidate") is None
    assert (old.path / "state.sqlite").read_bytes() == before
    move = next(line for line in done.stderr.splitlines() if " mv " in line)
    subprocess.run(["bash", "-ec", move.partition("#")[0]], cwd=old.path, check=True)
    _fitted(old)
    old.run()


@pytest.mark.parametrize("size", [10, 100, 5_000])
def test_a_truncated_state_is_refused(site: Make, size: int) -> None:
    cut = _fitted(site())
    state = cut.path / "state.sqlite"
    state.write_bytes(state.read_bytes()[:size])
    done = cut.call("run", "--until-idle", "0.1s")
    assert done.returncode == 3
    assert "state.sqlite" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_state_and_no_reference_are_told_apart(site: Make) -> None:
    none = site(config=CONFIG.replace("features: {amount: {kind: numeric}, country: {kind: categorical}}\n", ""))
    done = none.call("run", "--until-idle", "0.1s")
    assert (done.returncode, "`landform-agent fit` makes it" in done.stderr) == (3, True)
    with Store(none.path / "state.sqlite"):
        pass
    done = none.call("run", "--until-idle", "0.1s")
    assert (done.returncode, "nothing was fitted" in done.stderr) == (3, True)
    with pytest.raises(StateError, match="no state"):
        Store(none.path / "elsewhere", fresh=False)


def test_other_features_than_were_fitted_are_refused(site: Make) -> None:
    other = _fitted(site())
    other.config.write_text(CONFIG.replace("country: {kind: categorical}", "country: {kind: numeric}"))
    done = other.call("run", "--until-idle", "0.1s")
    assert (done.returncode, "fitted for other features" in done.stderr) == (4, True)


def test_a_later_fit_is_adopted_and_moves_no_number(site: Make) -> None:
    moved = _fitted(site())
    moved.write("0.jsonl", events(100, 1_000))
    moved.run()
    head = moved.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(500, 9_000)))
    done = moved.call("fit", "--baseline", head)
    assert "Candidate 2 from 500 rows" in done.stdout
    moved.write("1.jsonl", events(100, 1_100))
    said = [json.loads(line) for line in moved.run().stderr.splitlines()]
    [note] = [one for one in said if one["message"].startswith("adopted")]
    assert (note["generation"], note["seq"]) == (2, 1_100)
    with Store(moved.path / "state.sqlite") as store:
        assert store.logged("adopted") == [b'{"generation":2,"rows":500,"seq":1100}']
    assert [json.loads(alarm)["seq"] for alarm in sorted(moved.alarms(), key=lambda a: json.loads(a)["seq"])] == [
        1_099,
        1_199,
    ]
