"""What watches the record of calls and what detectors find: who is told, in which region."""

from __future__ import annotations

import json
from typing import Any

from support.specs import module, outcome
from support.watches import BOX, NOTIFY, REPLICATED, STORES, watched

from landform.lower.root import lower
from landform.root import Output

AUDITED = "audit: {trail: all-regions}\n"


def test_what_the_record_is_watched_for_is_told_to_those_who_hear_of_the_system() -> None:
    root = lower(watched("  tell: pager\n" + AUDITED).sound)
    audit = module(root, "audit").variables
    assert "demo-dev-audit-root-use" in audit["watched"]
    assert [(t.module, t.name, t.keys) for t in audit["topic_arns"]] == [("monitor", "topic_arns", ("pager",))]
    assert module(root, "monitor").variables["shown"] == sorted(audit["watched"])


def test_without_listeners_the_record_is_watched_all_the_same() -> None:
    audit = module(lower(outcome(STORES + BOX + AUDITED).sound), "audit").variables
    assert len(audit["watched"]) == 14
    assert audit["topic_arns"] == []


def detections(sections: str) -> dict[str, Any]:
    regions = "{primary: us-east-1, replicas: [eu-west-1]}"
    root = lower(outcome(REPLICATED + NOTIFY + sections, regions=regions).sound)
    return {m.address: m.variables for m in root.modules if m.source == "detection"}


def test_detectors_stand_in_every_region_and_tell_there() -> None:
    found = detections("audit: {trail: existing, detect: [guardduty, access-analyzer]}\n")
    assert found.keys() == {"detection", "detection_eu_west_1"}
    abroad = found["detection_eu_west_1"]
    assert abroad["detectors"] == ["access-analyzer", "guardduty"]
    assert {topic.module for topic in abroad["topic_arns"].values()} == {"monitor_eu_west_1"}
    # The topic takes what rules say whose names begin like the system's.
    assert all(name.startswith("demo-dev-") for name in abroad["findings"])


def test_config_judges_what_is_built_and_delivers_to_one_bucket() -> None:
    found = detections("audit: {trail: all-regions, detect: [config]}\n")
    home, abroad = found["detection"]["config"], found["detection_eu_west_1"]["config"]
    assert home["bucket"] == abroad["bucket"] == Output("config", "name")
    assert (home["records_iam"], abroad["records_iam"]) == (True, False)
    assert {"demo-dev-trail-on", "demo-dev-key-rotated", "demo-dev-bucket-tls"} <= home["rules"].keys()
    assert "demo-dev-trail-on" not in abroad["rules"] and "demo-dev-key-rotated" in abroad["rules"]
    assert "demo-dev-stream-encrypted" not in home["rules"] | abroad["rules"]
    told = json.loads(found["detection"]["findings"]["demo-dev-config"]["pattern"])
    assert told["detail"]["configRuleName"] == [{"prefix": "demo-dev-"}]


def test_of_an_existing_config_every_rule_is_told() -> None:
    found = detections("audit: {trail: existing, detect: existing}\n")["detection"]
    assert found["config"] is None
    assert "configRuleName" not in json.loads(found["findings"]["demo-dev-config"]["pattern"])["detail"]


def test_existing_detectors_are_left_and_what_they_find_is_told() -> None:
    found = detections("audit: {trail: existing, detect: existing}\n")["detection"]
    assert found["detectors"] == []
    assert found["findings"].keys() == {
        *("demo-dev-access-analyzer", "demo-dev-config", "demo-dev-guardduty", "demo-dev-securityhub")
    }


def test_what_security_hub_takes_in_from_others_is_told_by_those_alone() -> None:
    pattern = json.loads(
        detections("audit: {trail: existing, detect: existing}\n")["detection"]["findings"]["demo-dev-securityhub"][
            "pattern"
        ]
    )
    assert pattern["detail"]["findings"]["ProductName"] == [{"anything-but": ["GuardDuty", "IAM Access Analyzer"]}]
