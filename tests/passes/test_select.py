"""Instance types: what qualifies, what does not, and what to do about it."""

import pytest
from support.specs import CATALOG, Outcome, host, outcome

from landform.passes.instances import MAX_TYPES

OWN = "image: {id: ami-12345678, root_device: /dev/sda1, arch: x86_64, user: me}"

NO_SPOT = next(n for n, kind in CATALOG.types.items() if not kind.spot and CATALOG.zones_of(n, "us-east-1"))


def asked(wish: str, region: str = "us-east-1") -> Outcome:
    return outcome(f"train: {{fit: {{platform: ec2, command: run, {wish}}}}}\n", f"{{primary: {region}}}")


def types(wish: str) -> list[str]:
    return [kind.name for kind in host(asked(wish).sound, "train.fit").types]


def test_an_accelerator_means_every_type_that_has_it_the_cheapest_first() -> None:
    names = types("accelerator: 4 x A10G, image: base-gpu")
    assert names == ["g5.12xlarge", "g5.24xlarge"]
    prices = [price.usd_per_hour for name in names if (price := CATALOG.price(name, "us-east-1"))]
    assert prices == sorted(prices)


def test_the_case_of_an_accelerator_does_not_matter() -> None:
    assert types("accelerator: 4 x a10g, image: base-gpu") == types("accelerator: 4 x A10G, image: base-gpu")


def test_a_share_of_an_accelerator_is_not_one() -> None:
    kinds = host(asked("accelerator: 1 x L4, image: base-gpu").sound, "train.fit").types
    assert {kind.accelerator.name for kind in kinds if kind.accelerator} == {"L4"}


def test_the_memory_tells_models_of_one_name_apart() -> None:
    assert types("accelerator: 8 x A100 40GiB, image: base-gpu") == ["p4d.24xlarge"]
    assert types("accelerator: 8 x A100 80GiB, image: base-gpu") == ["p4de.24xlarge"]


def test_a_range_asks_for_cpu_and_memory() -> None:
    kinds = host(asked("cpu: 16..32, memory: 64GiB..256GiB").sound, "train.fit").types
    assert 0 < len(kinds) <= MAX_TYPES
    assert all(16 <= kind.vcpus <= 32 and 64 <= kind.memory_mib / 1024 <= 256 for kind in kinds)
    assert not any(kind.accelerator or kind.burstable or kind.bare_metal for kind in kinds)


def test_a_group_takes_so_many_types_and_no_more() -> None:
    assert len(types("cpu: 2..")) == MAX_TYPES


def test_a_machine_is_of_one_type() -> None:
    plan = outcome("machines: {work: {cpu: 2.., memory: 8GiB..}}\n").sound
    assert len(host(plan, "machines.work").types) == 1


def test_instance_store_is_a_wish_too() -> None:
    kinds = host(asked("cpu: 8, disk: {local: instance-store}").sound, "train.fit").types
    assert kinds
    assert all(kind.disks for kind in kinds)


@pytest.mark.parametrize(
    ("wish", "architecture"),
    [
        ("cpu: 8", "x86_64"),
        ("cpu: 8, architecture: arm64", "arm64"),
        ("instance: c7g.xlarge", "arm64"),
        (f"cpu: 8, {OWN.replace('x86_64', 'arm64')}", "arm64"),
    ],
)
def test_image_and_type_have_one_architecture(wish: str, architecture: str) -> None:
    own = host(asked(wish).sound, "train.fit")
    assert own.image is not None
    assert {own.image.architecture, *(kind.architecture for kind in own.types)} == {architecture}


@pytest.mark.parametrize(
    ("wish", "code", "text"),
    [
        ("instance: g5.3xlarge, image: base-gpu", "LF0401", "Did you mean g5."),
        ("instance: zz9.huge", "LF0401", "landform catalog refresh"),
        (f"instance: g5.nope, {OWN}", "LF0401", "has no instance type 'g5.nope'"),
        ("accelerator: 4 x A11G", "LF0403", "unknown accelerator 'A11G'. Did you mean 'A10G'?"),
        ("accelerator: 3 x A10G", "LF0403", "A10G comes 1 or 4 or 8 to an instance"),
        ("cpu: 7", "LF0403", "no x86_64 instance type has 7 vCPU."),
        ("cpu: 192.., memory: 1GiB", "LF0403", "Ask for less, or for a range"),
        ("instance: g5.xlarge", "LF0404", "the image al2023 has no drivers for A10G. Use base-gpu"),
        ("instance: trn1.2xlarge, image: base-gpu", "LF0404", "Use base-neuron"),
        ("instance: c7g.xlarge, image: base-neuron", "LF0404", "does not exist for c7g.xlarge (arm64)"),
        (f"instance: c7g.xlarge, {OWN}", "LF0404", "c7g.xlarge is arm64 and the image is for x86_64"),
        ("cpu: 8, image: pytorch-9.9", "LF0203", "unknown image 'pytorch-9.9'. Did you mean 'pytorch-2.9'?"),
        ("instance: t3.large, disk: {local: instance-store}", "LF0405", "t3.large has no instance store"),
        (f"instance: t3.large, {OWN}, disk: {{local: instance-store}}", "LF0405", "t3.large has no instance store"),
        (f"instance: {NO_SPOT}, capacity: {{spot: 50%}}", "LF0402", f"does not sell {NO_SPOT} as spot"),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_can(wish: str, code: str, text: str) -> None:
    assert text in asked(wish).one(code).text


def test_what_the_region_lacks_is_refused_with_its_alternatives() -> None:
    region = next(
        r for r in CATALOG.regions if not CATALOG.zones_of("g5.2xlarge", r) and CATALOG.zones_of("g4dn.2xlarge", r)
    )
    found = asked("instance: g5.2xlarge, image: base-gpu", region).one("LF0402")
    assert found.message == f"instance type g5.2xlarge is not offered in {region}."
    listed, _, newer = found.remedy.removeprefix("Offered there: ").partition(". ")
    assert newer == f"If {region} has it by now: `landform catalog refresh {region}`."
    offered = listed.split(", ")
    assert all(CATALOG.zones_of(name, region) for name in offered)
    assert {CATALOG.types[name].accelerator.count for name in offered} == {1}  # type: ignore[union-attr]


def test_without_an_alternative_the_regions_that_have_it_are_named() -> None:
    found = asked("instance: p5.48xlarge, image: base-gpu", "ca-west-1").one("LF0402")
    assert found.remedy.startswith("Offered in: ")


def test_an_accelerator_that_the_region_lacks_is_refused_with_the_regions_that_have_it() -> None:
    found = asked("accelerator: 8 x H200, image: base-gpu", "ca-west-1").one("LF0402")
    assert "Offered in: " in found.remedy
    assert "us-east-2" in found.remedy


def test_zones_without_the_type_are_left_out_and_none_at_all_is_an_error() -> None:
    sections = "network: {zones: {us-east-1: [use1-az3, use1-az4]}}\n"
    fit = "train: {fit: {platform: ec2, command: run, image: base-gpu, instance: g5.xlarge}}\n"
    assert host(outcome(sections + fit).sound, "train.fit").zones == ("use1-az4",)
    found = outcome(sections.replace(", use1-az4", "") + fit).one("LF0402")
    assert "the network is in use1-az3." in found.message


@pytest.mark.parametrize(
    ("private", "zones"),
    [
        ("{use1-az1: subnet-12345678}", ("use1-az1",)),
        ("[subnet-12345678, subnet-abcdef01]", ("subnet-12345678", "subnet-abcdef01")),
    ],
)
def test_an_existing_network_is_used_where_its_subnets_are(private: str, zones: tuple[str, ...]) -> None:
    existing = f"{{us-east-1: {{vpc: vpc-12345678, cidr: 10.0.0.0/16, private: {private}}}}}"
    plan = outcome(f"network: {{existing: {existing}}}\nmachines: {{work: {{instance: t3.large}}}}\n").sound
    assert host(plan, "machines.work").zones == zones


@pytest.mark.parametrize("private", ["{}", "{use1-az3: subnet-12345678}"])
def test_an_existing_network_without_a_fitting_zone_is_refused(private: str) -> None:
    existing = f"{{us-east-1: {{vpc: vpc-12345678, cidr: 10.0.0.0/16, private: {private}}}}}"
    found = outcome(f"network: {{existing: {existing}}}\nmachines: {{work: {{instance: t3.large}}}}\n")
    assert found.one("LF0402").remedy == "Add a private subnet there."


def test_what_the_drivers_are_not_made_for_is_left_out_or_warned_of() -> None:
    result = outcome("machines: {old: {instance: p3dn.24xlarge, image: pytorch-2.12}}\n")
    assert "does not list p3dn" in result.one("LF0404").message
    assert result.one("LF0404").severity == "warning"
    assert "LF0404" not in outcome("machines: {new: {instance: g5.xlarge, image: pytorch-2.12}}\n").codes


def test_a_type_without_dedicated_bandwidth_to_its_disks_is_refused() -> None:
    result = outcome("machines: {old: {instance: t2.micro}}\n")
    assert "cannot be EBS-optimised" in result.one("LF0401").message
    assert "t2" not in result.one("LF0401").remedy
