"""Hostile specs: names, references, blocks and networks that must not get through."""

import re
from ipaddress import IPv4Network

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.specs import outcome, outcome_of

from landform.emit.terraform import main_tf_json
from landform.emit.tree import tree
from landform.exposure import opens_to_the_world
from landform.lower.root import lower
from landform.spec.names import NAME

OURS = re.compile(r'\$\{(module\.[a-z]|path\.module\}/files/|file\("\$\{path\.module\}/files/)')


def machine(more: str) -> str:
    return f"machines: {{work: {{instance: t3.large, {more}}}}}\n"


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "A-b",
        "café",
        "a.b",
        "1ab",
        "ab-",
        "a--b",
        "😀😀",
        "раypal",
        "ab\u200f",
        "a" * 32,
        "a b",
        "${x}",
        "../x",
        "ab/cd",
    ],
)
def test_a_name_outside_the_rule_is_refused_with_the_rule(name: str) -> None:
    for text in (f"data: {{'{name}': {{kind: bucket}}}}\n", machine(f"was: '{name}'")):
        assert "2 to 31 lower-case letters" in outcome(text).one("LF0202").text
    whole = f"version: 1\nsystem: '{name}'\naccount: '123456789012'\nregions: {{primary: us-east-1}}\n"
    assert "2 to 31 lower-case letters" in outcome_of(whole).one("LF0202").text


def test_a_template_in_the_spec_reaches_no_expression() -> None:
    tags = "tags: {'${aws_x.y.z}': '${path.module}', '%{ if true }': '%{ endif }'}\n"
    env = machine(
        "env: {TEXT: '${file(\"/proc/self/environ\")} {{ 7 * 7 }}'}, shell: {key: '${x}', from: [10.0.0.0/8]}"
    )
    text = main_tf_json(lower(outcome(tags + env).sound)).decode()
    templates = re.findall(r"(?<!\$)\$\{.{0,40}", text)
    assert templates
    assert [found for found in templates if not OURS.match(found.replace('\\"', '"'))] == []
    assert re.search(r"(?<!%)%\{", text) is None


def test_jinja_in_a_value_stays_as_it_is() -> None:
    plan = outcome(machine("env: {TEXT: '{{ 7 * 7 }} {% raw %}'}")).sound
    assert b"{{ 7 * 7 }} {% raw %}" in tree(plan)["files/machines_work.sh"]


@pytest.mark.parametrize(
    ("edge", "code"),
    [("reads: [nothing]", "LF0203"), ("reads: [work]", "LF0204"), ("writes: ['']", "LF0203")],
)
def test_an_edge_to_nowhere_is_refused(edge: str, code: str) -> None:
    assert outcome(machine(edge)).errors == [code]


names = st.from_regex(re.compile(NAME), fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(names, st.lists(names, min_size=2, max_size=4, unique=True))
def test_no_two_resources_ever_share_a_name(system: str, entries: list[str]) -> None:
    text = (
        f"version: 1\nsystem: {system}\naccount: '123456789012'\n"
        "regions: {primary: ap-southeast-1, replicas: [us-east-1]}\n"
        + "data:\n"
        + "".join(f"  '{name}': {{kind: bucket, replicate: true}}\n" for name in entries)
        + "machines:\n"
        + "".join(f"  '{name}': {{instance: t3.large}}\n" for name in entries)
        + "audit: {trail: all-regions}\n"
    )
    result = outcome_of(text)
    assume("LF0106" not in result.codes)
    if result.errors:
        assert set(result.errors) == {"LF0208"}
        return
    plan = result.sound
    buckets = [b.name for b in (*plan.buckets, *plan.access_logs)] + [plan.trail.bucket if plan.trail else ""]
    roles = {g.principal for g in plan.grants}
    assert len(set(buckets)) == len(buckets)
    assert all(3 <= len(name) <= 63 for name in buckets)
    assert all(len(role.rpartition("/")[2]) <= 64 for role in roles)
    addresses = [module.address for module in lower(plan).modules]
    assert len(set(addresses)) == len(addresses)


TENTHS = [str(block) for block in IPv4Network("0.0.0.0/0").subnets(new_prefix=10)]

DISGUISES = {
    "whole": ["0.0.0.0/0"],
    "halves": ["0.0.0.0/1", "128.0.0.0/1"],
    "one half": ["128.0.0.0/1"],
    "quarters": ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2"],
    "1,000 blocks": TENTHS[:1000],
    "all but ours": [str(b) for b in IPv4Network("0.0.0.0/0").address_exclude(IPv4Network("203.0.113.0/24"))],
}


@pytest.mark.parametrize("blocks", DISGUISES.values(), ids=DISGUISES)
def test_ssh_to_the_world_is_refused_in_any_disguise(blocks: list[str]) -> None:
    listed = ", ".join(blocks)
    assert outcome(machine(f"shell: {{key: ops, from: [{listed}]}}")).errors == ["LF0603"]
    assert outcome(machine(f"ingress: {{sh: {{port: 22, from: [{listed}]}}}}")).errors == ["LF0603"]


def test_the_world_of_ipv6_is_no_block() -> None:
    assert "is not an IPv4 block" in outcome(machine("shell: {key: ops, from: ['::/0']}")).one("LF0202").message


@given(st.integers(0, 32))
def test_how_a_set_is_cut_does_not_matter(cuts: int) -> None:
    blocks = [IPv4Network("0.0.0.0/0")]
    for _ in range(cuts):
        first, *rest = blocks
        blocks = [*rest, *first.subnets()] if first.prefixlen < 32 else blocks
    assert opens_to_the_world(blocks)


@pytest.mark.parametrize("block", ["10.0.0.0/8", "203.0.113.7/32", "172.16.0.0/12", "52.0.0.0/8"])
def test_a_network_of_ones_own_is_not_the_world(block: str) -> None:
    assert outcome(machine(f"shell: {{key: ops, from: [{block}]}}")).errors == []


@pytest.mark.parametrize(
    ("existing", "code", "text"),
    [
        ("vpc: vpc-12345678, cidr: 10.65.0.0/16, private: [subnet-12345678]", "LF0305", "10.65.0.0/16 of eu-west-1"),
        ("vpc: vpc-12345678, cidr: 10.0.0.0/16, private: {use1-az9: subnet-12345678}", "LF0306", "'use1-az9'"),
        ("vpc: vpc-12345678, cidr: 10.0.0.0/16, private: [subnet-xyz]", "LF0202", "subnet-xyz"),
        ("vpc: acme, cidr: 10.0.0.0/16, private: [subnet-12345678]", "LF0202", "acme"),
    ],
)
def test_an_existing_network_that_does_not_fit_is_refused(existing: str, code: str, text: str) -> None:
    regions = "{primary: us-east-1, replicas: [eu-west-1]}"
    assert text in outcome(f"network: {{existing: {{us-east-1: {{{existing}}}}}}}\n", regions).one(code).text
