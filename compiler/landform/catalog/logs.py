"""CloudWatch Logs: how long a log group can keep what is written."""

from typing import Final

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The periods that exist (CloudWatch Logs API, PutRetentionPolicy, read 2026-11-23)."""


LOG_DAYS: Final = 365
"""How long logs are kept where the spec does not say: CIS and checkov (CKV_AWS_338) ask for a year."""


def log_retention(days: int) -> int:
    """Return the shortest period that keeps a log for at least `days`, or the longest there is."""
    return next((period for period in RETENTION_DAYS if period >= days), RETENTION_DAYS[-1])


DELIVERED: Final = "/aws/vendedlogs"
"""What the names of log groups begin with to which AWS delivers: of all others the resource policy of the account's
logs must speak, which ten statements fill (CloudWatch Logs user guide, "Enable logging from AWS services", read
2026-11-29)."""
