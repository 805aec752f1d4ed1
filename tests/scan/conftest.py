"""A small system in HCL of its own, planned once, and spoiled in copies."""

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landform.proof.grants import Places
from landform.proof.planned import read_plan
from landform.rehearse.terraform import offline_plan
from landform.scan.run import ScanResult, scan
from landform.scan.subject import Subject

SAMPLE = Path(__file__).parent / "sample"
ACCOUNT = "123456789012"
SECTIONS = json.loads((SAMPLE / "generated" / "sample" / "development" / "sourcemap.json").read_text())
Plan = dict[str, Any]
Edit = Callable[[Plan], None]


def quiet(step: str) -> None:
    """Progress that nobody watches."""


def copy_sample(target: Path) -> Path:
    """Copy the sample and return its compiled tree."""
    shutil.copytree(SAMPLE, target)
    return target / "generated" / "sample" / "development"


@pytest.fixture(scope="session")
def sample_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("scan") / "sample")


@pytest.fixture(scope="session")
def sample_plan(sample_tree: Path) -> Plan:
    return offline_plan(sample_tree)


@pytest.fixture(scope="session")
def clean(sample_tree: Path, sample_plan: Plan) -> ScanResult:
    return scan(sample_tree, sample_plan, quiet)


@pytest.fixture
def plan(sample_plan: Plan) -> Plan:
    """A plan of one's own to spoil."""
    return copy.deepcopy(sample_plan)


def resources(plan: Plan) -> Iterator[Plan]:
    """Every planned resource, to be changed in place."""
    modules = [plan["planned_values"]["root_module"]]
    while modules:
        module = modules.pop()
        yield from module.get("resources", ())
        modules += module.get("child_modules", ())


def values(plan: Plan, address: str) -> Plan:
    """The values of one planned resource, to be changed in place."""
    found: Plan = next(r["values"] for r in resources(plan) if r["address"] == address)
    return found


def drop(plan: Plan, address: str) -> None:
    """Take a resource out of a plan."""
    for module in plan["planned_values"]["root_module"]["child_modules"]:
        module["resources"] = [r for r in module["resources"] if r["address"] != address]


def subject(plan: Plan) -> Subject:
    return Subject(read_plan(plan), ACCOUNT, Places(SECTIONS))
