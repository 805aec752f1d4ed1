"""EC2, network: what rules say about themselves, and what goes with what is deleted."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response
from moto.ec2.responses.network_acls import NetworkACLs

from landform.rehearse.extensions import method_of

_new_rule = SecurityGroupRule.__init__


def _described_rule(
    self: SecurityGroupRule,
    ec2_backend: Any,
    ip_protocol: str,
    group_id: str,
    from_port: str | None,
    to_port: str | None,
    ip_range: dict[str, str] | None,
    source_group: dict[str, str] | None = None,
    prefix_list_id: dict[str, str] | None = None,
    **rest: Any,
) -> None:
    """moto keeps the description of a rule for address blocks only, not for groups and prefix lists."""
    ends = (ip_range, source_group, prefix_list_id)
    _new_rule(self, ec2_backend, ip_protocol, group_id, from_port, to_port, *ends, **rest)
    for end in (source_group, prefix_list_id):
        if end and "Description" in end:
            self.ip_range = self.ip_range | {"Description": end["Description"]}


SecurityGroupRule.__init__ = _described_rule  # type: ignore[assignment, method-assign]


_create_network_acl_entry = NetworkACLs.create_network_acl_entry
_replace_network_acl_entry = NetworkACLs.replace_network_acl_entry


@method_of(EC2Response)
def create_network_acl_entry(self: EC2Response) -> ActionResult:
    """moto looks for ICMP type and code under a name that no client sends, and keeps neither."""
    return _create_network_acl_entry(_with_icmp(self))


@method_of(EC2Response)
def replace_network_acl_entry(self: EC2Response) -> ActionResult:
    """As `create_network_acl_entry`."""
    return _replace_network_acl_entry(_with_icmp(self))


def _with_icmp(response: EC2Response) -> EC2Response:
    response.params = {**response.params, "Icmp": response._get_param("IcmpTypeCode", {})}
    return response


_delete_vpc = EC2Backend.delete_vpc
_delete_nat_gateway = EC2Backend.delete_nat_gateway
_terminate = Instance.terminate


@method_of(EC2Backend)
def delete_vpc(self: EC2Backend, vpc_id: str) -> Any:
    """moto leaves the default network ACL of a VPC behind."""
    vpc = _delete_vpc(self, vpc_id)
    self.network_acls = {id_: acl for id_, acl in self.network_acls.items() if acl.vpc_id != vpc_id}
    return vpc


@method_of(EC2Backend)
def delete_nat_gateway(self: EC2Backend, nat_gateway_id: str) -> Any:
    """moto leaves the network interface of a NAT gateway behind."""
    gateway = _delete_nat_gateway(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway


@method_of(Instance)
def terminate(self: Instance) -> Any:
    """moto leaves the interface behind that an instance was started with; EC2 keeps those that were attached."""
    if 0 in self.nics:
        self.nics[0].delete_on_termination = True
    return _terminate(self)
