"""Security Hub: how a hub is set up, after it was switched on."""

from __future__ import annotations

import json
from typing import Any

from moto.securityhub.models import SecurityHubBackend
from moto.securityhub.responses import SecurityHubResponse

from landform.rehearse.extensions import method_of

_describe_hub = SecurityHubBackend.describe_hub


@method_of(SecurityHubResponse)
def update_security_hub_configuration(self: SecurityHubResponse) -> str:
    """moto knows how a hub is set up only from its beginning."""
    vars(self.securityhub_backend).setdefault("landform_set_up", {}).update(json.loads(self.body))
    return "{}"


@method_of(SecurityHubBackend)
def describe_hub(self: SecurityHubBackend, hub_arn: str | None = None) -> dict[str, Any]:
    """moto knows how a hub is set up only from its beginning."""
    set_up: dict[str, Any] = vars(self).get("landform_set_up", {})
    return {**_describe_hub(self, hub_arn), **set_up}
