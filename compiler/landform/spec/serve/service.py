"""What a service is on every platform."""

from typing import Literal

from landform.spec.model import Model


class Service(Model):
    """A service, in the primary region or in all that are active."""

    regions: Literal["primary", "all"] = "primary"
