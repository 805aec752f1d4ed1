"""Functions: what a trigger and an edge allow, what the code is told, and what Lambda counts."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from support.specs import head, module, outcome, outcome_of

from landform.lower.root import lower
from landform.passes.check import calls, functions
from landform.plan import Plan
from landform.root import Output

CODE = "code: code, handler: app.handler"
STORES = "data: {events: {kind: bucket}, kept: {kind: bucket}, work: {kind: queue, timeout: 3m}}\n"
KEYS = "arn:aws:kms:us-east-1:123456789012:key/*"
WORK = "arn:aws:sqs:us-east-1:123456789012:demo-dev-work"


def project(folder: Path, functions: str, **files: bytes) -> Path:
    """A spec on disk with a folder of code beside it."""
    (folder / "code").mkdir(exist_ok=True)
    for name, content in {"app.py": b"def handler(event, context): ...\n", **files}.items():
        (folder / "code" / name).write_bytes(content)
    spec = folder / "spec.yaml"
    spec.write_text(head() + STORES + functions)
    return spec


def planned(folder: Path, functions: str, **files: bytes) -> Plan:
    spec = project(folder, functions, **files)
    return outcome_of(spec.read_text(), spec).sound


def allowed(plan: Plan, edge: str) -> set[tuple[str, str]]:
    found = [g.statement for g in plan.grants if g.edge == edge]
    return {(action, resource) for s in found for action in s.actions for resource in s.resources}


def test_a_queue_is_read_for_the_function_with_its_role(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"functions: {{again: {{{CODE}, trigger: {{queue: work}}, writes: [kept]}}}}\n")
    taking = {("sqs:DeleteMessage", WORK), ("sqs:GetQueueAttributes", WORK), ("sqs:ReceiveMessage", WORK)}
    assert allowed(plan, "functions.again.trigger.work") == taking | {("kms:Decrypt", KEYS)}


def test_a_bucket_calls_and_nothing_is_granted_for_it(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"functions: {{ingest: {{{CODE}, trigger: {{bucket: events}}, on_failure: work}}}}\n")
    assert allowed(plan, "functions.ingest.trigger.events") == set()
    sending = {("sqs:SendMessage", WORK), ("kms:Decrypt", KEYS), ("kms:GenerateDataKey", KEYS)}
    assert allowed(plan, "functions.ingest.on_failure.work") == sending


def test_the_environment_opens_for_this_function_alone(tmp_path: Path) -> None:
    plan = planned(tmp_path, f"functions: {{ingest: {{{CODE}, trigger: {{bucket: events}}}}}}\n")
    (statement,) = [g.statement for g in plan.grants if g.edge == "functions.ingest.environment"]
    context = statement.conditions["StringEquals"]["kms:EncryptionContext:aws:lambda:FunctionArn"]
    assert context == ("arn:aws:lambda:us-east-1:123456789012:function:demo-dev-ingest",)


def test_what_the_code_is_told(tmp_path: Path) -> None:
    spec = f"{CODE}, trigger: {{bucket: events}}, writes: [kept], on_failure: work, env: {{TEAM: risk}}"
    call = module(lower(planned(tmp_path, f"functions: {{ingest: {{{spec}}}}}\n")), "functions_ingest")
    assert call.variables["environment"] == {
        "LANDFORM_DATA_EVENTS": "demo-dev-events-123456789012-us-east-1",
        "LANDFORM_DATA_KEPT": "demo-dev-kept-123456789012-us-east-1",
        "LANDFORM_DATA_WORK": "https://sqs.us-east-1.amazonaws.com/123456789012/demo-dev-work",
        "TEAM": "risk",
    }


def test_bucket_and_function_wait_for_each_other_by_outputs(tmp_path: Path) -> None:
    spec = f"{CODE}, trigger: {{bucket: events, prefix: in/}}, on_failure: work"
    root = lower(planned(tmp_path, f"functions: {{ingest: {{{spec}}}}}\n"))
    function, bucket = module(root, "functions_ingest"), module(root, "data_events")
    assert function.variables["trigger"] == {"bucket": {"arn": Output("data_events", "arn")}}
    assert function.variables["on_failure"] == {"arn": Output("data_work", "arn")}
    assert bucket.variables["notifications"] == {
        "functions_ingest": {
            "function_arn": Output("functions_ingest", "trigger_arn"),
            "prefix": "in/",
            "suffix": None,
        }
    }
    assert module(root, "data_kept").variables["notifications"] is None


def test_an_archive_is_the_same_whatever_touched_the_files(tmp_path: Path) -> None:
    text = f"functions: {{ingest: {{{CODE}, trigger: {{schedule: rate(1 hour)}}}}}}\n"
    first = lower(planned(tmp_path, text, **{"b.py": b"1", "a.py": b"2"}))
    for file in (tmp_path / "code").iterdir():
        os.utime(file, (1, 1))
        file.chmod(0o600)
    second = lower(planned(tmp_path, text, **{"a.py": b"2", "b.py": b"1"}))
    content = first.files["files/functions_ingest.zip"]
    assert content == second.files["files/functions_ingest.zip"]
    assert zipfile.ZipFile(BytesIO(content)).namelist() == ["a.py", "app.py", "b.py"]
    said = module(first, "functions_ingest").variables["code"]["hash"]
    assert said == base64.b64encode(hashlib.sha256(content).digest()).decode()


def test_an_archive_over_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    text = f"functions: {{big: {{{CODE}, trigger: {{schedule: rate(1 hour)}}}}}}\n"
    spec = project(tmp_path, text, **{"data.bin": bytes(50 * 2**20 - 40)})
    found = outcome_of(spec.read_text(), spec)
    assert "52428800" in found.one("LF0606").message
    (tmp_path / "code" / "data.bin").write_bytes(bytes(50 * 2**20 - 1000))
    assert "LF0606" not in outcome_of(spec.read_text(), spec).codes


@pytest.mark.parametrize(
    ("one", "two", "refused"),
    [
        ("prefix: a/", "prefix: b/", False),
        ("prefix: a/", "prefix: a/b/", True),
        ("suffix: .csv", "suffix: .json", False),
        ("prefix: a/, suffix: .csv", "prefix: a/, suffix: .json", False),
        ("prefix: a/", "suffix: .csv", True),
    ],
)
def test_two_listeners_exclude_each_other(one: str, two: str, refused: bool) -> None:
    functions = (
        f"{name}: {{{CODE}, trigger: {{bucket: events, {part}}}, on_failure: work}}"
        for name, part in (("aa", one), ("bb", two))
    )
    assert ("LF0622" in outcome(f"{STORES}functions: {{{', '.join(functions)}}}\n").codes) is refused


def test_a_way_that_ends_is_no_circle() -> None:
    functions = (
        f"split: {{{CODE}, trigger: {{bucket: events}}, reads: [events], on_failure: work}}, "
        f"merge: {{{CODE}, trigger: {{queue: work}}, writes: [kept]}}"
    )
    assert outcome(f"{STORES}functions: {{{functions}}}\n").codes.count("LF0621") == 0


def test_a_function_takes_an_address_in_each_zone() -> None:
    text = "network: {{cidr: 10.0.0.0/22, zones: 2}}\n{}functions: {{{}}}\n"
    many = ", ".join(f"f{i}: {{{CODE}, trigger: {{schedule: rate(1 hour)}}, on_failure: work}}" for i in range(12))
    machines = "machines: {work: {instance: t3.micro}}\n"
    assert "LF0304" not in outcome(text.format(STORES, many) + machines).codes
    more = ", ".join(f"f{i}: {{{CODE}, trigger: {{schedule: rate(1 hour)}}, on_failure: work}}" for i in range(60))
    assert "LF0304" in outcome(text.format(STORES, more) + machines).codes


MISTAKES = {
    "nothing_starts_itself": "function-loop",
    "a_queue_hides_what_is_worked_on": "function-queue",
    "a_queue_is_asked_for_what_there_is_room_for": "function-concurrency",
    "an_account_has_the_concurrency": "function-concurrency",
    "buckets_tell_one_of_each_object": "function-overlap",
    "buckets_are_ours_to_tell": "function-existing",
    "events_are_kept_when_they_fail": "function-lost",
    "what_is_told_can_be_read": "function-lost",
    "handlers_are_there": "function-code",
    "archives_bring_what_they_need": "function-requirements",
    "environments_fit": "function-environment",
    "urls_are_reached": "service-url",
    "apis_wait_long_enough": "apis",
}
"""Rule → the broken spec that shows it; archives_fit has its own test above."""


@pytest.mark.parametrize(("rule", "spec"), MISTAKES.items())
def test_a_mistake_is_found_by_its_rule(rule: str, spec: str) -> None:
    file = Path(__file__).parents[1] / "broken" / f"{spec}.yaml"
    plan = outcome_of(file.read_text(), file).plan
    assert plan is not None
    (asked,) = [each for each in (*functions.RULES, *calls.RULES) if each.__name__ == rule]
    assert list(asked(plan))


def test_what_is_named_and_not_brought_is_said_until_it_is_brought(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "code" / "requirements.txt").write_text("numpy>=2\n")
    text = f"functions: {{one: {{{CODE}, trigger: {{schedule: rate(1 hour)}}}}}}\n"
    assert "pip install --target code" in outcome(text, file=tmp_path / "spec.yaml").one("LF0624").remedy
    (tmp_path / "code" / "numpy-2.0.dist-info").mkdir()
    (tmp_path / "code" / "numpy-2.0.dist-info" / "METADATA").write_text("Name: numpy\n")
    assert "LF0624" not in outcome(text, file=tmp_path / "spec.yaml").codes


def test_every_rule_has_a_mistake() -> None:
    assert {rule.__name__ for rule in (*functions.RULES, *calls.RULES)} == {*MISTAKES, "archives_fit"}


def test_code_that_is_not_python_is_refused(tmp_path: Path) -> None:
    spec = project(
        tmp_path,
        f"functions: {{torn: {{{CODE}, trigger: {{schedule: rate(1 hour)}}}}}}\n",
        **{"app.py": b"def handler(event, context)\n"},
    )
    assert "code/app.py:1 is not Python" in outcome_of(spec.read_text(), spec).one("LF0210").message


@pytest.mark.parametrize(("kept", "lost"), [("", 1), (", on_failure: work", 0)])
def test_what_fails_goes_somewhere(kept: str, lost: int) -> None:
    found = outcome(f"{STORES}functions: {{ingest: {{{CODE}, trigger: {{bucket: events}}, reads: [events]{kept}}}}}\n")
    assert found.codes.count("LF0623") == lost


def test_changes_of_a_table_come_by_its_stream(tmp_path: Path) -> None:
    text = f"functions: {{changed: {{{CODE}, trigger: {{table: rows}}, writes: [kept], on_failure: work}}}}\n"
    spec = project(tmp_path, text)
    spec.write_text(spec.read_text().replace("work:", "rows: {kind: table, key: id}, work:"))
    plan = outcome_of(spec.read_text(), spec).sound
    changes = "arn:aws:dynamodb:us-east-1:123456789012:table/demo-dev-rows/stream/*"
    reading = {(f"dynamodb:{call}", changes) for call in ("DescribeStream", "GetRecords", "GetShardIterator")}
    assert allowed(plan, "functions.changed.trigger.rows") == reading | {
        ("dynamodb:ListStreams", "*"),
        ("kms:Decrypt", KEYS),
    }
    root = lower(plan)
    assert module(root, "data_rows").variables["stream"] is True
    records = module(root, "functions_changed").variables["trigger"]["records"]
    assert records == {"arn": Output("data_rows", "stream_arn"), "batch": 100, "wait_seconds": 0}
