"""`landform scan`: checkov on plan and source, waivers, own rules, proof of least privilege, walk; one verdict."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from landform.diagnostics import Diagnostic, error
from landform.proof.foreseen import foreseen
from landform.proof.grants import Grant, Places, read_grants
from landform.proof.planned import Planned, read_plan
from landform.proof.prove import prove
from landform.proof.system import read_system
from landform.rehearse.terraform import TerraformFailed, offline_plan
from landform.scan.checkov import Check, CheckovFailed, Report, find_checkov, run_checkov
from landform.scan.complete import complete
from landform.scan.elsewhere import written_by
from landform.scan.readable import readable
from landform.scan.rules import judge
from landform.scan.source import LEAST, Source, find_source
from landform.scan.subject import Subject
from landform.scan.waivers import Opinion, WaivedFinding, judge_waivers, read_opinion, waived
from landform.walk.asked import Walked
from landform.walk.judge import sealed
from landform.walk.network import read_networks

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ScanResult:
    """The verdict: fine where no diagnostic is an error. `passed` and `failed` count checkov's checks."""

    diagnostics: tuple[Diagnostic, ...]
    passed: int = 0
    failed: int = 0
    waived: tuple[WaivedFinding, ...] = ()
    resources: int = 0
    checks_waived: frozenset[str] = frozenset()


def scan(tree: Path, plan: Mapping[str, Any] | None, progress: Progress) -> ScanResult:
    """Scan a compiled tree (`generated/<system>/<environment>`) and its plan in the form of `terraform show -json`.

    Without a plan, one is made offline. Raises ToolMissing where checkov, Terraform or a provider is not there.
    """
    checkov = find_checkov()
    if plan is None:
        progress("plan")
        try:
            plan = offline_plan(tree)
        except TerraformFailed as failure:
            return ScanResult(failure.diagnostics)
    planned = read_plan(plan)
    if not planned.resources:
        remedy = "Scan a plan that makes or keeps something."
        return ScanResult((error("LF0803", (), "The plan holds no resources.", remedy),))
    source = find_source(tree, planned)
    progress(f"checkov on {len(planned.resources)} resources and {len(source.folders)} folders")
    try:
        of_plan, of_source = _checkov(checkov, planned, source)
    except CheckovFailed as failure:
        remedy = "Run it by hand to see why; nothing counts as scanned."
        return ScanResult((error("LF0803", (), f"{failure}.", remedy),))
    progress("rules and proof")
    return _verdict(tree, planned, source, of_plan, of_source)


def _checkov(checkov: Path, planned: Planned, source: Source) -> tuple[Report, Report]:
    """Stage plan and source where only this user can read them, while checkov runs: a plan can hold secrets."""
    with tempfile.TemporaryDirectory(prefix="landform-scan-") as folder:
        plan = Path(folder) / "plan.json"
        descriptor = os.open(plan, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(complete(planned), file, indent=1)
        staged = Path(folder) / "source"
        staged.mkdir()
        source.stage(staged)
        return run_checkov(checkov, plan, staged)


def _verdict(tree: Path, planned: Planned, source: Source, of_plan: Report, of_source: Report) -> ScanResult:
    places = Places(_read(tree / "sourcemap.json", {}))
    planned, unreadable = readable(planned, places)
    grants = read_grants(_read(tree / "grants.json", []))
    account = _account(planned, grants)
    known = foreseen(planned, _read(tree / "main.tf.json", {}), account)
    system = read_system(known, account)
    opinion = read_opinion(planned, source, of_plan, of_source)
    covered = waived(opinion)
    found = tuple(_findings(opinion, covered, planned, places, source))
    return ScanResult(
        diagnostics=(
            *_complete(planned, source, of_plan, of_source),
            *unreadable,
            *found,
            *judge_waivers(opinion, source, known),
            *judge(Subject(known, account, places, written_by(grants))),
            *prove(system, grants, places.sections),
            *sealed(Walked(known, system, read_networks(known), grants, places)),
        ),
        passed=len(of_plan.passed) + len(opinion.source_passed),
        failed=len(found),
        waived=covered,
        resources=of_plan.resources,
        checks_waived=frozenset(w.check for w in covered),
    )


def _read(file: Path, absent: Any) -> Any:
    return json.loads(file.read_text("utf-8")) if file.exists() else absent


def _account(planned: Planned, grants: tuple[Grant, ...]) -> str:
    """The account that the tree is for: that of its grants, else the one that its provider is held to."""
    if grants:
        return grants[0].principal.split(":")[4]
    for provider in planned.configuration.get("provider_config", {}).values():
        allowed = provider.get("expressions", {}).get("allowed_account_ids", {}).get("constant_value") or ()
        if allowed:
            return str(allowed[0])
    return ""


def _complete(planned: Planned, source: Source, of_plan: Report, of_source: Report) -> Iterator[Diagnostic]:
    """Nothing scanned is never a pass: every resource must have been read, and every file parsed."""
    if of_plan.resources != len(planned.resources):
        fact = f"checkov read {of_plan.resources} of the plan's {len(planned.resources)} resources."
        yield error("LF0803", (), fact, "Report this: the rest went by unseen.")
    unparsed = [Path(f) for f in (*of_plan.unparsed, *of_source.unparsed) if Path(f).parent.parent.name != LEAST]
    for label, name in sorted({(f.parent.name, f.name) for f in unparsed}):
        place = source.folders.get(label, Path(label)) / name
        yield error("LF0804", (), f"checkov could not parse {place}.", "Write it in plainer HCL.")


def _findings(
    opinion: Opinion,
    covered: tuple[WaivedFinding, ...],
    planned: Planned,
    places: Places,
    source: Source,
) -> Iterator[Diagnostic]:
    """What checkov found and nobody waived. The source, judged without values, is heard where the plan is silent."""
    let_pass = {(w.check, w.address) for w in covered}
    for _, check in opinion.plan_failed:
        if (check.check, check.resource) not in let_pass:
            yield _finding(check, check.resource, places)
    for place, check in opinion.source_failed:
        made = next((r for r in planned.resources if _is_of(r.source, r.block, place, source)), None)
        if place not in opinion.plan_judged and made is not None:
            yield _finding(check, made.address, places)


def _is_of(module: str, block: str, place: tuple[str, str, str], source: Source) -> bool:
    return (source.labels.get(module), block) == place[1:]


def _finding(check: Check, address: str, places: Places) -> Diagnostic:
    found = error(
        "LF0801",
        places.path(address),
        f"{check.check} fails on {address}: {check.title}.",
        f"Change the module, or waive it in the resource's block: #checkov:skip={check.check}:<reason>",
    )
    return replace(found, rule=check.check)
