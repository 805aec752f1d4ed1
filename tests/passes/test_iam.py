"""The section `iam`: every role has its path and its boundary, and every policy that names a role names its path."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.samples import ALL
from support.specs import outcome, outcome_of

from landform.lower.iam import MAKES_ROLES
from landform.lower.root import lower

MODULES = Path(__file__).parents[2] / "modules"
PATH, BOUNDARY = "/landform/demo/", "arn:aws:iam::123456789012:policy/landform/bound"
IAM = f'iam: {{path: {PATH}, permissions_boundary: "{BOUNDARY}"}}\n'
WORK = "data: {files: {kind: bucket}}\nmachines: {box: {instance: t4g.small, reads: [files]}}\n"
BLOCK = re.compile(r'^resource "(aws_iam_role|aws_iam_policy|aws_iam_instance_profile)" "\w+" \{\n(?:.*\n)*?\}\n', re.M)


def blocks(module: Path) -> list[tuple[str, str]]:
    """The type and text of everything of IAM in a module that has a path."""
    return [(m[1], m[0]) for file in sorted(module.glob("*.tf")) for m in BLOCK.finditer(file.read_text())]


def test_the_modules_with_roles_are_those_that_make_some() -> None:
    assert {m.name for m in MODULES.iterdir() if blocks(m)} == MAKES_ROLES


@pytest.mark.parametrize("name", sorted(MAKES_ROLES))
def test_every_role_of_a_module_takes_path_and_boundary(name: str) -> None:
    for kind, text in blocks(MODULES / name):
        assert re.search(r"^  path +=  *var\.iam_path$", text, re.M), text
        if kind == "aws_iam_role":
            assert re.search(r"^  permissions_boundary +=  *var\.permissions_boundary$", text, re.M), text


@pytest.mark.parametrize("name", sorted(MAKES_ROLES))
def test_the_two_variables_are_the_same_in_every_module(name: str) -> None:
    def declared(module: str) -> list[str]:
        text = "\n".join(file.read_text() for file in sorted((MODULES / module).glob("*.tf")))
        return re.findall(r'^variable "(?:iam_path|permissions_boundary)" \{\n(?:.*\n)*?\}\n', text, re.M)

    assert len(declared(name)) == 2
    assert declared(name) == declared("schedule")


@pytest.mark.parametrize("sample", ALL)
def test_every_literal_arn_of_a_role_has_the_path(sample: str) -> None:
    file = MODULES.parent / "specs" / f"{sample}.yaml"
    plain = outcome_of(file.read_text(), file).sound
    bounded = outcome_of(file.read_text() + "\n" + IAM.replace("123456789012", plain.system.account), file).sound
    assert bounded.system.iam is not None
    before, after = (json.dumps([m.variables for m in lower(p).modules], default=str) for p in (plain, bounded))
    own = re.compile(rf"arn:aws:iam::{plain.system.account}:role/(?!aws-service-role/)")
    named = own.findall(before)
    with_path = re.findall(rf"arn:aws:iam::{plain.system.account}:role{PATH}", after)
    assert len(named) == len(own.findall(after)) == len(with_path)
    assert {g.principal.replace(":role/", f":role{PATH}") for g in plain.grants} == {
        g.principal for g in bounded.grants
    }


def test_each_module_that_makes_a_role_is_told_and_no_other() -> None:
    for module in lower(outcome(IAM + WORK).sound).modules:
        told = {"iam_path": PATH, "permissions_boundary": BOUNDARY}.items() <= module.variables.items()
        assert told == (module.source in MAKES_ROLES), module.address


def test_without_the_section_nothing_is_said() -> None:
    for module in lower(outcome(WORK).sound).modules:
        assert not {"iam_path", "permissions_boundary"} & set(module.variables)


@pytest.mark.parametrize("account", ["123456789012", "aws"])
def test_a_boundary_of_this_account_or_of_aws_is_taken(account: str) -> None:
    iam = f'iam: {{permissions_boundary: "arn:aws:iam::{account}:policy/PowerUserAccess"}}\n'
    assert outcome(iam + WORK).errors == []


def test_a_boundary_of_another_account_is_refused() -> None:
    found = outcome(IAM.replace("123456789012", "210987654321") + WORK).one("LF0505")
    assert "210987654321" in found.message


@pytest.mark.parametrize("path", ["landform", "/landform", "/a*/", "/a b/", "/aws-service-role/x/", '"${x}/"'])
def test_a_path_that_iam_or_a_policy_would_read_otherwise_is_refused(path: str) -> None:
    assert outcome(f"iam: {{path: {path}}}\n" + WORK).errors == ["LF0202"]
