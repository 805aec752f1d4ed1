"""The output under attack: kills, full disks, no right to write, and rivals."""

import contextlib
import errno
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest
from support.projects import contents, landform, output, project

from landform.emit import files as writer
from landform.emit.files import current, write
from landform.emit.modules import provide
from landform.emit.tree import MANIFEST

OLD = {MANIFEST: b'{"files": {"a": "", "sub/b": ""}}', "a": b"old", "sub/b": b"old"}
NEW = {MANIFEST: b'{"files": {"a": "", "c": ""}}', "a": b"new", "c": b"new" * 1000}


@pytest.fixture
def standing(tmp_path: Path) -> Path:
    """An old output with files of the user's own and an installed provider."""
    folder = tmp_path / "generated" / "demo" / "production"
    write(folder, OLD)
    (folder / "own.tf").write_text("mine")
    (folder / "terraform.tfstate").write_text("state")
    (folder / ".terraform").mkdir()
    (folder / ".terraform" / "provider").write_text("large")
    return folder


def whole(folder: Path) -> bool:
    """Whether one of the two trees stands, all of it, and the user's files beside it."""
    assert (folder / "own.tf").read_text() == "mine"
    assert (folder / "terraform.tfstate").read_text() == "state"
    found = {name: content for name, content in contents(folder).items() if name in OLD.keys() | NEW.keys()}
    return found in (OLD, NEW)


def in_a_child(work: Callable[[], object]) -> int:
    """Run in a forked process; return its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(9)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def killed_at(step: int, work: Callable[[], object]) -> int:
    """Run in a child that is killed before the given step (a line of the writer)."""
    left = step

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != writer.__file__:
            return None
        left -= event == "line"
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    def traced() -> None:
        sys.settrace(trace)
        work()

    return in_a_child(traced)


def test_a_kill_at_any_step_leaves_a_whole_tree(standing: Path) -> None:
    step, status = 0, 1
    while status != 0:
        if not current(standing, OLD):
            write(standing, OLD)
        status = killed_at(step, lambda: write(standing, NEW))
        assert whole(standing), step
        step += 1
    assert step > 50
    write(standing, NEW)
    assert current(standing, NEW)
    assert (standing / ".terraform" / "provider").read_text() == "large"
    assert [path.name for path in standing.parent.iterdir()] == ["production"]


def test_a_kill_between_the_two_steps_of_a_plain_rename_loses_nothing(standing: Path) -> None:
    """Where a file system cannot exchange two folders, the old one stands aside for a moment."""
    aside = standing.with_name(".landform-production-abcdefgh-old")
    standing.rename(aside)
    (standing.parent / ".landform-production-abcdefgh").mkdir()
    write(standing, NEW)
    assert whole(standing)
    assert current(standing, NEW)
    assert [path.name for path in standing.parent.iterdir()] == ["production"]


def test_a_full_disk_leaves_the_old_tree(standing: Path) -> None:
    def short_of_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        with pytest.raises(OSError):
            write(standing, NEW)

    assert in_a_child(short_of_room) == 0
    assert current(standing, OLD)
    assert whole(standing)
    assert [path.name for path in standing.parent.iterdir()] == ["production"]


@pytest.mark.parametrize("step", Random(20261129).sample(range(400), 50))
def test_a_disk_that_is_full_at_any_moment_leaves_a_whole_tree(standing: Path, step: int) -> None:
    """Room may run out between any two lines: what stands is the old tree or the new one, and no rest of either."""
    left = step

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != writer.__file__:
            return None
        left -= event == "line"
        if left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return trace

    def short_of_room() -> None:
        sys.settrace(trace)
        try:
            write(standing, NEW)
        finally:
            sys.settrace(None)

    in_a_child(short_of_room)
    assert whole(standing)
    write(standing, NEW)
    assert current(standing, NEW)
    assert [path.name for path in standing.parent.iterdir()] == ["production"]


def compiling(spec: Path) -> list[str | Path]:
    """A process of its own: one that is forked here would share the pipe to Node, and be killed amid an answer."""
    return [Path(sys.executable).with_name("landform"), "compile", "-q", spec]


@dataclass(frozen=True)
class Killed:
    """A project that is compiled again and again, and the seconds that it took when nobody disturbed it."""

    folder: Path
    spec: Path
    seconds: float


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    folder = tmp_path_factory.mktemp("killed")
    spec = project(folder, environment="development")
    for _ in range(2):
        begun = time.monotonic()
        subprocess.run(compiling(spec), check=True)
        seconds = time.monotonic() - begun
    return Killed(folder, spec, seconds)


@pytest.mark.parametrize("part", range(1, 51))
def test_a_compile_that_is_killed_leaves_a_whole_tree(part: int, killed: Killed) -> None:
    """The whole command, killed at fifty moments of its life; it is the same project throughout."""
    folder, spec = killed.folder, killed.spec
    old = contents(output(folder, "development"))
    spec.write_text(spec.read_text() + f"  work{part}-moment: {{instance: t3.large, reads: [logs]}}\n")
    child = subprocess.Popen(compiling(spec), stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(killed.seconds * part / 50)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    stands = contents(output(folder, "development"))
    hashes = json.loads(stands[MANIFEST])["files"]
    assert {name: hashlib.sha256(stands[name]).hexdigest() for name in hashes} == hashes
    assert stands == old or f"work{part}-moment".encode() in stands["main.tf.json"]


def test_without_the_right_to_write_the_old_tree_stays() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "demo" / "production"
        write(folder, OLD)
        folder.parent.chmod(0o555)

        def powerless() -> None:
            if os.getuid() == 0:
                os.setuid(65534)
            with pytest.raises(PermissionError):
                write(folder, NEW)

        assert in_a_child(powerless) == 0
        assert contents(folder) == OLD
        folder.parent.chmod(0o755)


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    output(tmp_path).parent.mkdir(parents=True)
    output(tmp_path).write_text("mine")
    assert landform("compile", spec) == 1
    assert "error[LF0705]" in capsys.readouterr().err
    assert output(tmp_path).read_text() == "mine"


# Rivals


def at_once(*works: Callable[[], object]) -> list[int]:
    """Run each in a child of its own; return their wait statuses."""
    statuses: list[int] = []

    def one(work: Callable[[], object]) -> None:
        statuses.append(in_a_child(work))

    threads = [threading.Thread(target=one, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_two_writers_never_mix(standing: Path) -> None:
    def often(tree: dict[str, bytes]) -> None:
        for _ in range(20):
            write(standing, tree)

    assert at_once(partial(often, OLD), partial(often, NEW)) == [0, 0]
    assert whole(standing)
    assert [path.name for path in standing.parent.iterdir()] == ["production"]


@pytest.mark.parametrize("attempt", range(5))
def test_several_compiles_may_bring_the_modules_at_once(tmp_path: Path, attempt: int) -> None:
    bring = partial(provide, tmp_path, ["bucket", "key"])
    assert at_once(bring, bring, bring, bring) == [0, 0, 0, 0]
    assert sorted(path.name for path in (tmp_path / "modules").iterdir()) == ["bucket", "key"]


def test_two_compiles_at_once_both_succeed(tmp_path: Path) -> None:
    spec = project(tmp_path)
    rivals = [subprocess.Popen(compiling(spec), stderr=subprocess.PIPE) for _ in range(2)]
    assert [(rival.communicate()[1], rival.returncode) for rival in rivals] == [(b"", 0), (b"", 0)]
    assert landform("compile", "--check", spec) == 0
