"""Who holds which policies: roles and users, by policies of their own, by attachments, and users by their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from landform.proof.evaluate import as_list
from landform.proof.planned import Planned, Resource

Held = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Address → addresses of the policies that it holds, and ARNs of those that are not in the plan, as AWS's own are."""


def holders(planned: Planned, kind: Literal["role", "user", "group"]) -> Held:
    """Return what each role, user or group of the plan holds."""
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def adds(owner: str, held: tuple[str, ...], foreign: tuple[str, ...]) -> None:
        before = found.get(owner, ((), ()))
        found[owner] = (*before[0], *held), (*before[1], *foreign)

    for policy in planned.of_type(f"aws_iam_{kind}_policy"):
        for owner in named(planned, policy, kind, kind):
            adds(owner, (policy.address,), ())
    for exclusive in planned.of_type(f"aws_iam_{kind}_policy_attachments_exclusive"):
        # It attaches what it lists, and takes everything else away: what others attach is taken for held all the same.
        arns = tuple(map(str, exclusive.values.get("policy_arns") or ["an unknown policy"]))
        targets = tuple(t.address for t in planned.targets(exclusive, "policy_arns"))
        for owner in named(planned, exclusive, f"{kind}_name", kind):
            adds(owner, targets, () if targets else arns)
    several = planned.of_type("aws_iam_policy_attachment")
    for attachment, argument in (
        *((each, kind) for each in planned.of_type(f"aws_iam_{kind}_policy_attachment")),
        *((each, f"{kind}s") for each in several),
    ):
        targets = tuple(t.address for t in planned.targets(attachment, "policy_arn"))
        unknown = () if targets else (str(attachment.values.get("policy_arn") or "an unknown policy"),)
        for owner in named(planned, attachment, argument, kind):
            adds(owner, targets, unknown)
    return found


def with_groups(planned: Planned, users: Held) -> Held:
    """Return what users hold, with what they have from the groups that they are in."""
    groups, found = holders(planned, "group"), dict(users)
    memberships = (
        *((m, "user", "groups") for m in planned.of_type("aws_iam_user_group_membership")),
        *((m, "users", "group") for m in planned.of_type("aws_iam_group_membership")),
    )
    for membership, whose, which in memberships:
        for group in named(planned, membership, which, "group"):
            for user in named(planned, membership, whose, "user"):
                own, more = found.get(user, ((), ())), groups.get(group, ((), ()))
                found[user] = (*own[0], *more[0]), (*own[1], *more[1])
    return found


def named(planned: Planned, part: Resource, argument: str, kind: str) -> list[str]:
    """Whom an argument refers to, or names where it refers to none: addresses of roles, users or groups."""
    owner = f"aws_iam_{kind}"
    targets = (planned.by_address[t.address] for t in planned.targets(part, argument))
    referred = [t.address for t in targets if t.type == owner]
    names = set(map(str, as_list(part.values.get(argument) or [])))
    return referred or [r.address for r in planned.of_type(owner) if r.values.get("name") in names]
