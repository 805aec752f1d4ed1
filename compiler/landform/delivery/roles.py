"""The roles of a delivery: their names, and the workflows of which repository may take them.

Subjects are matched word for word: a branch, an environment, or `pull_request`, which is for the plan role alone. Each
stands in both of GitHub's forms where the ids are known: with names alone, and with the ids that repositories made or
renamed since 2026-07-15 have in theirs (GitHub changelog of 2026-04-23, "Immutable subject claims for GitHub Actions
OIDC tokens", read 2026-11-29).
"""

from collections.abc import Iterator
from typing import Any, Final

from landform.plan import Plan
from landform.spec.deliver import Deliver
from landform.spec.names import ROLE, fit

ISSUER: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
PATH: Final = "/landform-delivery/"
"""Where the roles stand: under no path that a system's own roles may have."""

HOUR: Final = 3_600
LONGEST: Final = {"plan": HOUR, "apply": 3 * HOUR}
"""Seconds that a role may be had for: as long as its job in the workflow."""


def provider_arn(plan: Plan) -> str:
    """Return the ARN of GitHub's OIDC provider; an account has one for each address."""
    return f"arn:aws:iam::{plan.system.account}:oidc-provider/{ISSUER}"


def name(plan: Plan, use: str) -> str:
    """Return the name of the role that plans or applies."""
    return fit(f"{plan.prefix}-{use}", ROLE)


def arn(plan: Plan, use: str) -> str:
    """Return the ARN of the role that plans or applies."""
    return f"arn:aws:iam::{plan.system.account}:role{PATH}{name(plan, use)}"


def subjects(own: Deliver, use: str) -> tuple[str, ...]:
    """Return whose tokens a role is for: `plan` or `apply`."""
    branch = f"ref:refs/heads/{own.apply.branch}"
    applies = f"environment:{own.apply.environment}" if own.apply.environment else branch
    after = (branch, "pull_request") if use == "plan" else (applies,)
    return tuple(f"repo:{repo}:{each}" for repo in _repositories(own) for each in after)


def trust(plan: Plan, own: Deliver, use: str) -> dict[str, Any]:
    """Return the trust policy of a role."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "WorkflowsOfTheRepository",
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": provider_arn(plan)},
                "Condition": {
                    "StringEquals": {f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": list(subjects(own, use))},
                },
            }
        ],
    }


def _repositories(own: Deliver) -> Iterator[str]:
    owner, repository = own.names
    yield f"{owner}/{repository}"
    if own.owner_id and own.repo_id:
        yield f"{owner}@{own.owner_id}/{repository}@{own.repo_id}"
