#!/usr/bin/env python3
"""Runs the static job of a delivery workflow step by step, as a runner of GitHub's would, without GitHub.

usage: .ci/static_job.py [--plant] [--keep FOLDER] SPEC [OVERLAY…]

The project is copied to a temporary folder; a spec without `deliver` gets one by an overlay. Steps that use an action,
and the one that installs landform, are passed over: this environment is what they would make. With --plant a security
group open to the world lies beside the root module, and the job has to stop at it. The SARIF that the job leaves is
held against its schema, and each place in it against the lines of the spec. With --keep the project stays, in
FOLDER/project, and beside it, as plan.json, the offline plan that the job has made, and what checkov said of it and of
its source, as terraform_plan.json and terraform.json.

Exit status: 0 where the job ends as it should.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.sarif import SARIF  # noqa: E402

from landform.pipeline import analyse  # noqa: E402
from landform.rehearse.provider import find_provider  # noqa: E402
from landform.rehearse.terraform import find_terraform  # noqa: E402
from landform.scan.checkov import find_checkov  # noqa: E402

OPEN = """\
resource "aws_security_group" "mine" {
  name        = "mine"
  description = "Open to the world"
}

resource "aws_vpc_security_group_ingress_rule" "mine" {
  security_group_id = aws_security_group.mine.id
  description       = "SSH for everybody"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "0.0.0.0/0"
}
"""

KEEPS = """\
#!/bin/sh
# Terraform, but of a plan that is shown as JSON a copy stays.
[ "$1" = show ] || exec {terraform} "$@"
{terraform} "$@" > {plan} && cat {plan}
"""

HEARS = """\
#!/bin/sh
# checkov, but of what it says a copy stays, by the framework: the word after --framework.
{checkov} "$@" > {folder}/"$4".json
code=$?
cat {folder}/"$4".json
exit $code
"""


def main() -> int:
    """Run the job; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--plant", action="store_true", help="the job has to stop at an open security group")
    parser.add_argument("--keep", type=Path, help="an empty folder, which the project and plan.json are left in")
    parser.add_argument("spec", type=Path)
    parser.add_argument("overlays", type=Path, nargs="*")
    asked = parser.parse_args()
    if asked.keep:
        return run(asked.keep.resolve(), asked.spec, asked.overlays, plant=asked.plant)
    with tempfile.TemporaryDirectory(prefix="static-job-") as temporary:
        return run(Path(temporary).resolve(), asked.spec, asked.overlays, plant=asked.plant)


def run(temporary: Path, spec: Path, overlays: list[Path], *, plant: bool) -> int:
    """Make the project, then do what its workflow says."""
    project = temporary / "project"
    shutil.copytree(ROOT / "specs", project / "specs")
    own = [str(each.resolve().relative_to(ROOT)) for each in (spec, *overlays)]
    environ = environment(temporary)
    before = analyse(spec, overlays=tuple(overlays)).plan
    assert before is not None, f"{spec} has errors"
    system = before.system
    if system.deliver is None:
        own.append(delivered(project, system.account, before.prefix))
    laid = [word for each in own[1:] for word in ("--with", each)]
    subprocess.run(["landform", "compile", "-q", own[0], *laid], cwd=project, env=environ, check=True)
    root = project / "generated" / system.system / system.environment
    if plant:
        (root / "mine.tf").write_text(OPEN)
    workflow = yaml.safe_load((project / f".github/workflows/landform-{system.system}.yml").read_text())
    stopped = steps(workflow["jobs"]["static"]["steps"], project, environ | strings(workflow["env"]))
    found = findings(project)
    print(f"SARIF: {len(found)} findings, each at a line of the spec; stopped at: {stopped or 'nothing'}")
    if plant:
        return 0 if stopped.startswith("The offline plan") and "LF0806" in found else 1
    return 1 if stopped else 0


def environment(temporary: Path) -> dict[str, str]:
    """Return the variables of a runner, with the tools of this environment and the provider of this machine."""
    files = {name: temporary / name.lower() for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    runner, tools, folder = temporary / "runner", temporary / "tools", shlex.quote(str(temporary))
    runner.mkdir()
    tools.mkdir()
    keeps, hears = tools / "terraform", tools / "checkov"
    keeps.write_text(KEEPS.format(terraform=shlex.quote(find_terraform()), plan=f"{folder}/plan.json"))
    hears.write_text(HEARS.format(checkov=shlex.quote(str(find_checkov())), folder=folder))
    for tool in (keeps, hears):
        tool.chmod(0o755)
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{tools}:{os.environ['PATH']}",
        "LANDFORM_CHECKOV": str(hears),
        "RUNNER_TEMP": str(runner),
        "TF_CLI_CONFIG_FILE": str(find_provider().write(temporary)),
        **{name: str(path) for name, path in files.items()},
    }


def delivered(project: Path, account: str, prefix: str) -> str:
    """Write an overlay that says how a sample would be delivered; return its path in the project."""
    said = {
        "state": {"bucket": "acme-terraform-state", "region": "us-east-1"},
        "iam": {"permissions_boundary": f"arn:aws:iam::{account}:policy/{prefix}-boundary"},
        "deliver": {
            "repo": "github.com/example/demo",
            "owner_id": "1",
            "repo_id": "2",
            "apply": {"branch": "main", "environment": "live"},
        },
    }
    path = project / "specs" / "delivered.yaml"
    path.write_text(yaml.safe_dump(said))
    return str(path.relative_to(project))


def strings(said: dict[str, object]) -> dict[str, str]:
    """Return variables of a workflow that no expression has to be filled in for."""
    return {name: str(value) for name, value in said.items() if "${{" not in str(value)}


def steps(said: list[dict[str, str]], project: Path, environ: dict[str, str]) -> str:
    """Run one step after the other; return the name of the one that failed."""
    for step in said:
        name, script = step.get("name", step.get("uses", "")), step.get("run")
        if script is None or name.startswith("Install landform"):
            print(f"   -    {name} (passed over)")
            continue
        assert "${{" not in script, name
        began = time.monotonic()
        # As GitHub does for `run` without `shell`.
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=project, env=environ, capture_output=True, text=True, check=False
        )
        print(f"{time.monotonic() - began:5.1f} s  {name}: exit {done.returncode}", flush=True)
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
            return name
    return ""


def findings(project: Path) -> set[str]:
    """Return the codes that the job's SARIF has, once it is known to be SARIF and to name lines that are there."""
    log = json.loads((project / "landform.sarif").read_text())
    jsonschema.validate(log, SARIF)
    results = [result for each in log["runs"] for result in each["results"]]
    for result in results:
        for location in result["locations"]:
            place = location["physicalLocation"]
            lines = (project / place["artifactLocation"]["uri"]).read_text().splitlines()
            assert 1 <= place["region"]["startLine"] <= len(lines), result
    return {result["ruleId"].partition("/")[0] for result in results}


if __name__ == "__main__":
    sys.exit(main())
