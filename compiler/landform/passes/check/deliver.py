"""Rules about delivery: who may plan, who may apply, and what bounds them."""

import re
from collections.abc import Iterator
from typing import Final

from landform.delivery.roles import PATH
from landform.diagnostics import Diagnostic, Related, error, warning
from landform.plan import Plan

_PLAIN: Final = re.compile(r"[A-Za-z0-9._@+=][A-Za-z0-9._/@+=-]*")


def a_runner_keeps_no_state(plan: Plan) -> Iterator[Diagnostic]:
    """A runner is gone after its job, and a state in a file with it: the next apply would make all anew."""
    if plan.system.deliver and plan.system.state is None:
        fact = "what GitHub applies needs a state that outlives the runner, and this spec keeps it in a local file."
        remedy = "Add `state: {bucket: my-terraform-state, region: us-east-1}`; `landform bootstrap` makes the bucket."
        yield error("LF0207", ("deliver",), fact, remedy)


def who_makes_roles_is_bounded(plan: Plan) -> Iterator[Diagnostic]:
    """Whoever may make roles may give one everything, and take it: unless each role has to have a boundary."""
    iam = plan.system.iam
    if plan.system.deliver and not (iam and iam.permissions_boundary):
        fact = "without a boundary the apply role could make a role that may do anything."
        name = f"arn:aws:iam::{plan.system.account}:policy/{plan.prefix}-boundary"
        remedy = f'Add `iam: {{permissions_boundary: "{name}"}}`; `landform bootstrap` makes the policy.'
        yield error("LF0207", ("deliver",), fact, remedy)


def nobody_delivers_deliverers(plan: Plan) -> Iterator[Diagnostic]:
    """The apply role may change what stands under the path of the system: so not where it stands itself."""
    if plan.system.deliver and plan.system.iam and plan.system.iam.path.startswith(PATH):
        fact = f"the roles of delivery stand under {PATH}, and the apply role may change what stands beside it."
        yield error("LF0207", ("iam", "path"), fact, "Give the roles of the system another path.")


def subjects_are_of_one_repository(plan: Plan) -> Iterator[Diagnostic]:
    """A name that its owner gives up can be taken by somebody else, whose workflows then have the same subject."""
    own = plan.system.deliver
    if own and not own.repo_id:
        fact = f"whoever gets the name {own.repo} after its owner could plan and apply."
        remedy = "Add `owner_id` and `repo_id`: gh api repos/OWNER/NAME --jq '.owner.id, .id'."
        yield warning("LF0691", ("deliver", "repo"), fact, remedy)


def somebody_approves(plan: Plan) -> Iterator[Diagnostic]:
    """What is pushed to the branch is applied at once, unless an environment asks somebody."""
    own = plan.system.deliver
    if own and own.apply.environment is None and plan.system.environment == "production":
        fact = f"what is merged to {own.apply.branch} is applied to production at once: nobody is asked."
        other = Related("the environment of the system", ("environment",))
        remedy = "Add `environment: production` here, and protect that environment in the repository's settings."
        yield warning("LF0691", ("deliver", "apply"), fact, remedy, other)


def a_service_needs_rights_of_its_caller(plan: Plan) -> Iterator[Diagnostic]:
    """What Beanstalk makes of an environment, it makes as whoever asks: AWS lists those rights nowhere as a whole."""
    for own in plan.beanstalks if plan.system.deliver else ():
        fact = "Elastic Beanstalk makes parts of an environment with the rights of who applies, which may lack some."
        remedy = "Let an administrator apply what makes or updates it, or give this another `platform`."
        yield warning("LF0692", (*own.path, "platform"), fact, remedy, Related("what is delivered", ("deliver",)))


def a_workflow_can_name_the_spec(plan: Plan) -> Iterator[Diagnostic]:
    """GitHub fills in `${{ … }}` before a shell sees it, quotes or not."""
    for path in plan.origin if plan.system.deliver else ():
        if not _PLAIN.fullmatch(path):
            fact = f"the workflow would have to name {path!r}, which GitHub or a shell could read otherwise."
            yield error("LF0202", ("deliver",), fact, "Name the file with letters, digits and ._/@+=- alone.")


RULES = (
    a_runner_keeps_no_state,
    who_makes_roles_is_bounded,
    nobody_delivers_deliverers,
    subjects_are_of_one_repository,
    somebody_approves,
    a_service_needs_rights_of_its_caller,
    a_workflow_can_name_the_spec,
)
