"""How far behind a copy in another region is, and what a store outlives by itself.

Sources: S3 user guide, "Troubleshooting replication" ("the majority of objects replicate within 15 minutes", large ones
"can take up to several hours"); DynamoDB developer guide, "Tutorials: Creating global tables" (multi-Region eventual
consistency: changes "are typically replicated to all other regions within a second", and no agreement says so);
for zones, each service's developer guide, "Resilience" (all read 2026-11-29).
"""

from collections.abc import Mapping
from typing import Final

BEHIND: Final[Mapping[str, str]] = {
    "bucket": "minutes behind: most objects are copied within 15 minutes, some take hours",
    "table": "seconds behind: a write is usually copied within a second",
}
"""Kind of store → how far its copies in other regions are behind: the recovery point."""

BACKED_UP: Final = "up to a day behind: the last daily backup"
"""How far behind a copy of a backup is, which is made once a day and copied when it is done."""

STATE: Final = "minutes behind: a copy of the watch's state goes to its bucket every 5 minutes"
"""How far behind a watch is that goes on from a copy; a test holds this against the agent's configuration."""

REGIONAL: Final = frozenset({"bucket", "efs", "endpoint", "queue", "secret", "service", "stream", "table"})
"""Kinds of stores that AWS keeps in several zones of a region, so that one zone takes nothing away."""
