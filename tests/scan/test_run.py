"""`scan` as a whole, with the real checkov: a clean system passes, and each planted mistake makes it fail."""

import json
import stat
from pathlib import Path

import pytest

from landform.diagnostics import has_errors
from landform.rehearse.terraform import ToolMissing
from landform.scan.checkov import find_checkov
from landform.scan.run import ScanResult, scan

from .conftest import Plan, copy_sample, drop, quiet, resources, values
from .test_rules import BLOCK, EDGES, SSH


def messages(result: ScanResult, code: str) -> list[str]:
    return [d.message for d in result.diagnostics if d.code == code]


# ── a clean system ──


def test_clean_system_passes(clean: ScanResult) -> None:
    assert clean.diagnostics == ()
    assert clean.failed == 0
    assert clean.passed > 100


def test_everything_planned_is_scanned(clean: ScanResult, sample_plan: Plan) -> None:
    assert clean.resources == len(list(resources(sample_plan)))


def test_waivers_hold_for_the_plan_with_their_reasons(clean: ScanResult) -> None:
    assert clean.checks_waived == {"CKV_AWS_18", "CKV_AWS_144", "CKV_AWS_145", "CKV2_AWS_62"}
    logs = [w for w in clean.waived if w.address == "module.logs_us_east_1.aws_s3_bucket.this"]
    assert ("CKV_AWS_18", "a bucket that receives access logs cannot log to itself") in [
        (w.check, w.reason) for w in logs
    ]


def test_a_waiver_covers_only_what_fails(clean: ScanResult) -> None:
    data = {w.check for w in clean.waived if w.address == "module.data_transactions.aws_s3_bucket.this"}
    assert data == {"CKV_AWS_144", "CKV2_AWS_62"}


# ── a spoiled plan ──


@pytest.fixture(scope="session")
def spoiled(sample_tree: Path, sample_plan: Plan) -> ScanResult:
    """An open security group, a public bucket, a role with a wildcard, a disk in the clear."""
    plan: Plan = json.loads(json.dumps(sample_plan))
    values(plan, SSH)["cidr_ipv4"] = "0.0.0.0/0"
    drop(plan, BLOCK)
    statement = {"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}
    values(plan, EDGES)["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    values(plan, "module.machines_bench.aws_instance.this")["root_block_device"][0]["encrypted"] = False
    return scan(sample_tree, plan, quiet)


def test_open_security_group_fails(spoiled: ScanResult) -> None:
    assert "lets the world in by SSH" in messages(spoiled, "LF0806")[0]


def test_public_bucket_fails(spoiled: ScanResult) -> None:
    assert "does not block public access" in messages(spoiled, "LF0811")[0]
    assert any(m.startswith("CKV2_AWS_6 fails on module.data_transactions") for m in messages(spoiled, "LF0801"))


def test_wildcard_role_fails(spoiled: ScanResult) -> None:
    assert any("allows s3:*" in m for m in messages(spoiled, "LF0805"))
    assert any("s3:* on arn:aws:s3:::other/*" in m for m in messages(spoiled, "LF0810"))
    assert any("machines.bench.reads.transactions needs s3:GetObject" in m for m in messages(spoiled, "LF0809"))


def test_a_finding_of_checkov_names_the_spec(spoiled: ScanResult) -> None:
    disk = next(d for d in spoiled.diagnostics if d.code == "LF0801" and "aws_instance" in d.message)
    assert disk.path == ("machines", "bench")
    assert "#checkov:skip=" in disk.remedy


# ── spoiled source ──


@pytest.fixture(scope="session")
def spoiled_source(tmp_path_factory: pytest.TempPathFactory, sample_plan: Plan) -> ScanResult:
    tree = copy_sample(tmp_path_factory.mktemp("spoiled") / "sample")
    (tree / "extra.tf").write_text('resource "aws_s3_bucket" "x" {\n  bucket = \n')
    (tree / ".checkov.yaml").write_text("skip-check: [CKV_AWS_272]\n")
    worker = tree.parents[2] / "modules" / "worker" / "main.tf"
    comments = """
      #checkov:skip=CKV_AWS_79:nothing violates this
      #checkov:skip=CKV_AWS_135
      #checkov:skip=CKV_AWS_88:public machines are handy
    """
    text = worker.read_text()
    text = text.replace('resource "aws_instance" "this" {', 'resource "aws_instance" "this" {' + comments)
    worker.write_text(text + "\n#checkov:skip=CKV_AWS_999:no such check\n")
    plan: Plan = json.loads(json.dumps(sample_plan))
    rule = values(plan, "module.logs_us_east_1.aws_s3_bucket_server_side_encryption_configuration.this")["rule"]
    rule[0]["apply_server_side_encryption_by_default"] = [{"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}]
    return scan(tree, plan, quiet)


def test_hcl_that_does_not_parse_fails(spoiled_source: ScanResult) -> None:
    assert [m.endswith("development/extra.tf.") for m in messages(spoiled_source, "LF0804")] == [True]


def test_a_waiver_for_other_callers_may_stay(spoiled_source: ScanResult) -> None:
    """This plan gives a key to the log bucket too; the module's waiver is for callers who give none."""
    assert not any("CKV_AWS_145" in m for m in messages(spoiled_source, "LF0802"))


@pytest.mark.parametrize(
    ("check", "fact"),
    [
        ("CKV_AWS_79", "which nothing violates"),
        ("CKV_AWS_135", "without a reason"),
        ("CKV_AWS_88", "a check on identities or public access"),
        ("CKV_AWS_999", "no resource there has such a check"),
    ],
)
def test_a_bad_waiver_fails(spoiled_source: ScanResult, check: str, fact: str) -> None:
    told = [m for m in messages(spoiled_source, "LF0802") if check + " " in m or check + "," in m]
    assert [(fact in m, "worker/main.tf:" in m) for m in told] == [(True, True)]


# ── nothing scanned is never a pass ──


def test_empty_plan_fails(sample_tree: Path) -> None:
    result = scan(sample_tree, {"planned_values": {"root_module": {}}}, quiet)
    assert messages(result, "LF0803") == ["The plan holds no resources."]


def test_terraform_that_fails_is_no_pass(tmp_path: Path) -> None:
    tree = copy_sample(tmp_path / "sample")
    (tree / "extra.tf").write_text('module "own" {\n  source = "./nowhere"\n}\n')
    result = scan(tree, None, quiet)
    assert messages(result, "LF0904")
    assert has_errors(result.diagnostics)


def stand_in(folder: Path, report: str, *commands: str) -> str:
    """A program that answers as some checkov would that cannot be installed beside the real one."""
    program = folder / "checkov"
    lines = ["#!/bin/sh", *commands, "cat <<'REPORT'", report, "REPORT"]
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    return str(program)


NOTHING = '{"passed": 0, "failed": 0, "resource_count": 0, "checkov_version": "%s"}'


def test_a_checkov_that_reads_less_than_the_plan_fails(
    sample_tree: Path, sample_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDFORM_CHECKOV", stand_in(tmp_path, NOTHING % "3.3.30"))
    result = scan(sample_tree, sample_plan, quiet)
    assert messages(result, "LF0803") == [
        f"checkov read 0 of the plan's {len(list(resources(sample_plan)))} resources."
    ]


def test_a_checkov_without_a_report_fails(
    sample_tree: Path, sample_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDFORM_CHECKOV", stand_in(tmp_path, "Segmentation fault"))
    assert "Segmentation fault" in messages(scan(sample_tree, sample_plan, quiet), "LF0803")[0]


def test_an_old_checkov_is_refused(
    sample_tree: Path, sample_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDFORM_CHECKOV", stand_in(tmp_path, NOTHING % "2.5.20"))
    with pytest.raises(ToolMissing, match=r"checkov 2\.5\.20 is too old.*pip install"):
        scan(sample_tree, sample_plan, quiet)


def test_a_missing_checkov_says_how_to_get_it() -> None:
    with pytest.raises(ToolMissing, match="pip install") as missing:
        find_checkov({"LANDFORM_CHECKOV": "/nowhere/checkov"})
    assert missing.value.diagnostic.code == "LF0903"


def test_checkov_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path / "elsewhere" / ".venv"))
    program = stand_in(tmp_path, "")
    assert find_checkov({"PATH": str(tmp_path)}) == Path(program)
    with pytest.raises(ToolMissing, match="not installed"):
        find_checkov({"PATH": "/nowhere"})


def test_the_plan_is_private_and_gone_afterwards(
    sample_tree: Path, sample_plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "note"
    commands = (f'[ "$1" = --file ] && stat -c "%a %n" "$2" > {note}',)
    monkeypatch.setenv("LANDFORM_CHECKOV", stand_in(tmp_path, NOTHING % "3.3.30", *commands))
    scan(sample_tree, sample_plan, quiet)
    mode, path = note.read_text().split()
    assert int(mode, 8) == stat.S_IRUSR | stat.S_IWUSR
    assert not Path(path).parent.exists()
