"""SARIF of a scan: what checkov finds, and what AWS would refuse, at the line of the spec that it comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.orders import copied, orders, values
from support.projects import landform
from support.sarif import SARIF

BENCH = "module.machines_workbench.aws_instance.this"
QUEUE = "module.data_retries.aws_sqs_queue.this"


def checkov(folder: Path, resources: int) -> Path:
    """A program that answers as checkov would on an instance without detailed monitoring."""
    failed = {
        "check_id": "CKV_AWS_126",
        "check_name": "Ensure that detailed monitoring is enabled for EC2 instances",
        "resource": BENCH,
        "file_abs_path": "/plan.json",
        "file_line_range": [1, 2],
        "check_result": {},
    }
    summary = {"resource_count": resources, "checkov_version": "3.3.30"}
    plan = {"results": {"failed_checks": [failed]}, "summary": summary}
    program = folder / "checkov"
    source = json.dumps({"results": {}, "summary": summary})
    program.write_text(f"#!/bin/sh\nif [ \"$1\" = --file ]; then echo '{json.dumps(plan)}'; else echo '{source}'; fi\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    plan = copied(orders().plan)
    values(plan, QUEUE)["message_retention_seconds"] = 30
    count = json.dumps(plan["planned_values"]).count('"mode": "managed"')
    monkeypatch.setenv("LANDFORM_CHECKOV", str(checkov(tmp_path, count)))
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    assert landform("scan", orders().spec, "--plan", file, "--format", "sarif") == 1
    return json.loads(capsys.readouterr().out)


def test_findings_of_a_scan_stand_at_lines_of_the_spec(log: Any) -> None:
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    found = {result["ruleId"]: result for result in run["results"]}
    lines = orders().spec.read_text().splitlines()
    for rule, entry in (("LF0801/CKV_AWS_126", "  workbench:"), ("LF0817/queue-retention", "  retries:")):
        place = found[rule]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("/specs/orders.yaml")
        assert lines[place["region"]["startLine"] - 1].startswith(entry)
        assert run["tool"]["driver"]["rules"][found[rule]["ruleIndex"]]["id"] == rule.split("/")[0]
