"""Rules about what AWS counts: characters, bytes."""

import json
from collections.abc import Iterator
from typing import Final

from landform.catalog.limits import ATTACHED_POLICIES, ROLE_POLICY
from landform.diagnostics import Diagnostic, error
from landform.passes.grant_studio import packed
from landform.plan import Function, Host, Plan, StudioUser
from landform.spec.compute import Training
from landform.spec.serve import HostService

INTERFACES_DENIED: Final = 500
"""Characters, at most, of the policy that keeps the code of a function from what Lambda does with its role."""

PLENTY: Final = 6_000
"""Bytes of a spec's own that certainly fit beside what landform says itself (under 7 KB; a test holds it to that)."""


def policies_fit(plan: Plan) -> Iterator[Diagnostic]:
    """IAM refuses a role whose policies are too long, in the middle of an apply."""
    for host in plan.workloads:
        statements = plan.statements.get(host.address, ())
        if isinstance(host, StudioUser):
            yield from _users_policies(host, len(packed(statements)) - 1)
            continue
        document = [
            {
                "Sid": s.sid,
                "Effect": "Allow",
                "Action": s.actions,
                "Resource": s.resources,
                "Condition": s.conditions,
            }
            for s in statements
        ]
        size = len(json.dumps(document, separators=(",", ":")))
        size += INTERFACES_DENIED if isinstance(host, Function) else 0
        if size > ROLE_POLICY:
            fact = f"the permissions of {host.label} make a policy of {size} characters; IAM takes {ROLE_POLICY}."
            yield error("LF0606", host.path, fact, "Split the workload, or let it use fewer stores.")


def _users_policies(own: StudioUser, beside: int) -> Iterator[Diagnostic]:
    if beside > ATTACHED_POLICIES:
        fact = f"the permissions of {own.known} fill {beside} policies; IAM attaches {ATTACHED_POLICIES} to a role."
        yield error("LF0606", own.path, fact, "Let `studio` use fewer stores, or leave trainings to another system.")


def user_data_fits(plan: Plan) -> Iterator[Diagnostic]:
    """EC2 takes 16 KiB; the modules send the script compressed, and so it is measured."""
    for host in plan.hosts:
        if host.image is None or _own_text(plan, host) < PLENTY:
            continue
        # Rendering takes a template engine, which few specs need before they are compiled.
        from landform.emit.user_data import LIMIT_BYTES, compressed_bytes, render
        from landform.lower.host import host_script

        size = compressed_bytes(render(host_script(plan, host)))
        if size > LIMIT_BYTES:
            key = "user_data" if host.section == "machines" else "setup"
            path = (*host.path, key) if getattr(host.spec, key, None) else host.path
            fact = f"the user data of {host.label} is {size} bytes once compressed; EC2 takes {LIMIT_BYTES}."
            yield error(
                "LF0607", path, fact, "Let the script fetch its larger part from a bucket, or use an own image."
            )


def _own_text(plan: Plan, host: Host) -> int:
    """Return how many bytes of a host's user data come from the spec and its files."""
    scripts = sum(len(content) for path, content in plan.files.scripts.items() if path[:2] == host.path)
    command = host.spec.command if isinstance(host.spec, Training | HostService) and host.spec.command else ""
    return scripts + len(command) + sum(len(k) + len(v) for k, v in host.spec.env.items()) + 200 * len(host.edges)


RULES = (policies_fit, user_data_fits)
