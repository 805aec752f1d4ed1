"""The catalog says what AWS said: against the raw record, a second source, and facts that are known."""

import csv
import gzip
import json
import subprocess
import sys
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest

from landform.catalog import Accelerator, CatalogError, InstanceType, Price, load
from landform.catalog.build import MATERIAL
from landform.catalog.describe import is_wanted
from landform.catalog.estimate import MEDIAN, stand_in
from landform.catalog.slots import SLOTS
from landform.catalog.store import PACKAGED, Catalog

CATALOG = load()

# AWS Neuron's documentation contradicts the record (describe.py).
CORRECTED = {"trn2.3xlarge", "trn2.48xlarge", "trn2u.48xlarge"}


def recorded(name: str):
    return json.loads(gzip.decompress((files("moto") / "ec2" / "resources" / name).read_bytes()))


def rows(name: str) -> list[dict[str, str]]:
    with (MATERIAL / name).open(newline="") as table:
        return list(csv.DictReader(table))


RAW = recorded("instance_types.json.gz")


def total_accelerator_memory(raw: dict) -> int:
    return (
        raw.get("GpuInfo", {}).get("TotalGpuMemoryInMiB")
        or raw.get("NeuronInfo", {}).get("TotalNeuronDeviceMemoryInMiB")
        or raw.get("InferenceAcceleratorInfo", {}).get("TotalInferenceMemoryInMiB")
        or 0
    )


def test_every_type_is_as_recorded():
    for name, kind in CATALOG.types.items():
        raw = RAW[name]
        assert kind.name == name
        assert kind.vcpus == raw["VCpuInfo"]["DefaultVCpus"]
        assert kind.memory_mib == raw["MemoryInfo"]["SizeInMiB"]
        assert kind.architecture in raw["ProcessorInfo"]["SupportedArchitectures"]
        assert kind.ebs_mbps == raw["EbsInfo"].get("EbsOptimizedInfo", {}).get("BaselineBandwidthInMbps", 0)
        assert kind.interfaces == raw["NetworkInfo"]["MaximumNetworkInterfaces"]
        assert kind.addresses_per_interface == raw["NetworkInfo"]["Ipv4AddressesPerInterface"]
        assert kind.efa == raw["NetworkInfo"]["EfaSupported"]
        assert (kind.bare_metal, kind.burstable) == (raw["BareMetal"], raw["BurstablePerformanceSupported"])
        assert kind.spot == ("spot" in raw["SupportedUsageClasses"])
        assert kind.hypervisor == raw.get("Hypervisor")
        disks = kind.disks.count * kind.disks.gb_each if kind.disks else 0
        assert disks == raw.get("InstanceStorageInfo", {}).get("TotalSizeInGB", 0)
        if name not in CORRECTED:
            total = kind.accelerator.count * kind.accelerator.memory_mib if kind.accelerator else 0
            assert total == total_accelerator_memory(raw)


def test_every_current_type_is_there_and_no_mac():
    assert set(CATALOG.types) == {name for name, raw in RAW.items() if is_wanted(raw)}
    families = {kind.family for kind in CATALOG.types.values()}
    accelerated = {
        "g4dn",
        "g5",
        "g5g",
        "g6",
        "g6e",
        "g7e",
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
    }
    neuron, burstable = {"trn1", "trn1n", "trn2", "inf2"}, {"t3", "t3a", "t4g"}
    plain = {use + generation for use in "cmr" for generation in ("5", "6i", "7g", "8i")}
    assert families >= accelerated | neuron | burstable | plain
    assert not [family for family in families if family.startswith(("mac", "m1", "c3", "t1"))]


@pytest.mark.parametrize("region", sorted(CATALOG.regions))
def test_offerings_are_as_recorded(region: str):
    zones = defaultdict(list)
    for offering in recorded(f"instance_type_offerings/availability-zone-id/{region}.json.gz"):
        zones[offering["InstanceType"]].append(offering["Location"])
    for name in CATALOG.types:
        assert CATALOG.zones_of(name, region) == tuple(sorted(zones[name]))
        assert (region in CATALOG.regions_of(name)) == bool(zones[name])


def test_a_second_source_agrees_on_addresses_and_network():
    differing = {
        row["instance_type"]
        for row in rows("network-limits.csv")
        if (kind := CATALOG.types.get(row["instance_type"]))
        and (
            (kind.interfaces, kind.addresses_per_interface) != (int(row["interfaces"]), int(row["ipv4_per_interface"]))
            or (row["network_mbps"] and abs(kind.network_mbps - int(row["network_mbps"])) > 10)
        )
    }
    # Of these, storage types all, the second source counts one network card of two or a lower figure.
    assert differing == {
        "i7ie.48xlarge",
        "i7ie.metal-48xl",
        "i8g.metal-48xl",
        "i8ge.48xlarge",
        "i8ge.metal-48xl",
    }


def test_a_g5_2xlarge():
    kind = CATALOG.types["g5.2xlarge"]
    assert (kind.family, kind.vcpus, kind.memory_mib, kind.architecture) == ("g5", 8, 32 * 1024, "x86_64")
    assert kind.accelerator == Accelerator("A10G", "NVIDIA", 1, 22888)
    assert kind.disks and (kind.disks.count, kind.disks.gb_each, kind.disks.gib_each) == (1, 450, 419)
    assert kind.disks.nvme and kind.disks.medium == "ssd"
    assert (kind.ebs_mbps, kind.ebs_peak_mbps, kind.network_mbps, kind.network_peak_mbps) == (
        850,
        3500,
        5000,
        10000,
    )
    assert (kind.spot, kind.bare_metal, kind.burstable, kind.hypervisor) == (True, False, False, "nitro")


@pytest.mark.parametrize(
    ("name", "accelerator"),
    [
        ("g4dn.12xlarge", Accelerator("T4", "NVIDIA", 4, 16384)),
        ("g7e.2xlarge", Accelerator("RTX PRO 6000", "NVIDIA", 1, 98304)),
        ("p4d.24xlarge", Accelerator("A100", "NVIDIA", 8, 40 * 1024)),
        ("p4de.24xlarge", Accelerator("A100", "NVIDIA", 8, 80 * 1024)),
        ("p5.48xlarge", Accelerator("H100", "NVIDIA", 8, 80 * 1024)),
        ("trn1.32xlarge", Accelerator("Trainium", "AWS", 16, 32 * 1024)),
        ("trn2.48xlarge", Accelerator("Trainium2", "AWS", 16, 96 * 1024)),
        ("inf2.24xlarge", Accelerator("Inferentia2", "AWS", 6, 32 * 1024)),
        ("m7i.large", None),
    ],
)
def test_known_accelerators(name: str, accelerator: Accelerator | None):
    assert CATALOG.types[name].accelerator == accelerator


def test_the_accelerated_types_are_those_with_an_accelerator():
    assert set(CATALOG.accelerated) == {kind for kind in CATALOG.types.values() if kind.accelerator}


def test_a_share_of_a_gpu_is_no_gpu():
    assert CATALOG.types["g6f.large"].accelerator == Accelerator("L4/8", "NVIDIA", 1, 2861)
    whole = {k.family for k in CATALOG.types.values() if k.accelerator and k.accelerator.name == "L4"}
    assert whole == {"g6", "gr6"}


def test_names_for_suggestions():
    names = CATALOG.accelerator_names()
    assert names == tuple(sorted(names))
    assert {"T4", "A10G", "L4", "L40S", "A100", "H100", "H200", "B200", "Trainium", "Inferentia2"} <= set(names)


def test_network_counts_what_all_cards_carry_together():
    assert CATALOG.types["p5.48xlarge"].network_mbps == 3_200_000
    assert CATALOG.types["trn1.32xlarge"].network_mbps == 800_000
    assert CATALOG.types["g6e.48xlarge"].network_mbps == 400_000


def test_zones_are_the_regions_own_and_the_poor_ones_are_marked():
    assert len(CATALOG.regions) == 30
    assert [zone.id for zone in CATALOG.regions["us-east-1"].zones] == [f"use1-az{n}" for n in range(1, 7)]
    zones = [zone for region in CATALOG.regions.values() for zone in region.zones]
    assert {zone.id for zone in zones if zone.thin} == {"use1-az3", "euw2-az4"}
    assert all(zone.name.startswith(region) for region, r in CATALOG.regions.items() for zone in r.zones)
    assert len({zone.name for zone in zones}) == len(zones)
    assert not CATALOG.zones_of("g5.2xlarge", "us-east-1").count("use1-az3")


def test_slots_never_move():
    first = ["us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "af-south-1", "ap-east-1", "ap-east-2"]
    assert [SLOTS[region] for region in first] == list(range(7))
    assert (SLOTS["ca-central-1"], SLOTS["us-west-1"]) == (19, 33)
    assert sorted(SLOTS.values()) == list(range(34))
    assert all(region.slot == SLOTS[name] for name, region in CATALOG.regions.items())


def test_listed_prices_are_exact():
    for row in rows("on-demand-us-east-1.csv"):
        if CATALOG.zones_of(row["instance_type"], "us-east-1"):
            expected = Price(float(row["usd_per_hour"]), estimated=False)
            assert CATALOG.price(row["instance_type"], "us-east-1") == expected
    assert CATALOG.price("g5.xlarge", "eu-west-1") == Price(1.123, estimated=False)


@pytest.mark.parametrize(
    ("name", "sampled", "region"),
    [
        ("m7g.4xlarge", "m7g.xlarge", "ap-south-1"),
        ("c8g.large", "c7i.xlarge", "eu-west-1"),
        ("g5.12xlarge", "g5.xlarge", "eu-central-1"),
        ("p4de.24xlarge", "p4d.24xlarge", "us-west-2"),
    ],
)
def test_other_prices_follow_their_kin_and_say_so(name: str, sampled: str, region: str):
    at_home, kin, kin_at_home = (
        CATALOG.listed_prices("us-east-1")[name],
        CATALOG.listed_prices(region)[sampled],
        next(
            float(row["on_demand_usd"])
            for row in rows("regional-sample.csv")
            if (row["instance_type"], row["region"]) == (sampled, "us-east-1")
        ),
    )
    price = CATALOG.price(name, region)
    assert price is not None and price.estimated
    assert price.usd_per_hour == pytest.approx(at_home * kin / kin_at_home, rel=1e-5)


def test_regions_differ_by_family():
    factors = CATALOG.factors["ap-south-1"]
    assert [round(factors[name], 3) for name in ("m7g.xlarge", "c7i.xlarge", "t3.medium")] == [
        0.714,
        1.0,
        1.077,
    ]


def test_every_stand_in_is_in_the_sample():
    sampled = {row["instance_type"] for row in rows("regional-sample.csv")}
    assert {stand_in(kind.family) for kind in CATALOG.types.values()} == sampled | {MEDIAN}
    gpu = {stand_in(k.family) for k in CATALOG.types.values() if k.accelerator and k.accelerator.maker == "NVIDIA"}
    assert gpu == {"g4dn.xlarge", "g5.xlarge", "g6.xlarge", "g6e.xlarge", "p4d.24xlarge", "p5.48xlarge"}


def test_what_is_unknown_has_no_price():
    assert CATALOG.price("trn2.48xlarge", "us-east-2") is None, "no list has it"
    assert CATALOG.price("g5.2xlarge", "af-south-1") is None, "not offered"
    assert CATALOG.price("g5.2xlarge", "il-central-1") is None, "no type of the region is in the sample"


def test_spot_ranges_leave_out_what_cannot_be_trusted():
    assert CATALOG.spot_range("g5.xlarge", "eu-west-1") == (0.5868, 0.5941)
    assert CATALOG.spot_range("g5.2xlarge", "eu-west-1") is None, "not in the sample"
    assert CATALOG.spot_range("p5.48xlarge", "us-east-1") is None, "mixed with a local zone's"
    assert CATALOG.spot_range("p4d.24xlarge", "ap-south-1") is None, "stands at the on-demand price"
    for region in CATALOG.regions:
        for name, (low, high) in CATALOG.spot_ranges(region).items():
            price = CATALOG.price(name, region)
            assert low <= high
            assert price is None or price.estimated or low < price.usd_per_hour


def test_unknown_names_are_nowhere():
    assert CATALOG.zones_of("g5.2xlarge", "mars-1") == CATALOG.zones_of("x.large", "us-east-1") == ()
    assert CATALOG.regions_of("x.large") == ()
    assert "x.large" not in CATALOG.types
    with pytest.raises(KeyError):
        CATALOG.types["x.large"]


def test_every_part_is_dated():
    assert CATALOG.date == "2026-10-27"
    assert CATALOG.sources["on-demand prices us-east-1"].date == "2026-07-20"
    assert CATALOG.sources["SageMaker prices us-east-1"].date == "2026-09-27"
    assert len(CATALOG.sources) == 1 + 30 + 24 + 1 + len([r for r in CATALOG.regions if CATALOG.spot_ranges(r)])


def test_loading_gives_one_catalog_of_unchangeable_facts():
    assert load() is load(PACKAGED)
    kind = CATALOG.types["g5.2xlarge"]
    assert kind is CATALOG.types["g5.2xlarge"] and isinstance(kind, InstanceType)
    with pytest.raises(AttributeError):
        kind.vcpus = 9  # type: ignore[misc]


def test_loading_needs_none_of_what_building_needs():
    program = (
        "import sys; from landform.catalog import load; load().price('g5.2xlarge', 'eu-west-1');"
        "print(*{'moto', 'boto3', 'botocore', 'pydantic', 'cdktf'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_folder_without_a_catalog_is_refused(tmp_path: Path):
    with pytest.raises(CatalogError, match=r"types\.json is no part of a catalog"):
        load(tmp_path)


def test_a_catalog_of_another_version_is_refused(tmp_path: Path):
    for path in PACKAGED.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace('"memory_mib"', '"memory_gib"'))
    with pytest.raises(CatalogError, match=r"another version of landform: refresh"):
        Catalog(tmp_path)


def test_a_machine_of_sagemaker_costs_more_than_the_same_of_ec2_by_a_share_that_aws_asks_of_others_too():
    """Whole cents make shares of small machines vary; that of a notebook by itself, 1.00, is none of an endpoint."""
    listed = CATALOG.listed_managed("us-east-1")
    assert len(listed) > 120
    shares = {name: usd / CATALOG.price(name, "us-east-1").usd_per_hour for name, usd in listed.items()}
    usual = ((1.14, 1.206), (1.25, 1.25), (1.306, 1.306), (1.4, 1.4))
    odd = {n: s for n, s in shares.items() if not any(low - 0.006 <= s <= high + 0.006 for low, high in usual)}
    assert odd == {}
    assert set(listed) <= set(CATALOG.types)


def test_elsewhere_a_machine_of_sagemaker_is_an_estimate():
    elsewhere = CATALOG.managed_price("c7i.xlarge", "eu-west-1")
    assert elsewhere == Price(
        pytest.approx(0.214 * CATALOG.factors["eu-west-1"]["c7i.xlarge"], abs=1e-6), estimated=True
    )
    assert CATALOG.managed_price("m6g.large", "eu-west-1") is None
