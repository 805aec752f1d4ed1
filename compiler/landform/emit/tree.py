"""The output tree as bytes: the root module, its files, and what says where each thing comes from."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Any, Final

import landform
from landform.cost import cost
from landform.cost.written import rows
from landform.delivery.workflow import workflow
from landform.diagnostics import dotted
from landform.emit.document import written
from landform.emit.standing import digest
from landform.lower.host import user_data
from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Root

MANIFEST: Final = "manifest.json"
BEYOND: Final = "project"
"""What the manifest lists by the path from the root of the project: the workflow that delivers."""


def tree(plan: Plan) -> dict[str, bytes]:
    """Return path → content of everything under ``generated/<system>/<environment>/``."""
    # The root module is mostly a wait for Node, in which the rest is written.
    with ThreadPoolExecutor(max_workers=1) as beside:
        root = lower(plan)
        main = beside.submit(_root_module, root)
        files = {
            **root.files,
            **dict(user_data(plan, host) for host in plan.hosts),
            "sourcemap.json": written(_sourcemap(root)),
            "grants.json": written(grants(plan)),
            "cost.json": written(rows(plan, cost(plan))),
        }
        files["main.tf.json"] = main.result()
    files[MANIFEST] = written(_manifest(plan, files) | _beyond(workflow(plan)))
    return files


def _root_module(root: Root) -> bytes:
    # Where Node is starting still, only this thread has to wait for it.
    from landform.emit.terraform import main_tf_json

    return main_tf_json(root)


def grants(plan: Plan) -> list[dict[str, Any]]:
    """Return every permission and the edge behind it, in the order of grants.json."""
    rows = [
        {
            "principal": grant.principal,
            "sid": grant.statement.sid,
            "actions": sorted(grant.statement.actions),
            "resources": list(grant.statement.resources),
            "condition": {
                op: {key: list(values) for key, values in keys.items()}
                for op, keys in grant.statement.conditions.items()
            },
            "edge": grant.edge,
        }
        for grant in plan.grants
    ]
    return sorted(rows, key=lambda row: json.dumps([row["principal"], row["edge"], row], sort_keys=True))


def _sourcemap(root: Root) -> dict[str, str]:
    return {f"module.{module.address}": dotted(module.path) for module in root.modules}


def _manifest(plan: Plan, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "landform": landform.__version__,
        "catalog": plan.catalog.date,
        "files": {path: digest(content) for path, content in files.items()},
    }


def _beyond(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the manifest says of files of the project that stand outside the output."""
    return {BEYOND: {path: digest(content) for path, content in files.items()}} if files else {}


def modules_of(files: Mapping[str, bytes]) -> set[str]:
    """Return the names of the modules that an output calls."""
    calls = json.loads(files["main.tf.json"]).get("module", {})
    return {PurePosixPath(call["source"]).name for call in calls.values()}
