"""The workflow that delivers: what it may, what its steps say, and how `compile` looks after the file."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.projects import landform
from support.specs import outcome

from landform.delivery.roles import LONGEST, subjects
from landform.delivery.workflow import ACTIONS, workflow
from landform.pipeline import planned

ROOT = Path(__file__).parents[2]
BOUNDARY = "arn:aws:iam::123456789012:policy/demo-dev-boundary"
WORK = "data: {files: {kind: bucket}}\nmachines: {box: {instance: t4g.small, reads: [files]}}\n"
STATE = f'state: {{bucket: acme-state, region: us-east-1}}\niam: {{permissions_boundary: "{BOUNDARY}"}}\n'
IDS = 'owner_id: "11", repo_id: "22", '


def deliver(apply: str = "{branch: main, environment: live}", ids: str = IDS) -> str:
    return f"deliver: {{repo: github.com/example/demo, {ids}apply: {apply}}}\n"


def text(apply: str = "{branch: main, environment: live}") -> str:
    (content,) = workflow(outcome(WORK + STATE + deliver(apply)).sound).values()
    return content.decode()


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    return dict(yaml.safe_load(text())["jobs"])


def steps(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


# --- who may what


def test_only_jobs_that_need_a_role_may_ask_for_a_token(jobs: dict[str, Any]) -> None:
    asks = {name for name, job in jobs.items() if job["permissions"].get("id-token") == "write"}
    assert asks == {"plan", "review", "apply", "drift"}
    assert yaml.safe_load(text())["permissions"] == {"contents": "read"}
    writes = {(name, what) for name, job in jobs.items() for what, how in job["permissions"].items() if how == "write"}
    assert writes - {(name, "id-token") for name in asks} == {("static", "security-events"), ("plan", "pull-requests")}


def test_one_job_has_the_apply_role_and_it_waits_for_a_yes(jobs: dict[str, Any]) -> None:
    roles = {name: re.findall(r"role/landform-delivery/[\w-]+", json.dumps(job)) for name, job in jobs.items()}
    assert roles["apply"] == ["role/landform-delivery/demo-dev-apply"]
    assert all(roles[name] == ["role/landform-delivery/demo-dev-plan"] for name in ("plan", "review", "drift"))
    assert roles["static"] == []
    assert jobs["apply"]["environment"] == "live"
    assert "environment" not in yaml.safe_load(text("{branch: main}"))["jobs"]["apply"]


def test_what_is_applied_is_the_plan_that_was_approved(jobs: dict[str, Any]) -> None:
    run = steps(jobs["apply"])
    assert jobs["apply"]["needs"] == "review"
    assert run.index('"$APPROVED" != "$PLANNED"') < run.index('apply -no-color "$RUNNER_TEMP/plan"')
    assert run.rstrip().endswith("plan -no-color -detailed-exitcode")
    assert "-lock=false" not in run
    for name in ("plan", "review", "drift"):
        assert "-lock=false" in steps(jobs[name])
        assert " apply " not in steps(jobs[name])


def test_a_fork_gets_no_role(jobs: dict[str, Any]) -> None:
    assert "head.repo.full_name == github.repository" in jobs["plan"]["if"]


def test_a_copy_of_the_repository_delivers_nothing(jobs: dict[str, Any]) -> None:
    own = "github.repository == 'example/demo'"
    assert {name for name, job in jobs.items() if own in job.get("if", "")} == jobs.keys() - {"apply"}
    assert jobs["apply"]["needs"] == "review"


def test_a_plan_never_leaves_the_runner() -> None:
    assert "artifact" not in text()
    assert 'cat "$RUNNER_TEMP/plan' not in text()


def test_subjects_name_a_branch_or_an_environment_or_a_pull_request() -> None:
    own = outcome(WORK + STATE + deliver()).sound.system.deliver
    assert own is not None
    assert subjects(own, "plan") == (
        "repo:example/demo:ref:refs/heads/main",
        "repo:example/demo:pull_request",
        "repo:example@11/demo@22:ref:refs/heads/main",
        "repo:example@11/demo@22:pull_request",
    )
    assert subjects(own, "apply") == ("repo:example/demo:environment:live", "repo:example@11/demo@22:environment:live")
    branch = outcome(WORK + STATE + deliver("{branch: release/2}", ids="")).sound.system.deliver
    assert branch is not None
    assert subjects(branch, "apply") == ("repo:example/demo:ref:refs/heads/release/2",)


def test_who_could_take_over_and_who_is_not_asked_is_said() -> None:
    found = outcome(
        WORK + STATE.replace("-dev-", "-prd-") + deliver("{branch: main}", ids=""), environment="production"
    )
    assert [d.path for d in found.found if d.code == "LF0691"] == [("deliver", "repo"), ("deliver", "apply")]


def test_the_apply_session_lasts_as_long_as_its_job(jobs: dict[str, Any]) -> None:
    for name in ("plan", "review", "apply", "drift"):
        (given,) = [step["with"] for step in jobs[name]["steps"] if "configure-aws" in step.get("uses", "")]
        assert given["role-duration-seconds"] == jobs[name]["timeout-minutes"] * 60
    assert jobs["apply"]["timeout-minutes"] * 60 == LONGEST["apply"] == 10_800


def test_nothing_is_installed_whose_hash_is_not_in_a_lock(jobs: dict[str, Any]) -> None:
    for job in jobs.values():
        installs = [line for line in steps(job).splitlines() if "pip install" in line]
        assert len(installs) >= 2
        for line in installs:
            assert "--require-hashes -r" in line or "--no-deps --no-build-isolation" in line, line
    install = next(step["run"] for step in jobs["plan"]["steps"] if "Install" in step.get("name", ""))
    for source in ("", "landform", "git+https://github.com/example/landform@main", "git+ext::x@" + "0" * 40):
        done = subprocess.run(
            ["bash", "-e", "-c", install], env={"LANDFORM_SOURCE": source}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout[:38]) == (1, "::error::Set the repository variable L"), done.stderr


def test_the_comment_is_found_by_a_mark_of_its_own(jobs: dict[str, Any]) -> None:
    """Other workflows write as the same user: the last comment of that may be theirs."""
    (tell,) = [step["run"] for step in jobs["plan"]["steps"] if step.get("name") == "Tell the reviewers"]
    assert "--edit-last" not in tell
    mark = "<!-- landform: demo/development -->"
    assert f"marker='{mark}'" in tell
    assert tell.index('echo "$marker"') < tell.index("landform explain")
    assert "startswith(env.marker)" in tell
    assert tell.index("--method PATCH") < tell.index("--method POST")


def test_what_beanstalk_needs_of_its_caller_is_said() -> None:
    file = ROOT / "specs" / "console.yaml"
    data = yaml.safe_load(file.read_text())
    data |= yaml.safe_load(STATE.replace("demo-dev", "x") + deliver())
    plan, found = planned(data, file)
    assert plan is not None
    assert [(d.code, d.path[-1]) for d in found if d.code == "LF0692"] == [("LF0692", "platform")] * len(
        plan.beanstalks
    )
    assert plan.beanstalks


# --- what stands in it


def test_every_action_is_pinned_by_a_whole_hash_with_its_version() -> None:
    used = re.findall(r"uses: (.*)", text())
    assert set(used) == set(ACTIONS.values())
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used)


def test_scripts_pass_shellcheck_and_take_nothing_from_an_event(jobs: dict[str, Any], tmp_path: Path) -> None:
    for name, job in jobs.items():
        for number, step in enumerate(job["steps"]):
            if "run" not in step:
                continue
            assert "${{" not in step["run"], "what others write comes by the environment"
            script = tmp_path / f"{name}-{number}.sh"
            script.write_text(f"#!/bin/bash -e\n{step['run']}")
    program = Path(sys.executable).parent / "shellcheck"
    done = subprocess.run([program, *sorted(tmp_path.glob("*.sh"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_repository_event_and_a_schedule_start_it() -> None:
    # YAML 1.1 reads the key as a truth value.
    starts = yaml.safe_load(text())[True]
    assert starts["repository_dispatch"] == {"types": ["landform-demo"]}
    assert starts["push"] == {"branches": ["main"]}
    assert len(starts["schedule"]) == 1
    assert "pull_request" in starts


def test_words_that_yaml_reads_otherwise_stay_words() -> None:
    read = yaml.safe_load(text("{branch: on, environment: 'null'}".replace("on,", "'on',")))
    assert read[True]["push"]["branches"] == ["on"]
    assert read["jobs"]["apply"]["environment"] == "null"


def test_a_spec_that_a_shell_would_read_otherwise_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "specs" / "${{ x }}.yaml"
    file.parent.mkdir()
    assert "LF0202" in outcome(WORK + STATE + deliver(), file=file).codes


def test_the_committed_sample_names_its_overlay() -> None:
    committed = (ROOT / ".github" / "workflows" / "landform-forecast.yml").read_text()
    named = "specs/forecast/base.yaml --with specs/forecast/production.yaml"
    assert f"landform check --format github {named}" in committed
    assert all(shlex.split(named))


# --- how it is looked after


def project(folder: Path, more: str = "", environment: str = "development") -> Path:
    spec = folder / "specs" / f"{environment}.yaml"
    spec.parent.mkdir(parents=True, exist_ok=True)
    head = f'version: 1\nsystem: demo\naccount: "123456789012"\nenvironment: {environment}\n'
    spec.write_text(f"{head}regions: {{primary: us-east-1}}\n{WORK}{STATE}{more}")
    return spec


def test_compile_writes_it_lists_it_checks_it_and_takes_it_away(tmp_path: Path) -> None:
    spec, path = project(tmp_path, deliver()), tmp_path / ".github" / "workflows" / "landform-demo.yml"
    assert landform("compile", "-q", spec) == 0
    manifest = json.loads((tmp_path / "generated" / "demo" / "development" / "manifest.json").read_text())
    written = sha256(path.read_bytes()).hexdigest()
    assert manifest["project"] == {".github/workflows/landform-demo.yml": written}
    assert landform("compile", "-q", "--check", spec) == 0
    content = path.read_text()
    path.write_text(content + "# mine\n")
    assert landform("compile", "-q", "--check", spec) == 1
    assert landform("compile", "-q", spec) == 1
    assert path.read_text().endswith("# mine\n")
    assert landform("compile", "-q", "--force", spec) == 0
    assert path.read_text() == content
    project(tmp_path)
    assert landform("compile", "-q", spec) == 0
    assert not path.exists()


def test_another_environment_does_not_take_it_over(tmp_path: Path) -> None:
    first = project(tmp_path, deliver())
    assert landform("compile", "-q", first) == 0
    second = project(tmp_path, deliver(), "staging")
    assert landform("compile", "-q", second) == 1
    assert "generated/demo/development" in (tmp_path / ".github/workflows/landform-demo.yml").read_text()


def test_a_manifest_that_names_something_else_moves_nothing(tmp_path: Path) -> None:
    spec = project(tmp_path)
    assert landform("compile", "-q", spec) == 0
    precious = tmp_path / "precious"
    precious.write_text("mine")
    manifest = tmp_path / "generated" / "demo" / "development" / "manifest.json"
    said = json.loads(manifest.read_text())
    digest = sha256(precious.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(said | {"project": {"precious": digest, "../precious": digest}}))
    assert landform("compile", "-q", spec) == 0
    assert precious.read_text() == "mine"
