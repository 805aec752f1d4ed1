"""What AWS will call the parts of a system."""

from typing import Final

from landform.plan import Plan, Workload
from landform.spec.iam import ROOT
from landform.spec.names import BUCKET, ROLE, TOPIC, address, fit
from landform.spec.system import System

SHARED: Final = "shared"
AUDIT: Final = "audit"
BACKUP: Final = "backup"
"""Logical names of keys: of a region's stores and disks, of the trail, and of backups."""


def bucket_name(plan: Plan, entry: str, region: str) -> str:
    """Return the name of a bucket, unique in the world by account and region."""
    return fit(f"{plan.prefix}-{entry}-{plan.system.account}-{region}", BUCKET)


def physical(plan: Plan, *parts: str, limit: int) -> str:
    """Return the name of something that is unique within an account and region."""
    return fit("-".join((plan.prefix, *parts)), limit)


def data_key(entry: str) -> str:
    """Return the logical name of the key that a personal store has of its own."""
    return f"data-{entry}"


def role_name(plan: Plan, *parts: str) -> str:
    """Return the name of an IAM role; IAM is global, so the region is part of it."""
    return fit("-".join((plan.prefix, *parts)), ROLE)


def role_arn(plan: Plan, role: str) -> str:
    """Return the ARN of a role of the system, below the path that all of them have."""
    path = plan.system.iam.path if plan.system.iam else ROOT
    return f"arn:aws:iam::{plan.system.account}:role{path}{role}"


def flow_log_role(plan: Plan, region: str) -> str:
    """Return the name of the role that writes the flow logs of a region."""
    return role_name(plan, "flow-logs", region)


def log_group(plan: Plan, *parts: str) -> str:
    """Return the name of a log group."""
    return "/".join(("/landform", plan.system.system, plan.system.environment, *parts))


def namespace(plan: Plan) -> str:
    """Return the CloudWatch namespace of a system's own metrics."""
    return f"landform/{plan.system.system}"


def topic_name(plan: Plan, name: str) -> str:
    """Return the name of the topic of those who are to be told; it is the same in every region."""
    return physical(plan, name, limit=TOPIC)


def behind_primary(system: System, region: str) -> tuple[str, ...]:
    """Return what stands behind the address of an entry in a region: nothing in the primary one."""
    return () if region == system.regions.primary else (region,)


def schedule_address(own: Workload) -> str:
    """Return the module of what starts a training at its times."""
    return address(own.address, "schedule")


def known_as(entry: str, was: tuple[str, ...]) -> str:
    """Return the name that AWS knows an entry by: the oldest one, so that a rename moves nothing."""
    return was[0] if was else entry
