"""Places: blocks that never move, zones by id."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.specs import CATALOG, outcome

from landform.passes.place import blocks
from landform.plan import Network

MACHINE = "machines: {work: {instance: t3.large}}\n"
VPC = "vpc: vpc-12345678, cidr: 10.64.0.0/16"

regions = st.lists(st.sampled_from(sorted(CATALOG.regions)), min_size=1, max_size=8, unique=True)


def listed(names: list[str]) -> str:
    return f"{{primary: {names[0]}, replicas: [{', '.join(names[1:])}]}}"


def network(sections: str = "", where: str = "{primary: us-east-1}") -> Network:
    return outcome(sections + MACHINE, where).sound.networks["us-east-1"]


@settings(max_examples=30, deadline=None)
@given(regions, st.randoms())
def test_a_region_keeps_its_block_whoever_its_neighbours_are(names: list[str], random: Random) -> None:
    alone = {name: blocks(outcome("", listed([name])).sound)[name] for name in names}
    random.shuffle(names)
    assert blocks(outcome("", listed(names)).sound) == alone


def test_the_blocks_of_all_regions_are_disjoint() -> None:
    every = blocks(outcome("", listed(sorted(CATALOG.regions))).sound)
    assert len(every) == len(CATALOG.regions)
    assert not any(one.overlaps(other) for one, other in combinations(every.values(), 2))


def test_a_retired_region_keeps_its_block() -> None:
    plan = outcome("", "{primary: us-east-1, retired: [eu-west-1]}").sound
    assert set(blocks(plan)) == {"us-east-1", "eu-west-1"}


@pytest.mark.parametrize("cidr", ["10.20.0.0/15", "10.64.0.0/10", "10.1.0.0/16", "172.16.0.0/20", "10.0.0.0/22"])
def test_the_subnets_of_a_network_are_disjoint_and_inside(cidr: str) -> None:
    own = network(f"network: {{cidr: {cidr}, zones: 5}}\n")
    subnets = [subnet for zone in own.zones for subnet in (zone.public, zone.private, zone.isolated)]
    assert all(subnet.subnet_of(own.block) and subnet.prefixlen <= 28 for subnet in subnets)
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert 16 <= own.block.prefixlen <= 22


def test_another_zone_moves_no_subnet() -> None:
    two, three = network("network: {zones: 2}\n"), network("network: {zones: 3}\n")
    assert three.zones[:2] == two.zones
    named = network("network: {zones: {us-east-1: [use1-az4]}}\n")
    assert named.zones == (network("network: {zones: 5}\n").zones[2],)


def test_zones_are_known_by_id_and_thin_ones_are_avoided() -> None:
    assert [zone.id for zone in network("network: {zones: 5}\n").zones] == [
        "use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6",
    ]  # fmt: skip
    found = outcome("network: {zones: 6}\n" + MACHINE).one("LF0306")
    assert found.text == ("us-east-1 has 5 zones that offer most instance types, and 6 are asked for. Write zones: 5.")


def test_a_thin_zone_is_used_where_it_is_named() -> None:
    assert [zone.id for zone in network("network: {zones: {us-east-1: [use1-az3, use1-az1]}}\n").zones] == [
        "use1-az1",
        "use1-az3",
    ]


@pytest.mark.parametrize(
    ("spec", "code", "path"),
    [
        ("zones: {us-east-1: [use1-az1, us-east-1a]}", "LF0306", ("network", "zones", "us-east-1", 1)),
        ("zones: {us-east-1: []}", "LF0306", ("network", "zones")),
        ("zones: {us-east-1: [use1-az1], eu-west-9: [euw9-az1]}", "LF0301", ("network", "zones", "eu-west-9")),
        ("cidr: 10.0.0.0/23", "LF0304", ("network", "cidr")),
        ("cidr: 8.8.0.0/16", "LF0304", ("network", "cidr")),
        ("cidr: {us-east-1: 10.0.0.0/15}", "LF0304", ("network", "cidr", "us-east-1")),
        ("cidr: {eu-west-1: 10.0.0.0/16}", "LF0301", ("network", "cidr", "eu-west-1")),
        ("cidr: {eu-west-1: 10.0.0.0/16}", "LF0304", ("network", "cidr")),
        (f"existing: {{eu-west-1: {{{VPC}, private: [subnet-12345678]}}}}", "LF0301",
         ("network", "existing", "eu-west-1")),
        (f"existing: {{us-east-1: {{{VPC}, private: {{nowhere: subnet-12345678}}}}}}", "LF0306",
         ("network", "existing", "us-east-1", "private", "nowhere")),
    ],
)  # fmt: skip
def test_a_place_that_does_not_exist_is_refused(spec: str, code: str, path: tuple[str | int, ...]) -> None:
    found = outcome(f"network: {{{spec}}}\n{MACHINE}").found
    assert path in [d.path for d in found if d.code == code]


def test_two_regions_of_one_slot_are_told_apart_by_hand() -> None:
    where = "{primary: us-east-1, replicas: [us-west-2]}"
    found = outcome("network: {cidr: 10.20.0.0/15}\n", where).one("LF0303")
    assert "us-east-1 and us-west-2 have the same slot of 10.20.0.0/15." in found.message
    assert "cidr: {us-east-1: …, us-west-2: …}" in found.remedy
    outcome("network: {cidr: {us-east-1: 10.20.0.0/16, us-west-2: 10.21.0.0/16}}\n", where).sound  # noqa: B018


def test_blocks_by_hand_must_not_meet() -> None:
    cidr = "{us-east-1: 10.20.0.0/16, eu-west-1: 10.20.128.0/20}"
    found = outcome(f"network: {{cidr: {cidr}}}\n", "{primary: us-east-1, replicas: [eu-west-1]}").one("LF0305")
    assert found.message == "10.20.128.0/20 of eu-west-1 overlaps 10.20.0.0/16 of us-east-1."
    assert found.related[0].path == ("network", "cidr", "us-east-1")


def test_an_existing_network_must_not_meet_another_region() -> None:
    existing = "existing: {us-east-1: {vpc: vpc-12345678, cidr: 10.65.0.0/16, private: [subnet-12345678]}}"
    where = "{primary: us-east-1, replicas: [eu-west-1]}"
    found = outcome(f"network: {{{existing}}}\n", where).one("LF0305")
    assert "the existing VPC of us-east-1 (10.65.0.0/16) overlaps 10.65.0.0/16 of eu-west-1." in found.message


def test_an_existing_network_is_used_as_it_is() -> None:
    own = network(f"network: {{existing: {{us-east-1: {{{VPC}, private: {{use1-az1: subnet-12345678}}}}}}}}\n")
    assert (own.zones, str(own.block)) == ((), "10.64.0.0/16")


def test_stores_alone_need_no_network() -> None:
    assert outcome("data: {logs: {kind: bucket}}\n").sound.networks == {}
