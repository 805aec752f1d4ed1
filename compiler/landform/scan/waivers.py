"""Waivers: what checkov finds and someone has decided to live with, with a reason, beside the resource.

checkov reads its comments in HCL only, so the plan's findings are matched here: a waiver of a resource in
a module counts for every resource that the module makes of it, and for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.proof.planned import Planned
from landform.scan.checkov import Check, Report
from landform.scan.source import AS_IT_STANDS, Comment, Source

Place = tuple[str, str, str]
"""(check, label of the folder, type.name of the resource): what a waiver is for."""

# checkov's checks on identities and on access from outside (of checkov 3.3, 2026-11): these are met, never waived.
# Not here: those of network ACLs (229-232). An ACL keeps no state and must let replies in; security groups decide.
NEVER_WAIVED: Final = frozenset(
    {
        # identities: users, roles, policies, trust
        *(f"CKV_AWS_{n}" for n in (1, 40, 49, *range(60, 64), *range(107, 112), 273, 274, 275, 283)),
        *(f"CKV_AWS_{n}" for n in (*range(286, 291), 348, 355, 356, 358, 393)),
        *(f"CKV2_AWS_{n}" for n in (14, 21, 22, 40, 41, 56, 68)),
        # policies of resources that name anyone
        *(f"CKV_AWS_{n}" for n in (32, 33, 70, 168, 169, 301, 364, 385, 387)),
        # access from outside
        *(f"CKV_AWS_{n}" for n in (17, 20, 24, 25, *range(53, 58), 88, 122, 130, 260, 277, 291, 303, 333, 389, 392)),
        *(f"CKV2_AWS_{n}" for n in (6, 7, 43, 66)),
    }
)
_ASKED_BESIDE: Final = {"CKV2_AWS_9": "aws_backup_selection", "CKV2_AWS_18": "aws_backup_selection"}
"""Checks that checkov asks only where a resource of another type stands (of checkov 3.3, 2026-11): which type."""

_NO_REASON: Final = "No comment provided"


@dataclass(frozen=True, slots=True)
class WaivedFinding:
    """A finding on a planned resource that a waiver covers."""

    check: str
    address: str
    reason: str


@dataclass(frozen=True)
class Opinion:
    """Both reports of checkov, brought to common places."""

    plan_failed: tuple[tuple[Place, Check], ...]
    plan_judged: frozenset[Place]
    waivers: tuple[tuple[Place, Check], ...]
    source_failed: tuple[tuple[Place, Check], ...]
    source_passed: tuple[Check, ...]
    unwaived_failed: frozenset[Place]


def read_opinion(planned: Planned, source: Source, of_plan: Report, of_source: Report) -> Opinion:
    """Say for each verdict which resource block of which folder it is about."""

    def in_plan(check: Check) -> Place:
        resource = planned.by_address.get(check.resource)
        label = source.labels.get(resource.source, resource.source) if resource else ""
        return check.check, label, resource.block if resource else check.resource

    return Opinion(
        plan_failed=tuple((in_plan(c), c) for c in of_plan.failed),
        plan_judged=frozenset(in_plan(c) for c in (*of_plan.passed, *of_plan.failed)),
        waivers=tuple((_in_source(c), c) for c in of_source.skipped if _form(c) == AS_IT_STANDS),
        source_failed=tuple((_in_source(c), c) for c in of_source.failed if _form(c) == AS_IT_STANDS),
        source_passed=tuple(c for c in of_source.passed if _form(c) == AS_IT_STANDS),
        unwaived_failed=frozenset(_in_source(c) for c in of_source.failed if _form(c) != AS_IT_STANDS),
    )


def _in_source(check: Check) -> Place:
    block = re.sub(r"\[.*?\]", "", check.resource)
    return check.check, Path(check.file).parent.name, ".".join(block.split(".")[-2:])


def _form(check: Check) -> str:
    return Path(check.file).parent.parent.name


def waived(opinion: Opinion) -> tuple[WaivedFinding, ...]:
    """List the plan's findings that a waiver covers."""
    reasons = {place: waiver.reason.strip() for place, waiver in opinion.waivers}
    return tuple(
        WaivedFinding(finding.check, finding.resource, reasons[place])
        for place, finding in opinion.plan_failed
        if place in reasons
    )


def judge_waivers(opinion: Opinion, source: Source, planned: Planned) -> Iterator[Diagnostic]:
    """Report waivers that are not allowed, say no reason, or cover nothing (LF0802)."""
    matched = {place for place, _ in opinion.plan_failed} | opinion.unwaived_failed
    unasked = {check for check, beside in _ASKED_BESIDE.items() if not planned.of_type(beside)}
    comments = [comment for comment in source.comments() if comment.check not in unasked]
    for place, waiver in sorted(opinion.waivers, key=lambda w: w[0]):
        comment = next((c for c in comments if _says(c, place, waiver)), None)
        where = _where(comment) if comment else f"{place[2]} in {place[1]}"
        if place[0] in NEVER_WAIVED:
            yield _wrong(
                f"{where} waives {place[0]} of {place[2]}, a check on identities or public access.",
                "Meet it.",
            )
        elif waiver.reason.strip() in ("", _NO_REASON):
            yield _wrong(f"{where} waives {place[0]} of {place[2]} without a reason.", "Say why after a colon.")
        elif place not in matched:
            yield _wrong(f"{where} waives {place[0]} of {place[2]}, which nothing violates.", "Take it out.")
    yield from _astray(comments, opinion)


def _astray(comments: Sequence[Comment], opinion: Opinion) -> Iterator[Diagnostic]:
    """Comments that checkov took for no waiver: outside a resource, or of a check that does not exist."""
    for comment in comments:
        if not any(_says(comment, place, waiver) for place, waiver in opinion.waivers):
            yield _wrong(
                f"{_where(comment)} waives {comment.check or 'no check'}, but no resource there has such a check.",
                "Write it inside the resource's block, with the check's id.",
            )


def _says(comment: Comment, place: Place, waiver: Check) -> bool:
    check, label, _ = place
    same = comment.check == check and comment.label == label and comment.file.name == Path(waiver.file).name
    return same and waiver.lines[0] <= comment.line <= waiver.lines[1]


def _where(comment: Comment) -> str:
    return f"{comment.label}/{comment.file.name}:{comment.line}"


def _wrong(fact: str, remedy: str) -> Diagnostic:
    return error("LF0802", (), fact, remedy)
