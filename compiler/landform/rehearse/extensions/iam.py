"""IAM: another audience for an OIDC provider that stands."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.responses import IamResponse

from landform.rehearse.extensions import method_of


@method_of(IamResponse)
def add_client_id_to_open_id_connect_provider(self: IamResponse) -> ActionResult:
    """moto makes providers with their audiences, and takes no more of them."""
    provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
    client = self._get_param("ClientID")
    if client not in provider.client_id_list:
        provider.client_id_list.append(client)
    return EmptyResult()
