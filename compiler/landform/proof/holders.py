"""Who holds which policies: roles and users, by policies of their own, by attachments, and users by their groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from landform.proof.evaluate import as_list
from landform.proof.planned import Planned, Resource

Held = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Address, or name of what the plan does not make → addresses of the policies that it holds, and ARNs of those that are
not in the plan, as AWS's own are.
"""
UNKNOWN: Final = "known-after-apply"
"""What somebody is called whom nothing in a plan tells."""


def holders(planned: Planned, kind: Literal["role", "user", "group"]) -> Held:
    """Return what the plan gives to each role, user or group."""
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
    for group, user in memberships(planned):
        own, more = found.get(user, ((), ())), groups.get(group, ((), ()))
        found[user] = (*own[0], *more[0]), (*own[1], *more[1])
    return found


def memberships(planned: Planned) -> Iterator[tuple[str, str]]:
    """Yield each group with each user that the plan puts into it, as `named` has them."""
    joined = (
        *((m, "user", "groups") for m in planned.of_type("aws_iam_user_group_membership")),
        *((m, "users", "group") for m in planned.of_type("aws_iam_group_membership")),
    )
    for membership, whose, which in joined:
        for group in named(planned, membership, which, "group"):
            yield from ((group, user) for user in named(planned, membership, whose, "user"))


def named(planned: Planned, part: Resource, argument: str, kind: str) -> list[str]:
    """Whom an argument refers to or names: addresses of roles, users or groups; names of those not in the plan."""
    made = planned.of_type(f"aws_iam_{kind}")
    addresses = {str(each.values.get("name")): each.address for each in made}
    targets = {t.address for t in planned.targets(part, argument)}
    referred = [each.address for each in made if each.address in targets]
    said = [str(name) for name in as_list(part.values.get(argument) or []) if name]
    unknown = True in as_list(part.unknown.get(argument)) and not referred
    return list(dict.fromkeys([*referred, *(addresses.get(n, n) for n in said), *([UNKNOWN] if unknown else ())]))
