"""Elastic Load Balancing: what is protected stays."""

from __future__ import annotations

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from landform.rehearse.extensions import method_of

_delete_load_balancer = ELBv2Backend.delete_load_balancer


@method_of(ELBv2Backend)
def delete_load_balancer(self: ELBv2Backend, arn: str) -> None:
    """moto deletes balancers that are protected from it."""
    own = self.load_balancers.get(arn)
    if own is not None and own.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError("OperationNotPermitted", f"Load balancer '{arn}' is protected from deletion.")
    _delete_load_balancer(self, arn)
