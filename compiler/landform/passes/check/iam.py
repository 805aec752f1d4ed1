"""Rules about the roles of a system: where they stand, and what bounds them."""

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Related, error
from landform.plan import Plan


def a_boundary_is_of_this_account(plan: Plan) -> Iterator[Diagnostic]:
    """IAM bounds a role by a policy of its own account or of AWS: any other is refused when the first role is made."""
    iam, account = plan.system.iam, plan.system.account
    if iam and iam.bound_by not in (None, account, "aws"):
        fact = f"the permissions boundary belongs to account {iam.bound_by}, and IAM takes none from elsewhere."
        other = Related("the account of the system", ("account",))
        remedy = f"Name a policy of account {account}: `landform bootstrap` makes one that is not there."
        yield error("LF0505", ("iam", "permissions_boundary"), fact, remedy, other)


RULES = (a_boundary_is_of_this_account,)
