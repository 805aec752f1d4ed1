"""The rehearsal: build, build again, look, change one thing, tear down, all on an embedded AWS."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from landform.diagnostics import Diagnostic
from landform.rehearse.applied import read_state
from landform.rehearse.embedded import EmbeddedAws, require_sandbox
from landform.rehearse.handlers import run_functions
from landform.rehearse.inspection import Standing, look
from landform.rehearse.inventory import INBORN, left_behind, meant_to_stay, take_inventory
from landform.rehearse.protection import lift_protection
from landform.rehearse.stage import stage, swap_in
from landform.rehearse.studio import begin_work, leave
from landform.rehearse.telling import placed, told_again, told_change, told_destroy, told_look, told_run
from landform.rehearse.terraform import Message, PlanResult, Terraform, TerraformFailed, find_terraform


@dataclass(frozen=True)
class Step:
    """One step, while it runs and when it is over."""

    name: str
    state: Literal["running", "done", "failed"]
    line: str
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """How a rehearsal went."""

    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as it should be."""
        return not self.diagnostics

    @property
    def seconds(self) -> float:
        """Time on the wall, all steps together."""
        return sum(step.seconds for step in self.steps)


Progress = Callable[[Step], None]


def require_tools() -> None:
    """Raise `ToolMissing` (LF0901, LF0903) where Terraform or the embedded AWS is missing; start neither."""
    find_terraform()
    require_sandbox()


def rehearse(
    aws: EmbeddedAws,
    tree: Path,
    changed: Path,
    regions: Sequence[str],
    expect: frozenset[str],
    progress: Progress,
) -> Verdict:
    """Rehearse a compiled tree on `aws`, of which nothing was asked yet, and say what was not as it should be.

    `changed` is the same system with one input edited, `expect` the module addresses that this edit may touch.
    `regions` has the primary one first. Raises `ToolMissing` (LF0901 and LF0903, which `require_tools` tells before
    anything is begun; LF0902) and `RemoteEndpoint` (LF0909); what goes wrong on the way stands in the verdict.
    Whatever ends the rehearsal, Ctrl-C and termination too, leaves no process and no folder behind.
    """
    tell = _Teller(progress)
    with (
        _terminable(),
        tempfile.TemporaryDirectory(prefix="landform-", ignore_cleanup_errors=True) as folder,
    ):
        terraform = Terraform(stage(tree, Path(folder), aws.target), aws.target)
        try:
            _play(_Stage(aws, terraform, tuple(regions)), tree, changed, expect, tell)
        except TerraformFailed as failed:
            tell.fail(failed.diagnostics)
    return Verdict(tuple(tell.steps), tuple(placed(tree, d) for d in tell.diagnostics))


@dataclass(frozen=True)
class _Stage:
    aws: EmbeddedAws
    terraform: Terraform
    regions: tuple[str, ...]


class _Teller:
    """Collects steps and diagnostics, and passes each step on."""

    def __init__(self, progress: Progress) -> None:
        self.steps: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self._progress = progress
        self._name, self._began = "", 0.0

    def begin(self, name: str, line: str) -> None:
        self._name, self._began = name, time.monotonic()
        self.update(line)

    def update(self, line: str) -> None:
        self._progress(self._step("running", line))

    def end(self, line: str, found: Sequence[Diagnostic] = ()) -> None:
        """Close the step: done, or failed where it found something."""
        self.diagnostics += found
        self.steps.append(self._step("failed" if found else "done", line))
        self._progress(self.steps[-1])

    def fail(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Close the step at which Terraform gave up."""
        self.end(f"Terraform failed at this step: {self._name}.", diagnostics)

    def _step(self, state: Literal["running", "done", "failed"], line: str) -> Step:
        return Step(self._name, state, line, time.monotonic() - self._began)


def _play(on: _Stage, tree: Path, changed: Path, expect: frozenset[str], tell: _Teller) -> None:
    tell.begin("install", "Fetching the AWS provider and starting an AWS on this machine")
    with ThreadPoolExecutor() as pool:
        emptiness = pool.submit(take_inventory, on.aws, on.regions, INBORN)
        on.terraform.init()
        before = emptiness.result()
    tell.end(f"Took the AWS provider from {on.terraform.provider.origin}; an empty AWS listens on loopback.")

    tell.begin("build", "Planning")
    with ThreadPoolExecutor() as pool:
        # Each service's first answer takes as long as a hundred more; once it creates, Terraform mostly waits.
        warm_up = cache(lambda: pool.submit(take_inventory, on.aws, on.regions))
        count = _counting(tell, "Building", "apply_complete")

        def listen(message: Message) -> None:
            count(message)
            if message.get("type") == "apply_start":
                warm_up()

        on.terraform.apply(listen=listen)
    applied = read_state(on.terraform.workdir, on.regions)
    where = " and ".join(on.regions)
    tell.end(f"Built {len(applied)} resources in {where}: on this machine only, with AWS's real provider.")

    # Plans wait for the provider's start, the look for the network: together they take as long as the longest.
    with ThreadPoolExecutor() as pool:
        tell.begin("plan again", "Planning a second time")
        again = pool.submit(on.terraform.plan, "again.tfplan")
        change = pool.submit(_plan_changed, on, tree, changed)
        standing = Standing(on.aws, on.regions, applied, _default_tags(tree))
        findings = look(standing)
        tell.end(*told_again(on.terraform, again.result()))
        tell.begin("look", "Looking at what stands")
        tell.end(*told_look(standing, findings))
        tell.begin("change one input", "Planning one changed input")
        tell.end(*told_change(*change.result(), expect))

    runs, faults = run_functions(standing, on.terraform.workdir)
    if runs:
        tell.begin("run", "Running functions")
        tell.end(*told_run(runs, faults))

    begin_work(on.aws, applied)
    tell.begin("destroy", "Tearing down")
    lift_protection(on.aws, applied)
    swept = leave(on.aws, on.terraform, applied)
    # The second plan has just compared state and AWS.
    on.terraform.destroy("-refresh=false", listen=_counting(tell, "Tearing down", "apply_complete"))
    after = take_inventory(on.aws, on.regions)
    left, stays = left_behind(before, after, applied), meant_to_stay(before, after, applied)
    tell.end(*told_destroy(applied, left, stays, swept))


def _plan_changed(on: _Stage, tree: Path, changed: Path) -> tuple[Terraform, PlanResult]:
    """Plan the edited system against what stands, in a folder of its own beside the first."""
    first = on.terraform.workdir
    workdir = first.with_name(first.name + "-changed")
    shutil.copytree(first, workdir, symlinks=True, ignore=shutil.ignore_patterns("*.tfplan", ".*.lock.info"))
    swap_in(changed, workdir, on.aws.target)
    terraform = on.terraform.beside(workdir)
    if _calls(tree) != _calls(changed):
        terraform.init()
    # The other plan asks AWS about everything at this very moment.
    return terraform, terraform.plan("changed.tfplan", "-refresh=false")


def _counting(tell: _Teller, doing: str, finished: str) -> Callable[[Message], None]:
    """Listen to Terraform and say how far it is."""
    total = done = 0

    def listen(message: Message) -> None:
        nonlocal total, done
        if message.get("type") == "change_summary" and not total:
            total = message["changes"]["add"] or message["changes"]["remove"]
        elif message.get("type") == finished:
            done += 1
            tell.update(f"{doing}: {done} of {total}")

    return listen


def _root(tree: Path) -> dict[str, Any]:
    root: dict[str, Any] = json.loads((tree / "main.tf.json").read_text("utf-8"))
    return root


def _calls(tree: Path) -> dict[str, str]:
    return {name: call["source"] for name, call in _root(tree).get("module", {}).items()}


def _default_tags(tree: Path) -> dict[str, str]:
    """The tags that the default provider gives to everything."""
    declared = _root(tree).get("provider", {}).get("aws", [])
    blocks = [declared] if isinstance(declared, dict) else declared
    default = next((b for b in blocks if "alias" not in b), {})
    tags = default.get("default_tags", {})
    return dict((tags[0] if isinstance(tags, list) and tags else tags or {}).get("tags", {}))


@contextmanager
def _terminable() -> Iterator[None]:
    """Let a request to terminate unwind like an exception, so that nothing stays behind."""

    def leave(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
