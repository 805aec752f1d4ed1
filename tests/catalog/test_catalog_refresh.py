"""Refreshing reads AWS through boto3.

EC2 is moto's. moto has no price list: botocore's Stubber answers for it, in the form of AWS's answers.
"""

import csv
import gzip
import json
import shutil
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from landform.catalog import Catalog, CatalogError, Price, Source, load, price_list
from landform.catalog.commands import refresh
from landform.catalog.store import PACKAGED

NOW = datetime(2027, 2, 3, 4, 5, tzinfo=UTC)
REGION = "me-south-1"
KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def product(name: str, usd: str, **attributes: str) -> str:
    """One entry of GetProducts' PriceList, cut to what tells prices apart."""
    rate = {"unit": "Hrs", "pricePerUnit": {"USD": usd}, "description": f"${usd} per On Demand Linux {name}"}
    terms = {"OnDemand": {"SKU.JRTCKXETXF": {"priceDimensions": {"SKU.JRTCKXETXF.6YS6EN2CT7": rate}}}}
    described = {"instanceType": name, "regionCode": REGION, "operatingSystem": "Linux", **attributes}
    return json.dumps({"product": {"productFamily": "Compute Instance", "attributes": described}, "terms": terms})


def fields(wanted: dict[str, str]) -> list[dict[str, str]]:
    return [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted.items()]


def rated(usage: str, unit: str, *usd: str, **attributes: str) -> str:
    """A product of the price list that is no instance: its usage type, and what it costs, tier by tier."""
    tiers = {str(n): {"unit": unit, "pricePerUnit": {"USD": each}} for n, each in enumerate(usd)}
    described = {"usagetype": usage, "regionCode": REGION, **attributes}
    return json.dumps(
        {"product": {"attributes": described}, "terms": {"OnDemand": {"SKU.1": {"priceDimensions": tiers}}}}
    )


MACHINES = [
    rated("MES1-Studio:JupyterLab-ml.c7i.xlarge", "Hrs", "0.28"),
    rated("MES1-Host:ml.c7i.xlarge", "Hrs", "0.26"),
    rated("MES1-Train:ml.c7i.xlarge", "Hrs", "0.27"),
    rated("MES1-Train:ml.c7i-flex.xlarge", "Hrs", "0.24"),
    rated("MES1-Studio:JupyterLab-ml.t3.medium", "Hrs", "0.06"),
    rated("MES1-Notebk:ml.t2.medium", "Hrs", "0.05"),
    rated("MES1-Host:ml.free.large", "Hrs", "0.0"),
    rated("MES1-Host:VolumeUsage.gp2", "GB-Mo", "0.15"),
    rated("MES1-Host:ml.odd.large", "GB-Mo", "0.15"),
]
# Written out from Infracost's filters and from what public readers of the list met, not from what the compiler asks;
# the prices are invented. `ours`: USD for one of what has a rate.
with (Path(__file__).parent / "price_list.tsv").open(newline="") as table:
    LISTED = tuple(csv.DictReader(table, delimiter="\t"))
# What stands beside them in the list: of NAT gateways, all that AmazonEC2 20260925174521 has in eu-west-1.
BESIDE = {
    ("AmazonEC2", "NAT Gateway"): [
        rated("MES1-NatGateway-Bytes", "GB", "0.9"),
        rated("MES1-RegionalNatGateway-Hours", "Hrs", "0.8"),
        rated("MES1-RegionalNatGateway-Bytes", "GB", "0.8"),
        rated("MES1-NatGateway-Prvd-Hours", "Hrs", "0.7"),
        rated("MES1-NatGateway-Prvd-Bytes", "GB", "0.7"),
    ],
    ("AWSELB", "Load Balancer-Application"): [rated("MES1-Outposts-LoadBalancerUsage", "Hrs", "0.7")],
    ("AmazonDynamoDB", "Provisioned IOPS"): [rated("MES1-IA-WriteCapacityUnit-Hrs", "WriteCapacityUnit-Hrs", "0.5")],
    ("AmazonKinesis", "Kinesis Streams"): [rated("MES1-Extended-ShardHour", "ShardHour", "0.02")],
    ("AmazonCloudWatch", "Alarm"): [rated("MES1-CW:HighResAlarmMonitorUsage", "Alarms", "0.3")],
    ("AmazonFSx", "Storage"): [
        rated("MES1-Storage", "GB-Mo", "0.1", operation="CreateFileSystem:Windows"),
        rated("MES1-Storage.SSD.200", "GB-Mo", "0.3", operation="CreateFileSystem:Lustre"),
    ],
    ("AmazonEFS", "Provisioned Throughput"): [rated("MES1-IncludedTP-MiBpsHrs", "MiBps-Mo", "0.0")],
}
QUERIES = sorted({(row["service"], row["family"]) for row in LISTED})


def listed(service: str, family: str) -> list[str]:
    """The products of a family that have a rate; what a free tier comes before is in it too."""
    return [
        rated(f"MES1-{row['usage_type']}", row["unit"], "0.0", row["usd"], **attributes)
        for row in LISTED
        if (row["service"], row["family"]) == (service, family)
        for attributes in (dict(pair.split("=") for pair in row["attribute"].split(";") if pair),)
    ]


def answer(stub: Stubber, asked: dict[str, object], *pages: list[str]) -> None:
    """Have a request answered page by page."""
    for number, page in enumerate(pages):
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        token = {"NextToken": str(number)} if number else {}
        stub.add_response("get_products", {"PriceList": page, **more}, {**asked, **token})


def answer_rates(stub: Stubber, answers: dict[tuple[str, str], list[str]]) -> None:
    """Have the rates answered, each on a second page."""
    for service, family in QUERIES:
        asked = {"ServiceCode": service, "Filters": fields({"productFamily": family, "regionCode": REGION})}
        answer(stub, asked, BESIDE.get((service, family), []), answers.get((service, family), []))


class AwsSession(boto3.Session):
    """A real session whose price list answers page by page, and checks what it is asked."""

    def client(self, service_name: str, *, region_name: str):
        client = super().client(service_name, region_name=region_name)
        if service_name == "pricing":
            stub = Stubber(client)
            linux = {
                "operatingSystem": "Linux",
                "tenancy": "Shared",
                "preInstalledSw": "NA",
                "capacitystatus": "Used",
                "marketoption": "OnDemand",
                "regionCode": REGION,
            }
            asked = {"ServiceCode": "AmazonEC2", "Filters": fields(linux)}
            answer(
                stub, asked, [product("m5.large", "0.5"), product("m5.xlarge", "0.0")], [product("c5.large", "0.25")]
            )
            machines = fields({"productFamily": "ML Instance", "regionCode": REGION})
            answer(stub, {"ServiceCode": "AmazonSageMaker", "Filters": machines}, MACHINES[:3], MACHINES[3:])
            answer_rates(stub, {query: listed(*query) for query in QUERIES})
            stub.activate()
        return client


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory):
    """A project's catalog that lacked m5.large and held a type that AWS has not, renewed in one region."""
    folder = tmp_path_factory.mktemp("project") / "landform-catalog"
    shutil.copytree(PACKAGED, folder)
    for name in ("types.json", "offerings.json"):
        lines = (folder / name).read_text().splitlines()
        gone = next(line for line in lines if line.startswith('"m5.xlarge"')).replace("m5.xlarge", "m5.gone")
        gone = gone.split(": ")[0] + ': "' + "0" * 30 + '",' if name == "offerings.json" else gone
        kept = [gone if line.startswith('"m5.large"') else line for line in lines]
        (folder / name).write_text("\n".join(kept))
    steps: list[str] = []
    with mock_aws():
        text = refresh(folder, [REGION], session=AwsSession(**KEYS), now=NOW, progress=steps.append)
    return Catalog(folder), text, steps


def test_what_aws_says_replaces_what_was_recorded(renewed):
    catalog, text, _ = renewed
    assert catalog.types["m5.large"] == load().types["m5.large"]
    assert catalog.zones_of("m5.large", REGION) == ("mes1-az1", "mes1-az2", "mes1-az3")
    assert "m5.gone" not in catalog.types
    assert "New types: m5.large." in text and "Types gone: m5.gone." in text


def test_prices_are_listed_no_longer_estimated(renewed):
    catalog = renewed[0]
    assert load().price("c5.large", REGION).estimated
    assert catalog.price("c5.large", REGION) == Price(0.25, estimated=False)
    assert catalog.price("m5.xlarge", REGION).estimated, "a price of zero is none"
    assert "m5.xlarge" not in catalog.listed_prices(REGION)
    assert catalog.spot_range("c5.large", REGION) == (0.00001, 0.00001)


def test_what_is_no_instance_costs_what_the_price_list_says(renewed):
    catalog = renewed[0]
    assert load().rate("nat-gateway", REGION).estimated
    expected = {row["item"]: float(row["ours"]) / {"month": 730, "hour": 1}[row["per"]] for row in LISTED}
    assert catalog.listed_rates(REGION) == pytest.approx(expected, rel=1e-5)
    assert catalog.rate("lustre-1000-gib", REGION).hourly == (0.001, 0.001)
    assert catalog.sources[f"rates {REGION}"].date == "2027-02-03"
    assert catalog.rate("key", REGION) == load().rate("key", REGION), "what holds everywhere is not asked for"
    assert catalog.is_refreshed(REGION) and not load().is_refreshed(REGION)


def rates_of(answers: dict[tuple[str, str], list[str]]) -> tuple[dict[str, float], list[str]]:
    client = boto3.client("pricing", region_name="us-east-1", **KEYS)
    stub = Stubber(client)
    answer_rates(stub, answers)
    stub.activate()
    return price_list.rates(client, REGION)


def test_a_rate_in_another_unit_is_left_and_told():
    throughput = ("AmazonEC2", "Provisioned Throughput")
    found, told = rates_of({throughput: [rated("MES1-EBS:VolumeP-Throughput.gp3", "MiBps-mo", "0.05")]})
    assert (found, told) == ({}, ["gp3-mib is left as it was: it is counted in MiBps-mo"])


def test_of_two_products_that_differ_neither_is_taken_and_both_are_told():
    gateways = ("AmazonEC2", "NAT Gateway")
    two = [rated("MES1-NatGateway-Hours", "Hrs", usd) for usd in ("0.05", "0.06")]
    assert rates_of({gateways: two}) == ({}, ["nat-gateway is left as it was: 0.05, 0.06 USD are asked for it"])
    assert rates_of({gateways: [two[0], two[0]]}) == ({"nat-gateway": 0.05}, [])


def test_sagemaker_s_machines_cost_what_the_price_list_says(renewed):
    catalog = renewed[0]
    assert load().managed_price("c7i.xlarge", REGION).estimated
    assert catalog.managed_price("c7i.xlarge", REGION) == Price(0.26, estimated=False), "an endpoint stands"
    assert catalog.listed_managed(REGION) == {"c7i.xlarge": 0.26, "c7i-flex.xlarge": 0.24, "t3.medium": 0.06}
    assert catalog.listed_managed("us-east-1") == load().listed_managed("us-east-1")


def test_a_refresh_keeps_what_aws_lists_no_longer(tmp_path: Path):
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "landform-catalog"))
    prices = json.loads((folder / "prices.json").read_text())
    before = {"date": "2026-12-01", "source": "a list of before", "usd_per_hour": {"t3.medium": 0.07, "c7i.large": 0.5}}
    rates = {"date": "2026-12-02", "source": "another", "usd_per_hour": {"nat-gateway": 0.051}}
    prices |= {"managed": {REGION: before}, "rates": {REGION: rates}}
    (folder / "prices.json").write_text(json.dumps(prices))
    for date in ("2027-02-03", "2027-02-03"):
        refresh(folder, [REGION], session=WithLocalZone(**KEYS), now=NOW)
        catalog = Catalog(folder)
        assert catalog.listed_managed(REGION) == {"t3.medium": 0.07, "c7i.large": 0.25}
        assert catalog.rate("nat-gateway", REGION).hourly == (0.051, 0.051)
        assert catalog.sources[f"SageMaker prices {REGION}"] == Source(
            date, "AWS Price List, AmazonSageMaker; what it lacks is of 2026-12-01, a list of before"
        )


def test_what_a_catalog_of_before_does_not_hold_stands_in_the_packaged_one(tmp_path: Path):
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "landform-catalog"))
    prices = json.loads((folder / "prices.json").read_text())
    (folder / "prices.json").write_text(json.dumps({k: v for k, v in prices.items() if k not in ("managed", "rates")}))
    old = Catalog(folder)
    for region in ("us-east-1", "eu-west-1"):
        price = old.managed_price("t3.medium", region)
        assert price is not None and price == load().managed_price("t3.medium", region)
    assert old.sources["SageMaker prices us-east-1"] == load().sources["SageMaker prices us-east-1"]
    assert old.rate("nat-gateway", "us-east-1") == load().rate("nat-gateway", "us-east-1")


def test_what_was_not_renewed_stays_and_keeps_its_date(renewed):
    catalog = renewed[0]
    assert catalog.sources[f"offerings {REGION}"].date == "2027-02-03"
    assert catalog.sources["offerings eu-west-1"] == load().sources["offerings eu-west-1"]
    assert catalog.date == load().date, "the oldest part counts"
    assert catalog.zones_of("g5.2xlarge", "eu-west-1") == load().zones_of("g5.2xlarge", "eu-west-1")
    assert catalog.price("g5.2xlarge", "eu-west-1") == load().price("g5.2xlarge", "eu-west-1")
    assert catalog.regions == load().regions


def test_progress_is_told_step_by_step(renewed):
    assert renewed[2] == [f"{REGION}: instance types and offerings", f"{REGION}: prices"]


def test_a_refusal_by_aws_leaves_the_catalog_whole(tmp_path: Path):
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "landform-catalog"))

    class Refused(boto3.Session):
        def client(self, service_name: str, *, region_name: str):
            client = super().client(service_name, region_name=region_name)
            stub = Stubber(client)
            stub.add_client_error("describe_instance_types", "AuthFailure", "the region is not enabled")
            stub.activate()
            return client

    with pytest.raises(ClientError, match="not enabled"):
        refresh(folder, [REGION], session=Refused(**KEYS), now=NOW)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {p.name: p.read_bytes() for p in PACKAGED.iterdir()}


def test_a_region_without_a_slot_is_refused_before_aws_is_asked(tmp_path: Path):
    with pytest.raises(CatalogError, match="no such region: mars-1"):
        refresh(tmp_path / "landform-catalog", ["mars-1"], session=AwsSession(**KEYS), now=NOW)


def described(name: str) -> dict:
    """What DescribeInstanceTypes would say of a type like m5.large."""
    record = (files("moto") / "ec2" / "resources" / "instance_types.json.gz").read_bytes()
    return {**json.loads(gzip.decompress(record))["m5.large"], "InstanceType": name}


class WithLocalZone(boto3.Session):
    """A region with one zone proper and a local zone in reach: cheaper, and with a type that only it has."""

    def client(self, service_name: str, *, region_name: str):
        client = super().client(service_name, region_name=region_name)
        stub = Stubber(client)
        if service_name == "pricing":
            listed = [product("m5.large", "0.5"), product("c5.large", "0.25")]
            stub.add_response("get_products", {"PriceList": listed})
            stub.add_response("get_products", {"PriceList": [rated("MES1-Host:ml.c7i.large", "Hrs", "0.25")]})
            for _ in QUERIES:
                stub.add_response("get_products", {"PriceList": []})
        else:
            zone = {"ZoneId": "mes1-az1", "ZoneName": "me-south-1a", "ZoneType": "availability-zone"}
            places = [("m5.large", "mes1-az1"), ("c5.large", "mes1-az1")]
            places += [("m5.large", "mes1-bah1-az1"), ("m5.local", "mes1-bah1-az1")]
            offerings = [{"InstanceType": name, "Location": place} for name, place in places]
            spot = [("m5.large", "me-south-1a", "0.2"), ("m5.large", "me-south-1-bah-1a", "0.1")]
            spot += [("c5.large", "me-south-1a", "0.25")]
            history = [{"InstanceType": n, "AvailabilityZone": z, "SpotPrice": p} for n, z, p in spot]
            asked = {"ProductDescriptions": ["Linux/UNIX"], "StartTime": NOW}
            stub.add_response("describe_instance_types", {"InstanceTypes": [described("m5.local")]})
            stub.add_response("describe_availability_zones", {"AvailabilityZones": [zone]})
            stub.add_response("describe_instance_type_offerings", {"InstanceTypeOfferings": offerings})
            stub.add_response("describe_spot_price_history", {"SpotPriceHistory": history}, asked)
        stub.activate()
        return client


def test_local_zones_and_placeholder_prices_are_left_out(tmp_path: Path):
    folder = tmp_path / "landform-catalog"
    refresh(folder, [REGION], session=WithLocalZone(**KEYS), now=NOW)
    catalog = Catalog(folder)
    assert [zone.id for zone in catalog.regions[REGION].zones] == ["mes1-az1"]
    assert catalog.zones_of("m5.large", REGION) == ("mes1-az1",)
    assert "m5.local" not in catalog.types, "only the local zone has it"
    assert catalog.spot_range("m5.large", REGION) == (0.2, 0.2)
    assert catalog.spot_range("c5.large", REGION) is None, "stands at the on-demand price"
