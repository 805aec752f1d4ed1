"""EC2: what Terraform deletes is gone at once, and Terraform hears so.

Here nothing takes time to go, but the provider waits 5 to 10 s after each of these deletions before it looks for
the first time, one after the other along the graph. It waits for nothing where AWS answers that there is no such
thing any more; so that is the answer, to Terraform only, when the thing has gone. That nothing is left is then
seen through the API (`inventory`), not taken from Terraform.
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from landform.rehearse.extensions import method_of

_terminate_instances = EC2Response.terminate_instances
_delete_nat_gateway = EC2Response.delete_nat_gateway
_delete_vpc_endpoints = EC2Response.delete_vpc_endpoints


def _asks_for_terraform(response: EC2Response) -> bool:
    return "terraform-provider-aws" in response.headers.get("User-Agent", "")


@method_of(EC2Response)
def terminate_instances(self: EC2Response) -> ActionResult:
    """moto: the same as AWS; Terraform would wait 10 s."""
    answer = _terminate_instances(self)
    if _asks_for_terraform(self):
        raise EC2ClientError("InvalidInstanceID.NotFound", "The instance has ended.")
    return answer


@method_of(EC2Response)
def delete_nat_gateway(self: EC2Response) -> ActionResult:
    """moto: the same as AWS; Terraform would wait 10 s."""
    answer = _delete_nat_gateway(self)
    if _asks_for_terraform(self):
        raise EC2ClientError("NatGatewayNotFound", "The NAT gateway has ended.")
    return answer


@method_of(EC2Response)
def delete_vpc_endpoints(self: EC2Response) -> ActionResult:
    """moto: the same as AWS; Terraform would wait 5 s."""
    answer = _delete_vpc_endpoints(self)
    if not _asks_for_terraform(self):
        return answer
    gone = {"Code": "InvalidVpcEndpoint.NotFound", "Message": "The endpoint has ended."}
    ids = self._get_param("VpcEndpointIds", [])
    return ActionResult({"Unsuccessful": [{"ResourceId": id_, "Error": gone} for id_ in ids]})
