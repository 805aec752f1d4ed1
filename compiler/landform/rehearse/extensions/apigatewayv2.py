"""API Gateway: what a name of an API's own leads to."""

from __future__ import annotations

from typing import Any

from moto.apigatewayv2.models import ApiGatewayV2Backend, DomainName

from landform.rehearse.extensions import method_of

_create, _to_json = ApiGatewayV2Backend.create_domain_name, DomainName.to_json


@method_of(ApiGatewayV2Backend)
def create_domain_name(self: ApiGatewayV2Backend, *args: Any, **kwargs: Any) -> DomainName:
    """moto says of a name neither that it stands nor where a record of it leads."""
    made = _create(self, *args, **kwargs)
    for configuration in made.domain_name_configurations:
        configuration |= {
            "apiGatewayDomainName": f"d-landform.execute-api.{self.region_name}.amazonaws.com",
            "domainNameStatus": "AVAILABLE",
            "hostedZoneId": "Z0000000000000000000A",
        }
    return made


@method_of(DomainName)
def to_json(self: DomainName) -> dict[str, Any]:
    """moto answers of clients' certificates, which nobody asked for, as if there were some."""
    return {key: value for key, value in _to_json(self).items() if key != "mutualTlsAuthentication" or value}
