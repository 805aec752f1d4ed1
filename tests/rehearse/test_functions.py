"""Functions on the embedded AWS: what moto forgets is remembered."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from landform.rehearse.embedded import EmbeddedAws

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ingest"
LOGGING = {"LogFormat": "JSON", "LogGroup": "/landform/demo/development/functions/ingest"}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture(scope="module")
def functions(aws: EmbeddedAws) -> Any:
    """A client of Lambda, and a function `ingest`."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    aws.client("iam", "us-east-1").create_role(RoleName="ingest", AssumeRolePolicyDocument=trust)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("app.py", "def handler(event, context): ...")
    client = aws.client("lambda", "us-east-1")
    client.create_function(
        FunctionName="ingest",
        Role=ROLE,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": archive.getvalue()},
        LoggingConfig=LOGGING,
    )
    return client


def test_a_function_says_where_it_logs(functions: Any) -> None:
    assert functions.get_function_configuration(FunctionName="ingest")["LoggingConfig"] == LOGGING


def test_an_update_changes_traces_and_logs(functions: Any) -> None:
    text = {"LogFormat": "Text", "LogGroup": "/other"}
    functions.update_function_configuration(FunctionName="ingest", LoggingConfig=text, TracingConfig={"Mode": "Active"})
    found = functions.get_function_configuration(FunctionName="ingest")
    assert (found["LoggingConfig"], found["TracingConfig"]) == (text, {"Mode": "Active"})


def test_instances_that_are_always_ready(functions: Any) -> None:
    asked = {"FunctionName": "ingest", "Qualifier": "live"}
    functions.put_provisioned_concurrency_config(**asked, ProvisionedConcurrentExecutions=3)
    found = functions.get_provisioned_concurrency_config(**asked)
    assert (found["RequestedProvisionedConcurrentExecutions"], found["Status"]) == (3, "READY")
    functions.delete_provisioned_concurrency_config(**asked)
    with pytest.raises(functions.exceptions.ProvisionedConcurrencyConfigNotFoundException):
        functions.get_provisioned_concurrency_config(**asked)
