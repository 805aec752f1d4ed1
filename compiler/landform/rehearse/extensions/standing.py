"""ACM and Route 53: certificates and hosted zones that a spec names and does not make.

An embedded AWS is empty, and the account of a spec is not: what the spec names by its ARN or its id stands there.
"""

from __future__ import annotations

from moto.acm.models import AWSCertificateManagerBackend
from moto.elbv2.models import ELBv2Backend
from moto.route53.models import FakeZone, Route53Backend

from landform.rehearse.extensions import method_of

_set_certificate_in_use_by = AWSCertificateManagerBackend.set_certificate_in_use_by
_exists = ELBv2Backend._certificate_exists
_get_hosted_zone = Route53Backend.get_hosted_zone


@method_of(AWSCertificateManagerBackend)
def set_certificate_in_use_by(self: AWSCertificateManagerBackend, arn: str, load_balancer_name: str) -> None:
    """moto knows the certificates that were made here; one of the account and region of the call stands already."""
    if arn in self._certificates or not _of(self, arn):
        _set_certificate_in_use_by(self, arn, load_balancer_name)


@method_of(ELBv2Backend)
def _certificate_exists(self: ELBv2Backend, certificate_arn: str) -> bool:
    """moto: the same, where a listener is told another certificate."""
    return _of(self, certificate_arn) or _exists(self, certificate_arn)


@method_of(Route53Backend)
def get_hosted_zone(self: Route53Backend, id_: str) -> FakeZone:
    """moto knows the zones that were made here; of another one nothing is known but that any name lies below `.`."""
    zone = id_.removeprefix("/hostedzone/")
    if zone not in self.zones:
        self.zones[zone] = FakeZone(".", zone, private_zone=False, caller_reference=zone)  # type: ignore[abstract]
    return _get_hosted_zone(self, id_)


def _of(backend: AWSCertificateManagerBackend | ELBv2Backend, arn: str) -> bool:
    return arn.startswith(f"arn:aws:acm:{backend.region_name}:{backend.account_id}:certificate/")
