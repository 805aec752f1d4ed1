"""Refreshing reads AWS through boto3.

EC2 is moto's. moto has no price list: botocore's Stubber answers for it, in the form of AWS's answers.
"""

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

from landform.catalog import Catalog, CatalogError, Price, load
from landform.catalog.commands import refresh
from landform.catalog.price_list import ASKED
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


class AwsSession(boto3.Session):
    """A real session whose price list answers with two pages, and checks what it is asked."""

    def client(self, service_name: str, *, region_name: str):
        client = super().client(service_name, region_name=region_name)
        if service_name == "pricing":
            asked = {"ServiceCode": "AmazonEC2", "Filters": self.filters()}
            stub = Stubber(client)
            first = {"PriceList": [product("m5.large", "0.5"), product("m5.xlarge", "0.0")], "NextToken": "2"}
            stub.add_response("get_products", first, asked)
            stub.add_response("get_products", {"PriceList": [product("c5.large", "0.25")]}, {**asked, "NextToken": "2"})
            hosted = {"productFamily": "ML Instance", "component": "Hosting", "regionCode": REGION}
            asked = {"ServiceCode": "AmazonSageMaker", "Filters": fields(hosted)}
            stub.add_response("get_products", {"PriceList": MACHINES}, asked)
            for service, family in sorted({each.answered for each in ASKED}):
                asked = {"ServiceCode": service, "Filters": fields({"productFamily": family, "regionCode": REGION})}
                stub.add_response("get_products", {"PriceList": RATES.get((service, family), [])}, asked)
            stub.activate()
        return client

    @staticmethod
    def filters() -> list[dict[str, str]]:
        wanted = {
            "operatingSystem": "Linux",
            "tenancy": "Shared",
            "preInstalledSw": "NA",
            "capacitystatus": "Used",
            "marketoption": "OnDemand",
            "regionCode": REGION,
        }
        return fields(wanted)


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
    rated("MES1-Host:ml.c7i.xlarge", "Hrs", "0.26", instanceName="ml.c7i.xlarge"),
    rated("MES1-Host:ml.free.large", "Hrs", "0.0", instanceName="ml.free.large"),
    rated("MES1-Host:VolumeUsage.gp2", "GB-Mo", "0.15", instanceName="ml.c7i.large"),
]
RATES = {
    ("AmazonEC2", "NAT Gateway"): [
        rated("MES1-NatGateway-Bytes", "GB", "0.9"),
        rated("MES1-RegionalNatGateway-Hours", "Hrs", "0.8"),
        rated("MES1-NatGateway-Hours", "Hrs", "0.0495"),
    ],
    ("AWSELB", "Load Balancer-Application"): [
        rated("MES1-Outposts-LoadBalancerUsage", "Hrs", "0.7"),
        rated("MES1-LoadBalancerUsage", "Hrs", "0.0277"),
    ],
    ("AmazonEC2", "Storage"): [rated("MES1-EBS:VolumeUsage.gp3", "GB-Mo", "0.0968")],
    ("AmazonEC2", "System Operation"): [
        rated("MES1-EBS:VolumeP-IOPS.io2.tier2", "IOPS-Mo", "0.05"),
        rated("MES1-EBS:VolumeP-IOPS.io2", "IOPS-Mo", "0.0803"),
    ],
    ("AmazonEC2", "Provisioned Throughput"): [rated("MES1-EBS:VolumeP-Throughput.gp3", "GiBps-mo", "51.2")],
    ("AmazonDynamoDB", "Provisioned IOPS"): [
        rated("MES1-IA-WriteCapacityUnit-Hrs", "WriteCapacityUnit-Hrs", "0.5"),
        rated("MES1-WriteCapacityUnit-Hrs", "WriteCapacityUnit-Hrs", "0.0", "0.000793"),
    ],
    ("AmazonFSx", "Storage"): [
        rated("MES1-Storage", "GB-Mo", "0.1", fileSystemType="Windows", storageType="SSD", throughputCapacity="250"),
        rated("MES1-Any", "GB-Mo", "0.73", fileSystemType="Lustre", storageType="SSD", throughputCapacity="250"),
    ],
}


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
    assert load().rate("nat-gateway", REGION) is None
    read = {
        asked.item: found.hourly
        for asked in ASKED
        if asked.item in catalog.listed_rates(REGION)
        if (found := catalog.rate(asked.item, REGION))
    }
    assert read == pytest.approx(
        {
            "nat-gateway": 0.0495,
            "load-balancer": 0.0277,
            "gp3-gib": 0.0968 / 730,
            "io2-iops": 0.0803 / 730,
            "io2-iops-middle": 0.05 / 730,
            "gp3-mib": 0.05 / 730,
            "write-unit": 0.000793,
            "lustre-250-gib": 0.001,
        },
        rel=1e-4,
    )
    assert catalog.sources[f"rates {REGION}"].date == "2027-02-03"
    assert catalog.rate("key", REGION) == load().rate("key", REGION), "what holds everywhere is not asked for"


def test_sagemaker_s_machines_cost_what_the_price_list_says(renewed):
    catalog = renewed[0]
    assert load().managed_price("c7i.xlarge", REGION).estimated
    assert catalog.managed_price("c7i.xlarge", REGION) == Price(0.26, estimated=False)
    assert set(catalog.listed_managed(REGION)) == {"c7i.xlarge"}
    assert catalog.listed_managed("us-east-1") == load().listed_managed("us-east-1")


def test_a_catalog_of_before_has_no_rates_of_its_own(tmp_path: Path):
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "landform-catalog"))
    prices = json.loads((folder / "prices.json").read_text())
    (folder / "prices.json").write_text(json.dumps({k: v for k, v in prices.items() if k not in ("managed", "rates")}))
    old = Catalog(folder)
    assert old.managed_price("c7i.xlarge", "us-east-1") is None
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
            for _ in range(1 + len({each.answered for each in ASKED})):
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
