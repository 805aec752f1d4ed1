"""Who runs a function: its own trigger, and nobody whom a permission lets in besides."""

from dataclasses import replace

from landform.proof.callers import Caller, Listening, only_triggers
from landform.proof.grants import Places

PLACES = Places({"module.functions_ingest": "functions.ingest"})
FUNCTION = "module.functions_ingest.aws_lambda_function.this"
BUCKET = "module.data_events.aws_s3_bucket.this"
ACCOUNT = "123456789012"
TOLD = Listening(BUCKET, FUNCTION, "s3.amazonaws.com")
CALLER = Caller(
    "module.functions_ingest.aws_lambda_permission.bucket",
    FUNCTION,
    "s3.amazonaws.com",
    "lambda:InvokeFunction",
    BUCKET,
    ACCOUNT,
)


def found(*callers: Caller, listening: tuple[Listening, ...] = (TOLD,)) -> list[str]:
    return [d.code for d in only_triggers(callers, listening, ACCOUNT, PLACES)]


def test_one_permission_for_one_trigger() -> None:
    assert found(CALLER) == []


def test_a_second_service_is_one_too_many() -> None:
    assert found(CALLER, replace(CALLER, principal="sns.amazonaws.com")) == ["LF0805"]


def test_anybody_s_bucket_is_nobody_s_trigger() -> None:
    assert found(replace(CALLER, source="")) == ["LF0805", "LF0809"]


def test_a_bucket_s_name_in_another_account_is_another_bucket() -> None:
    assert found(replace(CALLER, account="")) == ["LF0805"]


def test_the_permission_is_to_run_it_and_nothing_else() -> None:
    assert found(replace(CALLER, action="lambda:*")) == ["LF0805"]


def test_a_trigger_without_a_permission_never_runs() -> None:
    assert found(listening=(TOLD,)) == ["LF0809"]


def test_a_permission_without_a_trigger_waits_for_a_stranger() -> None:
    assert found(CALLER, listening=()) == ["LF0805"]
