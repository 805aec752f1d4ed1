"""The filters over the record of calls: all that the benchmark asks for, and patterns that CloudWatch Logs takes."""

from __future__ import annotations

import re

import pytest

from landform.catalog.cis import CONTROLS, PATTERN, Control

BENCHMARK = {
    "root-use": 'userIdentity.type="Root"',
    "unauthorized-calls": "UnauthorizedOperation",
    "sign-in-without-mfa": "MFAUsed",
    "iam-changes": "AttachRolePolicy",
    "trail-changes": "StopLogging",
    "sign-in-failures": "Failed authentication",
    "key-deletions": "ScheduleKeyDeletion",
    "bucket-policy-changes": "PutBucketPolicy",
    "config-changes": "StopConfigurationRecorder",
    "security-group-changes": "AuthorizeSecurityGroupIngress",
    "network-acl-changes": "CreateNetworkAclEntry",
    "gateway-changes": "AttachInternetGateway",
    "route-changes": "ReplaceRoute",
    "vpc-changes": "CreateVpcPeeringConnection",
}
"""Controls 4.1 to 4.14, and a piece of each pattern."""


def test_every_control_of_the_benchmark_is_there() -> None:
    assert {control.name for control in CONTROLS} == BENCHMARK.keys()
    assert len({control.metric for control in CONTROLS}) == len(CONTROLS)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
def test_a_pattern_is_whole_and_fits(control: Control) -> None:
    assert BENCHMARK[control.name] in control.pattern
    assert len(control.pattern) <= PATTERN
    assert (control.pattern[0], control.pattern[-1]) == ("{", "}")
    assert control.pattern.count("(") == control.pattern.count(")")
    assert control.pattern.count('"') % 2 == 0


def test_no_call_is_named_twice() -> None:
    for control in CONTROLS:
        named = re.findall(r"\$\.eventName=(\w+)", control.pattern)
        assert len(set(named)) == len(named), control.name
