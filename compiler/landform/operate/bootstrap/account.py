"""What an account has once: roles of AWS's own, and defaults that are asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from landform.operate.bootstrap.model import Step, Work
from landform.operate.preflight.account import missing_linked
from landform.plan import Plan


def linked(session: Any, plan: Plan) -> Work:
    """Return which roles of AWS's own are to be made: those that the system needs and no apply makes."""
    iam = session.client("iam", region_name=plan.system.regions.primary)
    steps = [
        Step(
            f"role of AWS's own {role}: make it, since {why}",
            partial(iam.create_service_linked_role, AWSServiceName=service),
        )
        for service, (role, _, why) in missing_linked(iam, plan).items()
    ]
    return Work(tuple(steps))


def defaults(session: Any, plan: Plan) -> Work:
    """Return what is to be switched on for the whole account, wherever the system stands: encryption of new disks."""
    steps = []
    for region in plan.system.regions.active:
        ec2 = session.client("ec2", region_name=region)
        if not ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]:
            says = f"account {plan.system.account}: encrypt every new disk in {region}"
            steps.append(Step(says, ec2.enable_ebs_encryption_by_default))
    return Work(tuple(steps))
