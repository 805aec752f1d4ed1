"""The table of images against what AWS answered when moto recorded it."""

import gzip
import json
import re
from functools import cache
from pathlib import Path

import moto
import pytest

from landform.catalog.images import IMAGES, Image

MOTO = Path(moto.__file__).parent
RECORDED_REGIONS = sorted(
    path.name.removesuffix(".json.gz") for path in (MOTO / "ssm/resources/ami-amazon-linux-latest").iterdir()
)


@cache
def recorded(folder: str, region: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(gzip.decompress((MOTO / folder / f"{region}.json.gz").read_bytes()))
    return found


@pytest.mark.parametrize("region", RECORDED_REGIONS)
@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_amazon_linux_is_what_aws_says(region: str, architecture: str) -> None:
    image = IMAGES["al2023"]
    parameters = {p["Name"]: p["Value"] for p in recorded("ssm/resources/ami-amazon-linux-latest", region)}
    ami = parameters[image.parameters[architecture]]
    (found,) = [a for a in recorded("ec2/resources/latest_amis", region) if a["ami_id"] == ami]
    assert found["architecture"] == architecture
    assert found["root_device_name"] == image.root_device
    assert found["name"].startswith("al2023-ami-2023.")


@pytest.mark.parametrize("image", IMAGES.values(), ids=IMAGES)
def test_entries_are_whole(image: Image) -> None:
    assert IMAGES[image.name] is image
    assert set(image.parameters) <= {"x86_64", "arm64"}
    assert "x86_64" in image.parameters
    assert all(re.fullmatch(r"/aws/service/[a-z0-9./_-]+", name) for name in image.parameters.values())
    assert (image.os, image.user, image.root_device) in {
        ("al2023", "ec2-user", "/dev/xvda"),
        ("ubuntu", "ubuntu", "/dev/sda1"),
    }
    assert image.root_gib >= (8 if image.drivers == "none" else 75)


def test_a_framework_needs_an_accelerator_and_has_a_python() -> None:
    frameworks = [image for name, image in IMAGES.items() if "pytorch" in name]
    assert len(frameworks) >= 6
    assert all(image.bin and image.drivers != "none" for image in frameworks)


def test_each_parameter_stands_once() -> None:
    names = [name for image in IMAGES.values() for name in image.parameters.values()]
    assert len(names) == len(set(names))
