"""`landform sweep`: what AWS made for Studio is listed, and ended where that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.account import log_in

from landform.cli import main
from landform.exits import FINDINGS, FINE, MISSING
from landform.operate.studio import end, running
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data: {{rows: {{kind: bucket}}}}
studio: {{users: [ana], reads: [rows]}}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def spec(aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec, and an AWS for the programs of this process."""
    log_in(monkeypatch, aws)
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC)
    return file


def standing(aws: EmbeddedAws) -> str:
    """The domain of the spec with a user whose app runs; returns its id."""
    ec2, sagemaker = aws.client("ec2", REGION), aws.client("sagemaker", REGION)
    tags = [{"Key": "landform:system", "Value": "demo"}, {"Key": "landform:environment", "Value": "development"}]
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])
    vpc = made["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    arn = sagemaker.create_domain(
        DomainName="demo-dev-studio",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": f"arn:aws:iam::{ACCOUNT}:role/nobody"},
        SubnetIds=[subnet],
        VpcId=vpc,
    )["DomainArn"]
    own: dict[str, Any] = {"DomainId": arn.rpartition("/")[2]}
    sagemaker.create_user_profile(**own, UserProfileName="demo-dev-ana")
    sagemaker.create_app(**own, UserProfileName="demo-dev-ana", AppType="Canvas", AppName="default")
    return str(own["DomainId"])


def test_it_lists_and_with_yes_it_ends(aws: EmbeddedAws, spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    id_, sagemaker = standing(aws), aws.client("sagemaker", REGION)
    assert main(["sweep", str(spec)]) == FINE
    told = capsys.readouterr()
    assert "would end: Canvas of demo-dev-ana" in told.out + told.err
    assert "nothing is changed; with --yes it is" in told.out + told.err
    assert len(sagemaker.list_apps()["Apps"]) == 1
    assert main(["sweep", str(spec), "--yes"]) == FINE
    assert sagemaker.list_apps()["Apps"] == []
    sagemaker.delete_user_profile(DomainId=id_, UserProfileName="demo-dev-ana")
    sagemaker.delete_domain(DomainId=id_, RetentionPolicy={"HomeEfsFileSystem": "Delete"})
    capsys.readouterr()
    assert main(["sweep", str(spec), "--yes"]) == FINE
    told = capsys.readouterr()
    assert f"ends: security-group-for-inbound-nfs-{id_}" in told.out + told.err
    assert f"ends: security-group-for-outbound-nfs-{id_}" in told.out + told.err
    assert main(["sweep", str(spec), "--yes"]) == FINE
    told = capsys.readouterr()
    assert "nothing of Studio is in the way in us-east-1" in told.out + told.err


class Leaving:
    """SageMaker with an app that ends and one that runs: it refuses to end what ends already."""

    def __init__(self) -> None:
        self.apps = {"default": "Deleting", "other": "InService", "gone": "Deleted"}

    def get_paginator(self, operation: str) -> Any:
        found = {
            "list_domains": [{"DomainId": "d-1", "DomainName": "demo-dev-studio"}],
            "list_apps": [
                {"DomainId": "d-1", "SpaceName": "own", "AppType": "JupyterLab", "AppName": name, "Status": status}
                for name, status in self.apps.items()
            ],
        }[operation]
        return SimpleNamespace(paginate=lambda **_: SimpleNamespace(search=lambda _: iter(found)))

    def delete_app(self, **app: str) -> None:
        assert self.apps[app["AppName"]] == "InService", "ResourceInUse"
        self.apps[app["AppName"]] = "Deleting"


def test_what_ends_already_is_waited_for_and_not_ended_again() -> None:
    sagemaker, waits = Leaving(), []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        sagemaker.apps[next(name for name, status in sagemaker.apps.items() if status == "Deleting")] = "Deleted"

    found = running(lambda *_: sagemaker, REGION, "demo-dev-studio")
    assert [(app.name, app.going) for app in found] == [("default", True), ("other", False)]
    end(lambda *_: sagemaker, REGION, "demo-dev-studio", found, wait)
    assert set(sagemaker.apps.values()) == {"Deleted"} and len(waits) == 2


def test_it_touches_no_other_account(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(SPEC.replace(ACCOUNT, "999999999999"))
    assert main(["sweep", str(spec), "--yes"]) == FINDINGS
    told = capsys.readouterr()
    assert "the credentials are of account 123456789012" in told.out + told.err


def test_without_credentials_it_says_so(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["sweep", str(spec)]) == MISSING
    assert "no credentials are found" in capsys.readouterr().err
