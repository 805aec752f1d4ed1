from __future__ import annotations

import re
from pathlib import Path

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inventory import INBORN, KINDS, PARTS, left_behind, meant_to_stay, take_inventory, unlisted

MODULES = Path(__file__).parents[2] / "modules"


def test_all_that_the_modules_make_is_looked_for_after_a_destroy() -> None:
    made = {
        type_
        for path in MODULES.glob("*/*.tf")
        for type_ in re.findall(r'^resource "(\w+)"', path.read_text(), re.MULTILINE)
    }
    assert made
    assert made - KINDS.keys() - PARTS == set()


def test_a_new_account_holds_nothing_but_what_is_looked_at_before_the_build() -> None:
    with EmbeddedAws("444455556666") as aws:
        everything = take_inventory(aws, ["us-east-1", "eu-west-1"])
        assert everything == take_inventory(aws, ["us-east-1", "eu-west-1"], INBORN)
        assert {type_ for type_, _, _ in everything} >= {"aws_vpc", "aws_subnet", "aws_ebs_snapshot"}


def test_a_type_that_nobody_lists_is_named() -> None:
    own = Applied("aws_lightsail_instance.mine", "aws_lightsail_instance", "us-east-1", {})
    assert unlisted([own]) == {"aws_lightsail_instance"}


def test_a_final_snapshot_may_stay_where_it_was_asked_for() -> None:
    snapshot = ("aws_ebs_snapshot", "us-east-1", "snap-1")
    volume = ("aws_ebs_volume", "us-east-1", "vol-1")
    after = frozenset({snapshot, volume})
    protected = Applied("aws_ebs_volume.data", "aws_ebs_volume", "us-east-1", {"final_snapshot": True})
    assert left_behind(frozenset(), after, []) == after
    assert left_behind(frozenset(), after, [protected]) == {volume}
    assert left_behind(after, after, []) == frozenset()


def environment(region: str, keep: bool) -> list[Applied]:
    kind, logs = "aws_elastic_beanstalk_environment", "aws_cloudwatch_log_group"
    group = {"name": "/aws/elasticbeanstalk/demo/var/log/web.stdout.log", "skip_destroy": keep}
    return [Applied(f"{kind}.this", kind, region, {"name": "demo"}), Applied(f"{logs}.this", logs, region, group)]


def test_what_aws_keeps_for_an_environment_of_beanstalk_stays() -> None:
    own = ("aws_s3_bucket", "", "elasticbeanstalk-eu-west-1-123456789012")
    other = ("aws_s3_bucket", "", "elasticbeanstalk-us-east-1-123456789012")
    logs = ("aws_cloudwatch_log_group", "eu-west-1", "/aws/elasticbeanstalk/demo/var/log/web.stdout.log")
    stray = ("aws_cloudwatch_log_group", "eu-west-1", "/aws/elasticbeanstalk/demo/var/log/made-by-aws.log")
    after = frozenset({own, other, logs, stray})
    assert left_behind(frozenset(), after, []) == after
    assert left_behind(frozenset(), after, environment("eu-west-1", keep=True)) == {other, stray}
    assert left_behind(frozenset(), after, environment("us-east-1", keep=True)) == {own, logs, stray}
    assert left_behind(frozenset(), after, environment("eu-west-1", keep=False)) == {other, logs, stray}
    assert meant_to_stay(frozenset(), after, environment("eu-west-1", keep=True)) == {own, logs}
    assert meant_to_stay(after, after, environment("eu-west-1", keep=True)) == frozenset()
