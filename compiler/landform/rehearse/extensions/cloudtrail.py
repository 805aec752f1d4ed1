"""CloudTrail: trails that go when they are deleted."""

from __future__ import annotations

from moto.cloudtrail.models import CloudTrailBackend

from landform.rehearse.extensions import method_of


@method_of(CloudTrailBackend)
def delete_trail(self: CloudTrailBackend, name: str) -> None:
    """moto finds the trail by its name only, and passes over an ARN in silence."""
    del self.trails[self.get_trail(name).trail_name]
