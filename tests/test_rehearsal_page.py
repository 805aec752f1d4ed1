"""docs/rehearsal.md: what a rehearsal applies, what moto is taught for it, and what no rehearsal shows."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from support.planned import ONLY_PLANNED

from landform.rehearse.extensions import SERVICES

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.name for path in (ROOT / "modules").iterdir())
EXTENSIONS = ROOT / "compiler" / "landform" / "rehearse" / "extensions"
MADE = re.compile(r'^resource "(\w+)"', re.MULTILINE)

PAGE = """\
# What a rehearsal shows

`landform rehearse` applies an output with the real Terraform and the real AWS provider to an AWS inside your own
machine: moto, taught what it lacks. It shows that Terraform can build, plan again, change and destroy what the spec
says, and looks through AWS's API at what stands. This page is written from the code by `make golden`.

## What it does not show

| what | why | what stands in for it |
| --- | --- | --- |
{unseen}
## A loop

`landform rehearse --loop` applies the whole spec as well, and then plays to the first watch of `drift` that has `then`:
traffic until its agent has learnt, more of it, then a changed world. It follows both state machines as they are
executed, until the new model is in force and the alarms are over; then a plan must be empty. It tears nothing down: the
AWS is gone with it.

What is played lies in `rehearsal/` beside the service's `initial` model: `before.csv` and `after.csv`, the truth first
in each line and no header. Half of the rows of before are what the training has learnt from so far; five eighths of
those after are the change, and the rest is kept for the new model.

| what | how |
| --- | --- |
{loop}
## What is built

Every module, the resources that it can make, and the samples whose rehearsal builds them, but for what stands under
[what is only planned](#what-is-only-planned). With no sample beside it, a module is valid on both providers, tested
with `terraform test`, and planned in the tests.

| module | resources | rehearsed in |
| --- | --- | --- |
"""

UNSEEN = (
    (
        "that a permission is enough, or too much",
        "moto enforces IAM for few services, and not as AWS does",
        "the proof in `landform scan`, on the planned policies",
    ),
    (
        "what AWS refuses and moto accepts",
        "moto checks few of AWS's rules",
        "the checks of `landform check`, and the rules of `landform scan`",
    ),
    ("capacity, quotas, prices of the day", "nothing is bought", "dated facts (`landform catalog show`)"),
    (
        "that machines boot, containers run, models answer",
        "nothing computes, but functions in Python that a bucket triggers, and a loop",
        "tests of the scripts; the code of the samples has its own",
    ),
    ("how long AWS takes", "everything is there at once", "nothing"),
)

LOOP = (
    ("the agent, both state machines and their steps", "run, as they are in the output"),
    (
        "the training, and the model's answers",
        "run: by the code that they bring, or, of SageMaker's built-in XGBoost, by the xgboost of this Python; "
        "on SageMaker and on Batch, since no node of a fleet stands here",
    ),
    (
        "requests, answers and labels",
        "written into the buckets as the endpoint's capture would: they stand for the share that is captured",
    ),
    (
        "days of learning, weeks until a label",
        "gone through by the times that requests bear: drifted ones are as old as labels take to be ripe, "
        "and those to the new model lie ahead",
    ),
    ("the agent's waits for late objects", "1 s, and slices of 60 s"),
    (
        "waits of the state machines",
        "2 s at a time: jobs and canaries of SageMaker take no time here, and no canary is observed",
    ),
)

PLANNED = """
## What is only planned

Resources that no sample asks for: valid on both providers and planned by `terraform test`, but not applied. That the
list is whole is tried on the plans of all samples.

| module | resource | why that is enough |
| --- | --- | --- |
"""

TAUGHT = """
## What moto is taught

Each row is a file of `compiler/landform/rehearse/extensions/`, with what moto does instead of what AWS does.

| service | what moto does otherwise |
| --- | --- |
"""


def page() -> str:
    rows = (f"| {name} | {', '.join(made(name))} | {', '.join(samples(name)) or 'no sample'} |\n" for name in MODULES)
    taught = (f"| {service} | {' '.join(dict.fromkeys(differences(service)))} |\n" for service in SERVICES)
    unseen = "".join(f"| {' | '.join(row)} |\n" for row in UNSEEN)
    loop = "".join(f"| {' | '.join(row)} |\n" for row in LOOP)
    planned = (
        f"| {m} | `{block}` | {why} |\n" for m, own in ONLY_PLANNED.items() for block, why in sorted(own.items())
    )
    return "".join([PAGE.format(unseen=unseen, loop=loop), *rows, PLANNED, *planned, TAUGHT, *taught])


def made(module: str) -> list[str]:
    files = sorted((ROOT / "modules" / module).glob("*.tf"))
    return sorted({f"`{kind}`" for file in files for kind in MADE.findall(file.read_text("utf-8"))})


def samples(module: str) -> list[str]:
    roots = {path.parts[-3]: json.loads(path.read_text("utf-8")) for path in ROOT.glob("generated/*/*/main.tf.json")}
    called = {name: {call["source"] for call in root.get("module", {}).values()} for name, root in roots.items()}
    return sorted(name for name, sources in called.items() if f"../../../modules/{module}" in sources)


def differences(service: str) -> Iterator[str]:
    """What stands beside the functions of an extension about moto, a sentence each."""
    tree = ast.parse((EXTENSIONS / f"{service}.py").read_text("utf-8"))
    whole = (ast.get_docstring(tree) or "").split(". ", 1)
    if whole[-1].startswith("moto has no such service"):
        yield whole[-1]
    for node in ast.walk(tree):
        said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
        if said and said.startswith("moto"):
            what = f" (`{node.name}`)" if said.startswith("moto:") else ""
            yield " ".join(said.split("\n\n")[0].split()) + what


def test_the_page_of_rehearsals_is_current(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/rehearsal.md", page())
