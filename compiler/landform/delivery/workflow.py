"""The workflow that delivers: every job of `.github/workflows/landform-<system>.yml`."""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from landform.delivery.roles import LONGEST, arn
from landform.plan import Plan

TERRAFORM: Final = "1.11.4"
"""The version with which every release of landform is rehearsed."""

ACTIONS: Final = {
    "checkout": "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0",
    "python": "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0",
    "terraform": "hashicorp/setup-terraform@b9cd54a3c349d3f38e8881555d616ced269862dd # v3.1.2",
    "credentials": "aws-actions/configure-aws-credentials@61815dcd50bd041e203e49132bacad1fd04d2708 # v5.1.1",
    "sarif": "github/codeql-action/upload-sarif@1c5b675653bb5c22dbe9b12b556ec555138e09fd # v4.38.1",
}
"""Actions by the hash of a commit, which nobody can move as they can a tag (read 2026-11-29)."""


def place(plan: Plan) -> str:
    """Return where the workflow stands in the project."""
    return f".github/workflows/landform-{plan.system.system}.yml"


def workflow(plan: Plan) -> dict[str, bytes]:
    """Return path → content of the workflow, from the root of the project; nothing where none is asked for."""
    own = plan.system.deliver
    if own is None:
        return {}
    spec, *overlays = plan.origin or (f"specs/{plan.system.system}.yaml",)
    text = _template().render(
        actions=ACTIONS,
        terraform=TERRAFORM,
        system=plan.system.system,
        environment=plan.system.environment,
        region=plan.system.regions.primary,
        spec=" --with ".join((spec, *overlays)),
        root=f"generated/{plan.system.system}/{plan.system.environment}",
        repository="/".join(own.names),
        branch=own.apply.branch,
        protected=own.apply.environment,
        longest=LONGEST,
        plan_role=arn(plan, "plan"),
        apply_role=arn(plan, "apply"),
    )
    return {place(plan): text.encode()}


@cache
def _template() -> Template:
    # GitHub's own expressions are `${{ … }}`.
    templates = Environment(
        loader=PackageLoader("landform.delivery"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    return templates.get_template("workflow.yml.j2")
