"""checkov, run from an environment of its own: its reports on a plan and on HCL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landform.diagnostics import error
from landform.rehearse.terraform import ToolMissing

OLDEST: Final = (3, 3)
"""The version that the scan was made for; older ones miss checks and graph connections in plans."""
INSTALL: Final = "python -m venv .venv-scan && .venv-scan/bin/pip install 'checkov>=3.3,<4'"


class CheckovFailed(Exception):  # noqa: N818
    """checkov ended without a report; the text says what it said last."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check's verdict on one resource; `reason` only where a comment skips it."""

    check: str
    title: str
    resource: str
    file: str
    lines: tuple[int, int]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What checkov said of one target."""

    passed: tuple[Check, ...]
    failed: tuple[Check, ...]
    skipped: tuple[Check, ...]
    unparsed: tuple[str, ...]
    resources: int


def find_checkov(environment: Mapping[str, str] = os.environ) -> Path:
    """Find checkov: `LANDFORM_CHECKOV`, `.venv-scan` beside this environment, then the PATH; raises ToolMissing."""
    if named := environment.get("LANDFORM_CHECKOV"):
        if shutil.which(named):
            return Path(named)
        raise _missing(f"LANDFORM_CHECKOV names {named}, which cannot be run.")
    beside = Path(sys.prefix).parent / ".venv-scan" / "bin" / "checkov"
    if beside.exists():
        return beside
    if found := shutil.which("checkov", path=environment.get("PATH")):
        return Path(found)
    raise _missing("checkov is not installed.")


def _missing(fact: str) -> ToolMissing:
    return ToolMissing(error("LF0903", (), fact, f"Install it in an environment of its own: {INSTALL}"))


def run_checkov(checkov: Path, plan: Path, source: Path) -> tuple[Report, Report]:
    """Scan a plan's JSON and a folder of HCL side by side; raises ToolMissing (too old) and CheckovFailed."""
    with ThreadPoolExecutor(2) as both:
        of_plan = both.submit(_run, checkov, "terraform_plan", "--file", plan)
        of_source = both.submit(_run, checkov, "terraform", "--directory", source)
        return of_plan.result(), of_source.result()


def _run(checkov: Path, framework: str, flag: str, target: Path) -> Report:
    folder = target.parent
    # checkov exits 0 on HCL that it cannot parse, unless told. A .checkov.yaml in the current or home directory and
    # settings in the environment could switch checks off: it gets neither.
    environment = {"CKV_PARSE_ERROR_FAIL": "true", "HOME": str(folder), "PATH": os.environ.get("PATH", "")}
    done = subprocess.run(
        [
            str(checkov),
            flag,
            str(target),
            "--framework",
            framework,
            "--skip-download",
            "--compact",
            "-o",
            "json",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
    )
    try:
        report = json.loads(done.stdout)
        _require_version(str(report.get("summary", report)["checkov_version"]))
    except (ValueError, KeyError, AttributeError):
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise CheckovFailed(f"checkov gave no report (exit {done.returncode}): {' '.join(last)}") from None
    return _report(report)


def _require_version(version: str) -> None:
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise _missing(f"checkov {version} is too old.")


def _report(body: Mapping[str, Any]) -> Report:
    """Read a report; where it scanned nothing, checkov writes a summary alone."""
    results = body.get("results", {})
    summary = body.get("summary", body)
    return Report(
        passed=_checks(results.get("passed_checks", ())),
        failed=_checks(results.get("failed_checks", ())),
        skipped=_checks(results.get("skipped_checks", ())),
        unparsed=tuple(results.get("parsing_errors", ())),
        resources=int(summary["resource_count"]),
    )


def _checks(records: list[Mapping[str, Any]]) -> tuple[Check, ...]:
    return tuple(
        Check(
            check=r["check_id"],
            title=r["check_name"],
            resource=r["resource"],
            file=r["file_abs_path"],
            lines=(r["file_line_range"][0], r["file_line_range"][1]),
            reason=r["check_result"].get("suppress_comment") or "",
        )
        for r in records
    )
