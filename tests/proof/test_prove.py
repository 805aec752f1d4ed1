"""The proof on a small system, whole and with each mistake planted."""

import time
from dataclasses import replace
from typing import Any

import pytest

from landform.proof.ask import circumstances, situation
from landform.proof.evaluate import Request, decide
from landform.proof.prove import prove
from landform.proof.system import System

from .small import (
    ACCOUNT,
    BENCH,
    DATA,
    GRANTS,
    KEY_DATA,
    KEY_OTHER,
    OTHER,
    REGION,
    ROLE,
    ROLE_ADDRESS,
    SECTIONS,
    SYSTEM,
    VIA,
    allow,
    bucket,
    grant,
    holding,
    policy,
    told,
    with_policy,
)


def test_whole_system_is_proven() -> None:
    assert told(SYSTEM) == []


# ── sufficient ──


@pytest.mark.parametrize("missing", range(len(GRANTS)))
def test_a_dropped_statement_breaks_its_edge(missing: int) -> None:
    kept = (*GRANTS[:missing], *GRANTS[missing + 1 :])
    findings = told(holding(grants=kept))
    assert [code for code, _ in findings] == ["LF0809"] * len(GRANTS[missing].actions)
    assert f"{GRANTS[missing].edge} needs {GRANTS[missing].actions[0]}" in findings[0][1]


@pytest.mark.parametrize(
    ("system", "why"),
    [
        (with_policy(KEY_DATA, policy()), "neither allows it nor delegates"),
        (
            with_policy(
                "module.data_data.aws_s3_bucket.this",
                policy({"Sid": "Never", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}),
            ),
            "denied by a statement, Never",
        ),
        (replace(SYSTEM, endpoints=(replace(SYSTEM.endpoints[0], policy=policy()),)), "an endpoint policy"),
        (replace(SYSTEM, stores=SYSTEM.stores[:2]), "no key of the plan has the alias"),
    ],
)
def test_what_stands_in_the_way_is_named(system: System, why: str) -> None:
    assert any(code == "LF0809" and why in message for code, message in told(system))


def test_an_endpoint_of_another_region_is_not_on_the_way() -> None:
    elsewhere = replace(SYSTEM.endpoints[0], region="eu-west-1", policy=policy())
    assert told(replace(SYSTEM, endpoints=(elsewhere,))) == []


def test_a_grant_to_no_role() -> None:
    stranger = replace(GRANTS[0], principal=f"arn:aws:iam::{ACCOUNT}:role/gone")
    assert told(SYSTEM, (*GRANTS, stranger))[0][0] == "LF0809"


def test_a_finding_leads_to_the_edge() -> None:
    finding = prove(holding(grants=GRANTS[1:]), GRANTS, SECTIONS)[0]
    assert finding.path == ("machines", "bench", "reads", "data")


# ── minimal ──


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:PutObject", f"{DATA}/*"),
        allow("s3:GetObject", f"{OTHER}/*"),
        allow("s3:ListBucket", DATA, Condition={"StringLike": {"s3:prefix": "x/*"}}),
        allow("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*", Condition=VIA),
    ],
)
def test_what_no_edge_asked_for_is_found(statement: dict[str, Any]) -> None:
    assert ("LF0810", "Planted") in [(code, "Planted" * ("Planted" in m)) for code, m in told(holding(statement))]


def test_inverted_statements_are_never_backed() -> None:
    inverted = {"Sid": "Planted", "Effect": "Allow", "NotAction": ["s3:GetObject"], "Resource": f"{DATA}/*"}
    assert any(code == "LF0810" and "all but s3:getobject" in m for code, m in told(holding(inverted)))


def test_a_policy_from_elsewhere_is_not_proven() -> None:
    attached = replace(ROLE, foreign=("arn:aws:iam::aws:policy/AmazonS3FullAccess",))
    findings = told(replace(SYSTEM, roles=(attached,)))
    assert [(code, "AmazonS3FullAccess" in m) for code, m in findings] == [("LF0805", True)]


def test_a_policy_that_cannot_be_read_is_not_proven() -> None:
    unreadable = replace(SYSTEM, unreadable=((ROLE_ADDRESS, "it is not known before apply"),))
    assert [code for code, _ in told(unreadable)] == ["LF0805"]


# ── apart ──


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"])
def test_a_bucket_that_lets_a_stranger_in(action: str) -> None:
    planted = policy(allow(action, f"{OTHER}/*", Principal={"AWS": BENCH}))
    system = replace(with_policy("module.data_other.aws_s3_bucket.this", planted), endpoints=())
    assert [(code, action in m and OTHER in m) for code, m in told(system)] == [("LF0805", True)]


def test_a_key_that_lets_a_stranger_in() -> None:
    planted = policy(allow("kms:Decrypt", "*", Principal={"AWS": BENCH}))
    assert any("may kms:Decrypt" in m and "key/other" in m for _, m in told(with_policy(KEY_OTHER, planted)))


def test_a_grant_that_its_edge_does_not_explain() -> None:
    wrong_store = grant("s3:GetObject", f"{OTHER}/code/*")
    wrong_verb = grant("s3:PutObject", f"{DATA}/*")
    grants = (*GRANTS, wrong_store, wrong_verb)
    messages = [m for code, m in told(replace(holding(grants=grants), endpoints=()), grants) if code == "LF0805"]
    assert any("machines.bench.reads.data does not lead to arn:aws:s3:::acme-other/code/*" in m for m in messages)
    assert any("machines.bench.reads.data does not mean s3:PutObject" in m for m in messages)


def test_a_grant_by_pattern_reaches_every_bucket() -> None:
    grants = (*GRANTS, grant("s3:GetObject", "arn:aws:s3:::acme-*"))
    messages = [m for _, m in told(replace(holding(grants=grants), endpoints=()), grants)]
    assert any("does not lead to arn:aws:s3:::acme-*" in m for m in messages)


# ── escalation ──


@pytest.mark.parametrize(
    "action",
    [
        "iam:PassRole",
        "iam:PutRolePolicy",
        "kms:CreateAlias",
        "kms:UpdateAlias",
        "kms:Create*",
        "iam:*",
        "sts:AssumeRole",
    ],
)
def test_a_role_that_could_widen_its_access(action: str) -> None:
    extra = grant(action, "*", "machines.bench.shell")
    grants = (*GRANTS, extra)
    messages = [m for code, m in told(holding(grants=grants), grants) if code == "LF0805"]
    assert any("a role widens access by these" in m for m in messages)


# ── cost ──


def test_twice_the_roles_take_twice_the_time() -> None:
    """What a large system asks of `apart` grows with roles times stores; the best of three, as others compute."""
    one, two = (min(_ask_all(roles) for _ in range(3)) for roles in (26, 52))
    assert two < 3 * one


def _ask_all(roles: int) -> float:
    """Seconds of processor time for the calls of `roles` on 100 buckets, none of which is allowed."""
    verbs = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:PutBucketPolicy")
    stores = [bucket(f"b{n}", f"arn:aws:s3:::acme-b{n}", "") for n in range(100)]
    began = time.process_time()
    for role in (replace(ROLE, arn=f"{BENCH}{n}") for n in range(roles)):
        context = circumstances(SYSTEM, role.arn)
        for store in stores:
            requests = [Request(role.arn, verb, store.arn, context) for verb in verbs]
            policies = situation(SYSTEM, role, requests[0], store)
            assert not any(decide(request, policies).allowed for request in requests)
    return time.process_time() - began


# ── boundaries ──


def bounded(*statements: dict[str, Any]) -> System:
    return replace(SYSTEM, roles=(replace(SYSTEM.roles[0], boundary=(policy(*statements),)), *SYSTEM.roles[1:]))


def test_a_boundary_that_admits_what_the_edges_mean_changes_nothing() -> None:
    assert told(bounded(allow("s3:* kms:* logs:*", "*"))) == []


def test_a_boundary_that_is_narrower_breaks_the_edge() -> None:
    findings = told(bounded(allow("s3:GetObject kms:Decrypt logs:*", "*")))
    assert [code for code, _ in findings] == ["LF0809"]
    assert "needs s3:ListBucket" in findings[0][1]
    assert "another limit does not allow it" in findings[0][1]
