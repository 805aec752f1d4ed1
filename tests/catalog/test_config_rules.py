"""The rules of AWS Config that are switched on: AWS knows them, and what they judge can be built here."""

import gzip
import json
from importlib import resources

from landform.catalog.config_rules import RULES
from landform.file_systems import Efs, Lustre
from landform.plan import Bucket, Queue, Stream, Table


def managed() -> dict[str, dict[str, object]]:
    packed = resources.files("moto.config").joinpath("resources/aws_managed_rules.json.gz").read_bytes()
    text = gzip.decompress(packed)
    found: dict[str, dict[str, object]] = json.loads(text)["ManagedRules"]
    return found


def test_aws_has_every_rule_and_asks_for_no_parameter() -> None:
    known = managed()
    for name, rule in RULES.items():
        assert rule.identifier in known, (name, rule.identifier)


def test_what_a_rule_is_of_can_be_built() -> None:
    kinds = {each.kind for each in (Bucket, Efs, Lustre, Queue, Stream, Table)}
    assert {rule.of for rule in RULES.values()} <= kinds | {"host", "function", "key", "network", "topic", "trail"}


def test_no_rule_stands_twice() -> None:
    assert len({rule.identifier for rule in RULES.values()}) == len(RULES)
