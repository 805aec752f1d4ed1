"""Resources of the modules that no sample's rehearsal builds: module → block → why planning it is enough."""

from __future__ import annotations

from typing import Final

_CALLS: Final = "the same two rules as of machines, which are rehearsed (shared-files)"
_APIS: Final = "the same policy as of Beanstalk's instances, which is rehearsed (console)"
_BACK: Final = "the same two rules as of machines, which are rehearsed (shared-files)"
_SELF: Final = "the same two rules as of Batch's nodes, which are rehearsed (nightly)"


def _both(block: str, why: str) -> dict[str, str]:
    return {f"aws_vpc_security_group_{way}_rule.{block}": why for way in ("egress", "ingress")}


ONLY_PLANNED: Final[dict[str, dict[str, str]]] = {
    "backup": {
        "aws_backup_vault_lock_configuration.compliance": "AWS lets nobody open it; moto destroys it all the same",
        "aws_backup_vault_lock_configuration.governance": "AWS keeps what is locked; moto destroys it all the same",
    },
    "batch": {
        "aws_iam_role_policy.batch_apis": _APIS,
        **_both("calls", _CALLS),
        **_both("calls_back", "Batch mounts no Lustre; the module's text is that of the others that mount"),
    },
    "beanstalk": _both("calls", _CALLS),
    "detection": {"aws_securityhub_account.this": "its calls are tried by tests/rehearse/test_extensions_watching.py"},
    "endpoint": {
        "aws_appautoscaling_scheduled_action.this": "applied by tests/rehearsal/test_endpoints.py",
        "aws_iam_role_policy.endpoint_apis": _APIS,
        **_both("calls", _CALLS),
    },
    "fleet": {
        "aws_iam_role_policy.fleet_apis": _APIS,
        "aws_iam_role_policy.fleet_mounts": "the same policy as of machines, which is rehearsed (shared-files)",
        "aws_placement_group.this": "the same as of Batch's nodes, which is rehearsed (nightly)",
        "aws_vpc_security_group_ingress_rule.this": "no key of a training opens a port; machines have the same rule",
        **_both("calls", _CALLS),
    },
    "function": {"aws_iam_role_policy.function_apis": _APIS, **_both("calls", _CALLS)},
    "job": {"aws_iam_role_policy.job_apis": _APIS, **_both("calls", _CALLS), **_both("self", _SELF)},
    "machine": {"aws_iam_role_policy.machine_apis": _APIS},
    "studio": {
        "aws_iam_policy.studio_more": "takes a user with more edges than one policy holds",
        "aws_iam_role_policy_attachment.studio_more": "takes a user with more edges than one policy holds",
        **_both("calls", _CALLS),
    },
    "web": {"aws_iam_role_policy.web_apis": _APIS, **_both("calls_back", _BACK)},
}
