"""Detectors of an account: which there are, and which of what they find is told.

Sources, read 2026-11-29: the user guides of GuardDuty ("Severity levels of GuardDuty findings", "Processing GuardDuty
findings with EventBridge"), IAM Access Analyzer ("Monitoring with EventBridge"), AWS Config
("Monitoring AWS Config with EventBridge") and Security Hub ("EventBridge event
formats", "AWS Security Finding Format").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Findings:
    """Events by which a detector tells of what it found, and what that means."""

    reason: str
    pattern: Mapping[str, Any]


_MEDIUM: Final = 4
"""GuardDuty's severities from here on: medium, high and critical."""

FINDINGS: Final[Mapping[str, Findings]] = {
    "guardduty": Findings(
        "GuardDuty saw something that looks like an attack",
        {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", _MEDIUM]}]},
        },
    ),
    "config": Findings(
        "something is no longer as a rule of AWS Config has it",
        {
            "source": ["aws.config"],
            "detail-type": ["Config Rules Compliance Change"],
            "detail": {
                "messageType": ["ComplianceChangeNotification"],
                "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
            },
        },
    ),
    "access-analyzer": Findings(
        "somebody outside of the account can reach something in it",
        {
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {"status": ["ACTIVE"]},
        },
    ),
    "securityhub": Findings(
        "Security Hub has a new finding, high or critical",
        {
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    # It takes in what the others find, who tell of it themselves.
                    "ProductName": [{"anything-but": ["GuardDuty", "IAM Access Analyzer"]}],
                    "RecordState": ["ACTIVE"],
                    "Severity": {"Label": ["HIGH", "CRITICAL"]},
                    "Workflow": {"Status": ["NEW"]},
                }
            },
        },
    ),
}
"""Detector → what it tells, each of it once."""
