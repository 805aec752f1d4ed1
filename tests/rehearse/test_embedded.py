from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import landform
from landform.rehearse.embedded import EmbeddedAws

PACKAGE = Path(landform.__file__).parents[1]


def listens(endpoint: str) -> bool:
    port = urlsplit(endpoint).port
    assert port
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_answers_as_the_account_and_ends_with_the_context() -> None:
    with EmbeddedAws("444455556666") as aws:
        assert aws.client("sts", "eu-west-1").get_caller_identity()["Account"] == "444455556666"
        assert aws.endpoint.startswith("http://127.0.0.1:")
    assert not listens(aws.endpoint)


def test_the_users_aws_configuration_does_not_count(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile work]\nregion = eu-north-1\n")
    hostile = {
        "AWS_PROFILE": "gone",
        "AWS_CONFIG_FILE": str(config),
        "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }
    program = (
        "from landform.rehearse.embedded import EmbeddedAws\n"
        "with EmbeddedAws('444455556666') as aws:\n"
        "    print(aws.client('sts', 'us-east-1').get_caller_identity()['Account'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | hostile, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "444455556666"


def test_it_goes_with_a_killed_parent() -> None:
    program = (
        "import time; from landform.rehearse.embedded import EmbeddedAws\n"
        "with EmbeddedAws('444455556666') as aws:\n"
        "    aws.client('sts', 'us-east-1').get_caller_identity()\n"
        "    print(aws.endpoint, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        endpoint = parent.stdout.readline().strip()
        assert listens(endpoint)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while listens(endpoint) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not listens(endpoint)


def test_a_missing_extra_is_named() -> None:
    """An interpreter without site-packages has neither moto nor boto3."""
    program = (
        f"import sys; sys.path.insert(0, {str(PACKAGE)!r})\n"
        "from landform.rehearse.embedded import EmbeddedAws\n"
        "from landform.rehearse.terraform import ToolMissing\n"
        "try:\n    EmbeddedAws('444455556666').__enter__()\n"
        "except ToolMissing as missing: print(missing.diagnostic.code, missing.diagnostic.text)\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("LF0903")
    assert "moto, boto3" in done.stdout
    assert "pip install 'landform[sandbox]'" in done.stdout


def test_a_machine_waits_no_longer_than_it_is_let() -> None:
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3_600, "End": True}}}
    with EmbeddedAws("123456789012", longest_wait=1) as aws:
        machines = aws.client("stepfunctions", "us-east-1")
        made = machines.create_state_machine(
            name="waits", definition=json.dumps(wait), roleArn="arn:aws:iam::123456789012:role/any"
        )
        run = machines.start_execution(stateMachineArn=made["stateMachineArn"])["executionArn"]
        until = time.monotonic() + 30
        while (status := machines.describe_execution(executionArn=run)["status"]) == "RUNNING":
            assert time.monotonic() < until
            time.sleep(0.2)
    assert status == "SUCCEEDED"
