"""What stands in the way of a domain of Studio that is to go, and what it leaves: apps, and two security groups.

SageMaker ends no app by itself when its space goes, and takes the groups for NFS of a domain that is gone along with
nothing: they keep the VPC. Terraform knows neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landform.operate.training import POLL_SECONDS, OperationError

GROUP: Final = re.compile(r"security-group-for-(?:in|out)bound-nfs-(d-[a-z0-9]+)")
"""What SageMaker calls the groups of a domain: SageMaker developer guide, "Attaching a custom file system to a domain
or user profile" (read 2026-11-29)."""

LONGEST: Final = 900.0
"""Seconds that apps are waited for."""

Client = Callable[[str, str], Any]
"""Service and region → a client of boto3."""


@dataclass(frozen=True, slots=True)
class App:
    """An app that has not ended: what it takes to end it; one that is `going` ends without it."""

    domain: str
    owner: str
    space: bool
    type: str
    name: str
    going: bool = False

    @property
    def request(self) -> dict[str, str]:
        """What ends it."""
        owner = {"SpaceName" if self.space else "UserProfileName": self.owner}
        return {"DomainId": self.domain, **owner, "AppType": self.type, "AppName": self.name}

    def __str__(self) -> str:
        return f"{self.type} of {self.owner}"


@dataclass(frozen=True, slots=True)
class Group:
    """A security group of a domain that is gone."""

    id: str
    name: str

    def __str__(self) -> str:
        return self.name


def running(client: Client, region: str, domain: str) -> tuple[App, ...]:
    """Return the apps of the domain of this name that have not ended."""
    sagemaker = client("sagemaker", region)
    ids = [each["DomainId"] for each in _all(sagemaker, "list_domains", "Domains") if each["DomainName"] == domain]
    return tuple(
        App(
            domain=app["DomainId"],
            owner=app.get("SpaceName") or app["UserProfileName"],
            space=bool(app.get("SpaceName")),
            type=app["AppType"],
            name=app["AppName"],
            going=app["Status"] == "Deleting",
        )
        for id_ in ids
        for app in _all(sagemaker, "list_apps", "Apps", DomainIdEquals=id_)
        if app["Status"] not in ("Deleted", "Failed")
    )


def end(client: Client, region: str, domain: str, apps: Sequence[App], wait: Callable[[float], None]) -> None:
    """End apps, and wait until they are gone; what is not saved on a disk is lost.

    Raises:
        OperationError: they take longer than `LONGEST`.
    """
    sagemaker = client("sagemaker", region)
    for app in apps:
        # SageMaker refuses to end what ends already.
        if not app.going:
            sagemaker.delete_app(**app.request)
    waited = 0.0
    while left := running(client, region, domain):
        if waited >= LONGEST:
            raise OperationError(
                f"{left[0]} has not ended in {LONGEST:.0f} s.", "Look at it in the console of SageMaker."
            )
        wait(POLL_SECONDS)
        waited += POLL_SECONDS


def networks(client: Client, region: str, system: str, environment: str) -> tuple[str, ...]:
    """Return the VPCs that a system has made in a region, by their tags."""
    tags = {"landform:system": system, "landform:environment": environment}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    return tuple(vpc["VpcId"] for vpc in _all(client("ec2", region), "describe_vpcs", "Vpcs", Filters=filters))


def orphans(client: Client, region: str, vpcs: Sequence[str]) -> tuple[Group, ...]:
    """Return the groups in VPCs that SageMaker made for a domain which is not there any more."""
    if not vpcs:
        return ()
    alive = {each["DomainId"] for each in _all(client("sagemaker", region), "list_domains", "Domains")}
    filters = [{"Name": "vpc-id", "Values": list(vpcs)}]
    groups = _all(client("ec2", region), "describe_security_groups", "SecurityGroups", Filters=filters)
    named = ((group, GROUP.fullmatch(group["GroupName"])) for group in groups)
    return tuple(Group(g["GroupId"], g["GroupName"]) for g, of in named if of and of[1] not in alive)


def remove(client: Client, region: str, groups: Sequence[Group]) -> None:
    """Remove groups; each speaks of the other in its rules, which go first."""
    ec2 = client("ec2", region)
    for group in groups:
        filters = [{"Name": "group-id", "Values": [group.id]}]
        rules = list(_all(ec2, "describe_security_group_rules", "SecurityGroupRules", Filters=filters))
        for egress, revoke in ((False, ec2.revoke_security_group_ingress), (True, ec2.revoke_security_group_egress)):
            ids = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] is egress]
            if ids:
                revoke(GroupId=group.id, SecurityGroupRuleIds=ids)
    for group in groups:
        ec2.delete_security_group(GroupId=group.id)


def _all(client: Any, operation: str, key: str, **asked: Any) -> Iterator[Any]:
    yield from client.get_paginator(operation).paginate(**asked).search(f"{key}[]")
