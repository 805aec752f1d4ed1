"""What the agent asks of AWS stands in its guide: a role made by it lacks nothing, and has nothing more."""

from __future__ import annotations

import re
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

from landform_agent.engine.state import VERSION

ROOT = Path(__file__).parents[2]
_CALL = re.compile(r"_(?:client|s3|sqs)\.([a-z_0-9]+)\(|get_paginator\(\"([a-z_0-9]+)\"\)")
_OTHER_NAMES = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}
"""Operations whose action is called otherwise (the service authorization reference, read November 2026)."""


def _asked() -> set[str]:
    every = "\n".join(path.read_text() for path in (ROOT / "agent/landform_agent").rglob("*.py"))
    calls = {one or other for one, other in _CALL.findall(every)} - {"get_paginator"}
    found = set()
    for service in set(re.findall(r"aws\.client\(\"(\w+)\"", every)):
        for operation in get_session().get_service_model(service).operation_names:
            if xform_name(operation) in calls:
                found.add(f"{service}:{operation}")
    return {_OTHER_NAMES.get(one, one) for one in found}


def test_the_guide_names_the_version_of_the_state() -> None:
    assert f"state is of version {VERSION} now" in (ROOT / "docs/agent.md").read_text()


def test_the_guide_names_every_action_and_no_other() -> None:
    text = (ROOT / "docs/agent.md").read_text()
    table = text[text.index("**What its role may do.**") : text.index("**Stop and start.**")]
    named = set(re.findall(r"`((?:s3|sqs|kinesis|events|cloudwatch|ssm):[A-Z]\w+)`", table))
    assert named == _asked()
