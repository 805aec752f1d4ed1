"""`landform bootstrap`: told first, made on a yes, done twice without harm, and never over what is somebody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.account import empty, log_in

from landform.cli import main
from landform.exits import FINDINGS, FINE
from landform.operate.bootstrap.state import state
from landform.pipeline import planned
from landform.rehearse.embedded import EmbeddedAws
from landform.source import parse

REGION, ACCOUNT = "us-east-1", "123456789012"
ISSUER = "token.actions.githubusercontent.com"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/demo-dev-boundary"
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
state: {{bucket: acme-terraform-state, region: eu-west-1}}
iam: {{path: /landform/, permissions_boundary: "{BOUNDARY}"}}
data:
  files: {{kind: bucket}}
machines:
  box: {{instance: t4g.small, purchase: spot, reads: [files]}}
deliver: {{repo: github.com/example/demo, owner_id: "11", repo_id: "22", apply: {{branch: main, environment: live}}}}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as aws:
        yield aws


@pytest.fixture
def aws(running: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> EmbeddedAws:
    """An empty account, and credentials for it."""
    empty(running)
    log_in(monkeypatch, running)
    return running


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC)
    return file


def standing(aws: EmbeddedAws) -> dict[str, Any]:
    """All that a bootstrap makes, as it is read from the account."""
    iam, s3 = aws.client("iam", REGION), aws.client("s3", "eu-west-1")
    return {
        "buckets": [one["Name"] for one in s3.list_buckets()["Buckets"]],
        "roles": sorted(one["Path"] + one["RoleName"] for one in iam.list_roles()["Roles"]),
        "policies": sorted(one["Path"] + one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]),
        "providers": [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]],
    }


def test_the_first_run_makes_all_and_the_second_has_nothing_to_do(
    aws: EmbeddedAws, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bootstrap", str(spec), "--yes"]) == FINE
    told = capsys.readouterr().out
    assert told.index("state bucket acme-terraform-state: make it") < told.index("done 1/")
    assert standing(aws) == {
        "buckets": ["acme-terraform-state"],
        "roles": [
            "/aws-service-role/spot.amazonaws.com/AWSServiceRoleForspot",  # moto names it so
            "/landform-delivery/demo-dev-apply",
            "/landform-delivery/demo-dev-plan",
        ],
        "policies": [
            "/demo-dev-boundary",
            "/landform-delivery/demo-dev-apply-1",
            "/landform-delivery/demo-dev-apply-2",
            "/landform-delivery/demo-dev-plan-1",
        ],
        "providers": [f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"],
    }
    assert main(["bootstrap", str(spec), "--yes"]) == FINE
    assert capsys.readouterr().out.endswith("nothing to do\n")


def test_the_bucket_is_versioned_encrypted_shut_and_by_tls_alone(aws: EmbeddedAws, spec: Path) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    s3, name = aws.client("s3", "eu-west-1"), "acme-terraform-state"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert set(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()) == {True}
    (said,) = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert (said["Effect"], said["Principal"], said["Condition"]) == (
        "Deny",
        "*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_roles_trust_these_subjects_alone_and_are_bounded(aws: EmbeddedAws, spec: Path) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    iam = aws.client("iam", REGION)
    both = ("repo:example/demo", "repo:example@11/demo@22")
    after = {"plan": ("ref:refs/heads/main", "pull_request"), "apply": ("environment:live",)}
    for use, endings in after.items():
        role = iam.get_role(RoleName=f"demo-dev-{use}")["Role"]
        (said,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert said["Condition"] == {
            "StringEquals": {
                f"{ISSUER}:aud": "sts.amazonaws.com",
                f"{ISSUER}:sub": [f"{repository}:{each}" for repository in both for each in endings],
            }
        }
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY


@pytest.mark.parametrize("options", [("--dry-run",), ("--dry-run", "--yes"), ()])
def test_nothing_is_made_unless_somebody_says_yes(
    aws: EmbeddedAws, spec: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bootstrap", str(spec), *options]) == FINE
    assert "nothing is changed" in capsys.readouterr().out
    assert standing(aws) == {"buckets": [], "roles": [], "policies": [], "providers": []}


def test_a_provider_that_stands_serves_this_too(aws: EmbeddedAws, spec: Path) -> None:
    iam = aws.client("iam", REGION)
    made = iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["somebody"])
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"])
    assert sorted(found["ClientIDList"]) == ["somebody", "sts.amazonaws.com"]


def test_what_the_spec_says_now_is_put_right(aws: EmbeddedAws, spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    iam = aws.client("iam", REGION)
    iam.put_role_policy(RoleName="demo-dev-plan", PolicyName="more", PolicyDocument=DOCUMENT)
    iam.delete_role_permissions_boundary(RoleName="demo-dev-apply")
    aws.client("s3", "eu-west-1").delete_bucket_policy(Bucket="acme-terraform-state")
    spec.write_text(SPEC.replace("environment: live", "environment: other"))
    capsys.readouterr()
    assert main(["bootstrap", str(spec), "--yes"]) == FINE
    told = capsys.readouterr().out
    for each in (
        "take the inline policy more from it",
        f"bound it by {BOUNDARY}",
        "demo-dev-apply: trust whom the spec names",
        "without TLS",
    ):
        assert each in told
    assert "demo-dev-plan: trust" not in told
    assert main(["bootstrap", str(spec), "--yes"]) == FINE
    assert "nothing to do" in capsys.readouterr().out


def test_a_policy_keeps_as_many_versions_as_iam_does(aws: EmbeddedAws, spec: Path) -> None:
    for number in range(7):
        spec.write_text(
            SPEC
            + f"tags: {{round: r{number}}}\n"
            + f'secrets: {{s{number}: {{existing: "{SECRET}{number}-AbCdEf"}}}}\n'
        )
        text = spec.read_text().replace("reads: [files]", f"reads: [files], uses: [s{number}]")
        spec.write_text(text)
        assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    assert len(aws.client("iam", REGION).list_policy_versions(PolicyArn=BOUNDARY)["Versions"]) == 5


def test_how_long_a_role_may_be_had_for_is_put_right(aws: EmbeddedAws, spec: Path) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    iam = aws.client("iam", REGION)
    iam.update_role(RoleName="demo-dev-apply", MaxSessionDuration=3_600)
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    found = {use: iam.get_role(RoleName=f"demo-dev-{use}")["Role"]["MaxSessionDuration"] for use in ("plan", "apply")}
    assert found == {"plan": 3_600, "apply": 10_800}


def test_every_call_about_the_bucket_says_whose_it_has_to_be(aws: EmbeddedAws, spec: Path) -> None:
    """As S3 gets it: all but the one that makes the bucket, which then is the caller's."""
    source, _ = parse(spec.read_bytes(), spec.name)
    assert source is not None
    plan, _ = planned(source.data, spec)
    assert plan is not None
    session, sent = boto3.Session(), []
    heard = lambda request, **_: sent.append(dict(request.headers))  # noqa: E731
    session.events.register("before-send.s3", heard)
    for _ in range(2):  # of a bucket that is not there, and of one that is
        for step in state(session, plan).steps:
            step.act()
    owners = [headers.get("x-amz-expected-bucket-owner") for headers in sent]
    assert len(owners) == 12
    assert owners.count(None) == 1
    assert {owner.decode() if isinstance(owner, bytes) else owner for owner in owners if owner} == {ACCOUNT}


@pytest.mark.parametrize(
    "change",
    [
        {"Resource": "arn:aws:s3:::acme-terraform-state"},
        {"Resource": ["arn:aws:s3:::acme-terraform-state/*", "arn:aws:s3:::other"]},
        {"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:userid": "nobody"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}},
    ],
)
def test_a_denial_of_less_does_not_count_as_one(aws: EmbeddedAws, spec: Path, change: dict[str, Any]) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    s3, name = aws.client("s3", "eu-west-1"), "acme-terraform-state"
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    whole = policy["Statement"][0]
    less = whole | {"Sid": "Less"} | change
    # One statement may stand without a list.
    said = less if isinstance(less["Resource"], str) else [less]
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy | {"Statement": said}))
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    assert json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"] == [less, whole]


SAID = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [SAID]})
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:key"


def test_what_is_somebody_elses_is_never_changed(
    aws: EmbeddedAws, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    iam, s3 = aws.client("iam", REGION), aws.client("s3", "eu-west-1")
    iam.create_role(RoleName="demo-dev-apply", AssumeRolePolicyDocument=DOCUMENT)
    iam.create_policy(PolicyName="demo-dev-boundary", PolicyDocument=DOCUMENT)
    s3.create_bucket(Bucket="acme-terraform-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    before = standing(aws)
    assert main(["bootstrap", str(spec), "--yes"]) == FINDINGS
    told = capsys.readouterr()
    assert standing(aws) == before
    said = told.out + told.err
    assert "the role demo-dev-apply stands already and is not this system's" in said
    assert "the policy /demo-dev-boundary stands already" in said
    assert "the bucket acme-terraform-state stands already, `landform bootstrap` did not make it" in said
    assert said.count("LF0921") >= 3


def test_a_bucket_of_ones_own_that_is_as_it_must_be_is_taken(aws: EmbeddedAws, spec: Path) -> None:
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    aws.client("s3", "eu-west-1").delete_bucket_tagging(Bucket="acme-terraform-state")
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE


def test_a_boundary_of_another_name_has_to_stand(
    aws: EmbeddedAws, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace("demo-dev-boundary", "central"))
    assert main(["bootstrap", str(spec), "--yes"]) == FINDINGS
    assert "central does not stand" in "".join(capsys.readouterr())
    aws.client("iam", REGION).create_policy(PolicyName="central", PolicyDocument=DOCUMENT)
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE


def test_the_account_is_changed_where_that_is_asked(aws: EmbeddedAws, spec: Path) -> None:
    ec2 = aws.client("ec2", REGION)
    assert main(["bootstrap", str(spec), "--yes", "-q"]) == FINE
    assert not ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
    assert main(["bootstrap", str(spec), "--yes", "-q", "--singletons"]) == FINE
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
