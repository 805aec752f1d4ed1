"""A run that was interrupted goes on: what was done is not done again, unless its code has changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.drift import budget, kept, run
from benchmarks.drift.score import Hit, Outcome
from benchmarks.drift.streams import Stream

SOME = [Outcome((Hit(7, True, False), None), (None, 3), 1, 2, 20_000)]


@pytest.fixture(autouse=True)
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kept, "FILE", tmp_path / "kept.sqlite")
    kept._file.cache_clear()
    kept.digest.cache_clear()
    yield
    kept._file().close()
    kept._file.cache_clear()
    kept.digest.cache_clear()


def never() -> list[Outcome]:
    raise AssertionError


def again() -> None:
    """As another process would find it."""
    kept._file().close()
    kept._file.cache_clear()
    kept.digest.cache_clear()


def test_an_outcome_is_made_once_and_comes_back_the_same() -> None:
    assert kept.outcomes("rivals", ("iid", 1, "PSI", 0.1), lambda: SOME) == SOME
    again()
    assert kept.outcomes("rivals", ("iid", 1, "PSI", 0.1), never) == SOME
    with pytest.raises(AssertionError):
        kept.outcomes("rivals", ("iid", 1, "PSI", 0.2), never)


def test_another_engine_leaves_what_rivals_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for files in ("engine", "rivals"):
        kept.outcomes(files, ("iid", 1), lambda: SOME)
    again()
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/bank.py").write_text("other")
    for name in kept._BESIDE:
        (tmp_path / name).write_text("")
    monkeypatch.setattr(kept, "_ENGINE", tmp_path / "engine")
    assert kept.outcomes("rivals", ("iid", 1), never) == SOME
    with pytest.raises(AssertionError):
        kept.outcomes("engine", ("iid", 1), never)


def test_all_code_of_the_benchmark_that_makes_an_outcome_is_behind_its_digest() -> None:
    """A file that is none of these makes none: it counts, prints or tunes."""
    known = {*kept._STREAMS, *kept._RIVALS, "ours.py", "oracle.py"}
    rest = {"__init__.py", "__main__.py", "kept.py", "run.py", "table.py", "tune.py"}
    assert {file.name for file in kept._HERE.glob("*.py")} == known | rest


def test_all_code_of_the_agent_that_the_engine_uses_is_behind_its_digest() -> None:
    agent = kept._ENGINE.parent
    files = [*kept._ENGINE.rglob("*.py"), *(agent / name for name in kept._BESIDE)]
    used = {name for file in files for name in re.findall(r"landform_agent\.(\w+)", file.read_text())}
    assert used == {"engine", *(Path(name).stem for name in kept._BESIDE)}


def test_an_interrupted_piece_takes_up_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def alarms(stream: object, setting: float) -> list[run.Alarm]:
        told.append(f"{setting:g}")
        if len(told) == 3:
            raise KeyboardInterrupt
        return []

    monkeypatch.setattr(run.ours, "alarms", alarms)
    piece = run.PairWork(0, 0, 250_000_000, rivals=False)
    assert not run.PairWork(0, 1, 250_000_000, rivals=False)().outcomes[run.OURS, run.ALL][0].false
    with pytest.raises(KeyboardInterrupt):
        piece()
    piece()
    before = len(told)
    result = piece()
    assert len(told) == before
    assert len(result.outcomes[run.OURS, run.ALL]) == 2


def test_streams_of_another_length_are_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def alarms(stream: Stream, setting: float) -> list[run.Alarm]:
        told.append(len(stream.numeric))
        return []

    monkeypatch.setattr(run.ours, "alarms", alarms)
    for armed in (1_000, 2_000, 1_000):
        monkeypatch.setattr(run, "TRAP_EVENTS", armed)
        run.TrapWork(0, 0, 250_000_000, rivals=False)()
        monkeypatch.setattr(budget, "EVENTS", armed)
        budget.FitWork(0, 250_000_000)()
    assert told == [6_000, 6_000, 7_000, 7_000]


def test_kinds_take_turns() -> None:
    sizes = run.Sizes(changes=4, real=2, traps=0, fits=0, first=8)
    pieces = run.in_turns(run.work(sizes, rivals=False))
    half = pieces[: len(pieces) // 2]
    assert {piece.name for piece in half} == {kind.name for kind in run.KINDS}
    for kind in run.KINDS:
        assert [piece.number for piece in half if piece.name == kind.name] == ([8, 9] if kind.oracle else [8])


def test_no_piece_is_begun_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for jobs in ("1", "2"):
        monkeypatch.setenv("JOBS", jobs)
        assert list(run.done([run.PairWork(0, 0, 1, rivals=False)], until=0.0)) == []
