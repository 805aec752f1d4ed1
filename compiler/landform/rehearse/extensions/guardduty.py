"""GuardDuty: features of a detector that are turned on one by one."""

from __future__ import annotations

from typing import Any

from moto.guardduty.models import Detector

from landform.rehearse.extensions import method_of

_update = Detector.update


@method_of(Detector)
def update(
    self: Detector,
    enable: bool,
    finding_publishing_frequency: str,
    data_sources: dict[str, Any],
    features: list[dict[str, Any]],
) -> None:
    """moto forgets every feature that an update does not name."""
    known = {feature["name"]: feature for feature in (*self.features, *(features or ()))}
    _update(self, enable, finding_publishing_frequency, data_sources, list(known.values()))
