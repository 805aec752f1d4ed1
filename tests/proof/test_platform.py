"""The proof on the platform of specs/training-platform.yaml, as it is compiled, and on what could go wrong with it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Decision, Policy, Request, Verdict
from landform.proof.grants import Grant, read_grants
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.store import Store
from landform.proof.system import System, read_system
from landform.rehearse.terraform import offline_plan

TREE = Path(__file__).parents[2] / "generated" / "training-platform" / "production"
GRANTS = read_grants(json.loads((TREE / "grants.json").read_text()))
ACCOUNT = "123456789012"
HEADER = "s3:x-amz-server-side-encryption"
WRITES = [g for g in GRANTS if "s3:PutObject" in g.actions]


@pytest.fixture(scope="module")
def platform() -> System:
    return read_system(read_plan(offline_plan(TREE)), ACCOUNT)


def told(system: System, grants: tuple[Grant, ...] = GRANTS) -> list[tuple[str, str]]:
    found = prove(system, grants, json.loads((TREE / "sourcemap.json").read_text()))
    return [(d.code, d.message) for d in found]


def test_the_platform_is_proven(platform: System) -> None:
    assert told(platform) == []


@pytest.mark.parametrize("write", WRITES, ids=lambda g: g.edge)
def test_the_plan_denies_a_weaker_encryption(platform: System, write: Grant) -> None:
    role = next(r for r in platform.roles if r.arn == write.principal)
    target = write.resources[0].replace("*", "x")

    def put(header: dict[str, tuple[str, ...]]) -> Decision:
        context = circumstances(platform, role.arn) | header
        return ask(platform, role, Request(role.arn, "s3:PutObject", target, context))

    assert put({HEADER: ("AES256",)}) == Decision(Verdict.DENIED, "DenyOtherEncryption")
    assert put({HEADER: ("aws:kms",)}).allowed
    assert put({}).allowed


def test_a_bucket_without_that_denial_is_found(platform: System) -> None:
    found = told(replace(platform, stores=tuple(_unsealed(s) for s in platform.stores)))
    assert {code for code, _ in found} == {"LF0805"}
    assert len(found) == len(WRITES)


def _unsealed(store: Store) -> Store:
    if store.policy is None:
        return store
    kept = tuple(s for s in store.policy.statements if s.sid != "DenyOtherEncryption")
    return replace(store, policy=Policy(kept))


EDGES = ["machines.workbench.logs", "train.graph.checkpoint.models", "data.models.replicate", "network", "audit"]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize(("bucket", "action"), [("audit", "s3:GetObject"), ("access-logs", "s3:DeleteBucket")])
def test_no_edge_leads_to_audit_or_access_logs(platform: System, edge: str, bucket: str, action: str) -> None:
    principal = next(g.principal for g in GRANTS if g.edge == edge)
    store = next(s for s in platform.stores if f"-{bucket}-" in s.arn)
    resource = store.arn if action == "s3:DeleteBucket" else f"{store.arn}/*"
    granted = Grant(principal, "Wide", (action,), (resource,), {}, edge)
    (finding,) = told(platform, (*GRANTS, granted))
    assert finding[1].startswith(f"{principal} is granted {action} on {resource}, but {edge} does not ")
