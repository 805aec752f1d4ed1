"""`landform preflight`: shortages, names, zones and certificates planted in an account are found, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.account import empty, log_in

from landform.catalog.quotas import ADDRESSES, CONCURRENCY, NETWORKS, UNRESERVED, known, machines, vcpus
from landform.cli import main
from landform.diagnostics import Diagnostic
from landform.operate.preflight import preflight
from landform.operate.preflight.needs import Need, needs
from landform.operate.preflight.quotas import Available, judged
from landform.pipeline import analyse
from landform.plan import Plan
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
SESSION = boto3.Session()
"""One for all tests: it keeps the descriptions of the services, which take a second to read."""
HEAD = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
"""
SPOT_GPU = vcpus("g5.xlarge", spot=True)
STANDARD = vcpus("m7i.large", spot=False)


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


def planned(folder: Path, body: str) -> Plan:
    file = folder / "demo.yaml"
    file.write_text(HEAD + body)
    analysis = analyse(file)
    assert analysis.plan is not None
    assert analysis.sound, analysis.diagnostics
    return analysis.plan


def told(found: tuple[Diagnostic, ...], code: str) -> list[tuple[str, str]]:
    return [(d.severity, ".".join(map(str, d.path))) for d in found if d.code == code]


def amounts(plan: Plan) -> dict[str, tuple[float, float]]:
    return {need.quota.name: (need.low, need.high) for need in needs(plan)}


# --- what a system needs, from its plan alone


def test_a_machine_needs_the_vcpus_of_its_group_and_way_of_buying(tmp_path: Path) -> None:
    gpu, box = "{instance: g5.xlarge, image: base-gpu, purchase: spot}", "{instance: m7i.large, image: al2023}"
    found = amounts(planned(tmp_path, f"machines: {{gpu: {gpu}, box: {box}}}\n"))
    assert found[SPOT_GPU.name] == (4, 4)
    assert found[STANDARD.name] == (2, 2)
    assert found[NETWORKS.name] == (1, 1)
    assert found[ADDRESSES.name][0] >= 1


def test_a_pool_needs_its_least_at_once_and_its_most_in_the_end(tmp_path: Path) -> None:
    body = "train: {fit: {platform: ec2, instance: c7i.2xlarge, image: al2023, pool: 1..4, command: run, code: code}}\n"
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "run.py").write_text("print()\n")
    assert amounts(planned(tmp_path, body))[STANDARD.name] == (8, 32)


def test_what_spot_does_not_buy_counts_on_demand(tmp_path: Path) -> None:
    capacity = "{spot: 50%, on_demand_base: 1}"
    body = (
        "train: {fit: {platform: ec2, instance: c7i.2xlarge, image: al2023, pool: 3..3,"
        f" capacity: {capacity}, command: run}}}}\n"
    )
    found = amounts(planned(tmp_path, body))
    assert found[STANDARD.name] == (16, 16)
    assert found[vcpus("c7i.2xlarge", spot=True).name] == (8, 8)


def test_sagemakers_machines_are_counted_by_type_and_use(tmp_path: Path) -> None:
    body = """\
data: {models: {kind: bucket}}
train: {fit: {platform: sagemaker, instance: ml.m7i.xlarge, image: xgboost-1.7, output: models}}
serve: {score: {platform: sagemaker, model: train.fit, instance: ml.c7i.xlarge,
  scale: {min: 2, max: 6, target: 100 invocations/min}}}
"""
    found = amounts(planned(tmp_path, body))
    assert found[machines("ml.m7i.xlarge", "training job").name] == (1, 1)
    assert found[machines("ml.c7i.xlarge", "endpoint").name] == (2, 6)


def test_reserved_concurrency_leaves_some_for_the_rest(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    call = "{code: code, handler: app.handler, runtime: python3.13, trigger: {schedule: rate(5 minutes)}"
    body = f"functions: {{one: {call}, concurrency: 30}}, two: {call}}}}}\n"
    assert amounts(planned(tmp_path, body))[CONCURRENCY.name] == (30 + UNRESERVED, 30 + UNRESERVED)


@pytest.mark.parametrize(
    ("type_name", "spot", "code"),
    [
        ("g6e.xlarge", False, "L-DB2E81BA"),
        ("gr6.4xlarge", True, "L-3819A6DF"),
        ("p5en.48xlarge", True, "L-7212CCBC"),
        ("trn2.48xlarge", False, "L-2C3B7624"),
        ("inf2.xlarge", True, "L-B5D1601B"),
        ("hpc7a.96xlarge", True, "L-F7808C92"),
        ("im4gn.large", False, "L-1216C47A"),
        ("t3.small", True, "L-34B43A08"),
    ],
)
def test_each_family_has_the_quota_of_its_group(type_name: str, spot: bool, code: str) -> None:
    assert vcpus(type_name, spot=spot).code == code


def test_no_code_stands_for_two_quotas() -> None:
    codes = [(quota.service, quota.code) for quota in known()]
    assert len(set(codes)) == len(codes)


# --- against what there is


@pytest.mark.parametrize(
    ("available", "severity"),
    [
        (Available(8, 0), None),
        (Available(9, 1), None),
        (Available(7, 0), "warning"),
        (Available(8, 1), "warning"),
        (Available(3, 0), "error"),
        (Available(8, 5), "error"),
        (None, "warning"),
    ],
)
def test_too_little_at_once_is_an_error_and_in_the_end_a_warning(
    available: Available | None, severity: str | None
) -> None:
    found = list(judged(Need(SPOT_GPU, REGION, 4, 8, (("train", "t"),)), available))
    assert [d.severity for d in found] == ([severity] if severity else [])


def test_a_shortage_is_gone_once_the_request_is_granted(
    aws: EmbeddedAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planned(tmp_path, "machines: {gpu: {instance: g5.xlarge, image: base-gpu, purchase: spot}}\n")
    spec = str(tmp_path / "demo.yaml")
    assert main(["preflight", spec]) == 1
    said = capsys.readouterr().err
    assert "demo.yaml:6:12: error[LF0920]: the quota 'All G and VT Spot Instance Requests' in us-east-1 is 0" in said
    assert "--quota-code L-3819A6DF --desired-value 4 --region us-east-1" in said
    aws.client("service-quotas", REGION).request_service_quota_increase(
        ServiceCode="ec2", QuotaCode=SPOT_GPU.code, DesiredValue=4
    )
    assert main(["preflight", spec]) == 1
    said = capsys.readouterr().err
    assert "LF0920" not in said
    assert "error[LF0925]: AWSServiceRoleForEC2Spot does not exist" in said
    assert "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com" in said
    aws.client("iam", REGION).create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    assert main(["preflight", spec]) == 0
    assert "LF092" not in capsys.readouterr().err


def test_what_others_use_is_not_there_and_what_the_system_has_is(aws: EmbeddedAws, tmp_path: Path) -> None:
    plan = planned(tmp_path, "machines: {box: {instance: m7i.xlarge, image: al2023}}\n")
    ec2 = aws.client("ec2", REGION)

    def start(system: str) -> None:
        tags = [{"Key": "landform:system", "Value": system}, {"Key": "landform:environment", "Value": "development"}]
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        told = [{"ResourceType": "instance", "Tags": tags}]
        ec2.run_instances(ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=1, TagSpecifications=told)

    start("demo")
    assert told(preflight(SESSION, plan), "LF0920") == []
    start("another")
    assert told(preflight(SESSION, plan), "LF0920") == [("error", "machines.box")]


def test_what_others_reserve_of_lambda_is_not_there(aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    call = "{code: code, handler: app.handler, runtime: python3.13, trigger: {schedule: rate(5 minutes)}"
    plan = planned(tmp_path, f"functions: {{one: {call}, concurrency: 300}}}}\n")
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = aws.client("iam", REGION).create_role(RoleName="theirs", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    client = aws.client("lambda", REGION)
    client.create_function(
        FunctionName="theirs", Role=role, Code={"ZipFile": b"x"}, Handler="a.b", Runtime="python3.13"
    )
    assert told(preflight(SESSION, plan), "LF0920") == []
    client.put_function_concurrency(FunctionName="theirs", ReservedConcurrentExecutions=700)
    (found,) = [d for d in preflight(SESSION, plan) if d.code == "LF0920"]
    assert "is 1000, of which others use 700" in found.message


def test_machines_of_endpoints_of_others_are_not_there(aws: EmbeddedAws, tmp_path: Path) -> None:
    body = """\
data: {models: {kind: bucket}}
train: {fit: {platform: sagemaker, instance: ml.m7i.xlarge, image: xgboost-1.7, output: models}}
serve: {score: {platform: sagemaker, model: train.fit, instance: ml.c7i.xlarge, scale: {min: 1}}}
"""
    plan = planned(tmp_path, body)
    sagemaker = aws.client("sagemaker", REGION)
    sagemaker.create_model(ModelName="theirs", ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/theirs")
    variant = {"VariantName": "all", "ModelName": "theirs", "InitialInstanceCount": 3, "InstanceType": "ml.c7i.xlarge"}
    sagemaker.create_endpoint_config(EndpointConfigName="theirs", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="theirs", EndpointConfigName="theirs")
    (found,) = [d for d in preflight(SESSION, plan) if d.code == "LF0920" and "endpoint" in d.message]
    assert "is 0, of which others use 3; serve.score needs 1 at once" in found.message
    assert "Ask for 4 in the console" in (found.remedy or "")


def test_the_role_of_config_has_to_be_there(aws: EmbeddedAws, tmp_path: Path) -> None:
    plan = planned(tmp_path, "data: {notes: {kind: bucket}}\naudit: {trail: existing, detect: [config]}\n")
    assert told(preflight(SESSION, plan), "LF0925") == [("error", "audit.detect")]
    aws.client("iam", REGION).create_service_linked_role(AWSServiceName="config.amazonaws.com")
    assert told(preflight(SESSION, plan), "LF0925") == []


def test_the_buckets_of_trail_and_records_are_asked_for(aws: EmbeddedAws, tmp_path: Path) -> None:
    plan = planned(tmp_path, "data: {notes: {kind: bucket}}\naudit: {trail: all-regions, detect: [config]}\n")
    assert plan.trail is not None and plan.records is not None
    for name in (plan.trail.bucket, plan.records.name):
        aws.client("s3", REGION).create_bucket(Bucket=name)
    assert len(told(preflight(SESSION, plan), "LF0921")) == 2


def test_a_bucket_of_that_name_is_taken_unless_it_is_the_systems(aws: EmbeddedAws, tmp_path: Path) -> None:
    plan = planned(tmp_path, "data: {notes: {kind: bucket}}\n")
    (bucket,) = plan.buckets
    s3 = aws.client("s3", REGION)
    assert told(preflight(SESSION, plan), "LF0921") == []
    s3.create_bucket(Bucket=bucket.name)
    assert told(preflight(SESSION, plan), "LF0921") == [("error", "data.notes")]
    tags = {"landform:system": "demo", "landform:environment": "development"}
    s3.put_bucket_tagging(Bucket=bucket.name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags.items()]})
    assert told(preflight(SESSION, plan), "LF0921") == []


def test_roles_functions_and_tables_of_others_are_in_the_way(aws: EmbeddedAws, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    plan = planned(
        tmp_path,
        "data: {rows: {kind: table, key: id}}\n"
        "functions: {one: {code: code, handler: app.handler, runtime: python3.13,"
        " trigger: {schedule: rate(5 minutes)}, reads: [rows]}}\n",
    )
    (function,), (table,) = plan.functions, plan.stores
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = aws.client("iam", REGION).create_role(RoleName=function.role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.client("dynamodb", REGION).create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("lambda", REGION).create_function(
        FunctionName=function.physical, Role=role, Code={"ZipFile": b"x"}, Handler="a.b", Runtime="python3.13"
    )
    found = told(preflight(SESSION, plan), "LF0921")
    assert found == [("error", "functions.one"), ("error", "functions.one"), ("error", "data.rows")]


@pytest.mark.parametrize("region", ["ap-east-1", "xx-nowhere-1"])
def test_a_region_that_is_not_enabled_is_found_before_anything_else(
    aws: EmbeddedAws, tmp_path: Path, region: str
) -> None:
    plan = planned(tmp_path, "data: {notes: {kind: bucket}}\n")
    regions = plan.system.regions.model_copy(update={"replicas": (region,)})
    grown = replace(plan, system=plan.system.model_copy(update={"regions": regions}))
    assert [(d.code, d.severity) for d in preflight(SESSION, grown)] == [("LF0922", "error")]


def test_a_zone_that_the_account_lacks_is_found(aws: EmbeddedAws, tmp_path: Path) -> None:
    plan = planned(tmp_path, "machines: {box: {instance: m7i.large, image: al2023}}\n")
    network = plan.networks[REGION]
    zones = (replace(network.zones[0], id="use1-az99"), *network.zones[1:])
    (found,) = preflight(SESSION, replace(plan, networks={REGION: replace(network, zones=zones)}))
    assert (found.code, found.severity) == ("LF0922", "error")
    assert "use1-az99 is not there for this account" in found.message
    assert "use1-az1" in (found.remedy or "")


def test_certificates_and_zones_are_looked_up(aws: EmbeddedAws, tmp_path: Path) -> None:
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"
    zone = aws.client("route53", REGION).create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]
    (tmp_path / "setup.sh").write_text("true\n")
    site = (
        "serve: {api: {platform: ec2, instance: m7i.large, image: al2023, setup: setup.sh, port: 8080, public: true,"
        " domain: api.example.com, zone: Z0123456789, certificate: '%s'}}\n"
    )
    id_ = zone["Id"].rpartition("/")[2]
    wrong = in_zone(planned(tmp_path, site % arn), id_)
    found = told(preflight(SESSION, wrong), "LF0923")
    assert found == [("error", "serve.api.certificate"), ("error", "serve.api.zone")]
    issued = aws.client("acm", REGION).request_certificate(DomainName="api.example.org")["CertificateArn"]
    right = in_zone(planned(tmp_path, (site % issued).replace("example.com", "example.org")), id_)
    left = [d for d in preflight(SESSION, right) if d.code == "LF0923"]
    assert [d.path[-1] for d in left] in ([], ["certificate"])
    assert all("not ISSUED" in d.message for d in left)


def in_zone(plan: Plan, id_: str) -> Plan:
    """The hosted zones of the embedded AWS have ids that the language does not take for any."""
    hosts = (replace(host, spec=host.spec.model_copy(update={"zone": id_})) for host in plan.hosts)
    return replace(plan, hosts=tuple(hosts))


@pytest.mark.parametrize("detector", ["guardduty", "access-analyzer", "securityhub", "config"])
def test_a_detector_that_the_account_has_is_found(aws: EmbeddedAws, tmp_path: Path, detector: str) -> None:
    plan = planned(tmp_path, f"data: {{notes: {{kind: bucket}}}}\naudit: {{trail: existing, detect: [{detector}]}}\n")
    assert told(preflight(SESSION, plan), "LF0924") == []
    own: dict[str, Any] = {"landform:system": "demo", "landform:environment": "development"}
    if detector == "guardduty":
        aws.client("guardduty", REGION).create_detector(Enable=True)
    elif detector == "access-analyzer":
        aws.client("accessanalyzer", REGION).create_analyzer(analyzerName="theirs", type="ACCOUNT")
    elif detector == "config":
        recorder = {"name": "default", "roleARN": "arn:aws:iam::123456789012:role/config"}
        aws.client("config", REGION).put_configuration_recorder(ConfigurationRecorder=recorder)
    else:
        aws.client("securityhub", REGION).enable_security_hub(Tags=own)
    (found,) = [d for d in preflight(SESSION, plan) if d.code == "LF0924"]
    assert found.severity == ("warning" if detector == "securityhub" else "error")
