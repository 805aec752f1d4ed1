"""What `landform catalog show` tells."""

import pytest

from landform.catalog import CatalogError
from landform.catalog.commands import show


def test_the_overview_dates_every_source():
    text = show()
    assert text.startswith("Catalog of 2026-10-27: 1337 instance types in 30 regions.")
    assert "2026-07-20  Karpenter's table of AWS's price list, Linux on demand: on-demand prices us-east-1" in text
    assert "instance types, offerings of 30 regions" in text
    assert "slot  1  euw1-az1 euw1-az2 euw1-az3" in text
    assert "use1-az3 (few types)" in text


def test_a_type():
    text = show("g5.2xlarge")
    assert "8 vCPU, x86_64" in text
    assert "1 x A10G (NVIDIA, 22.35 GiB each)" in text
    assert "1 x 450 GB SSD (NVMe)" in text
    assert "us-east-1        1.212 USD/h  " in text
    assert "1.35296 USD/h (estimate)" in text
    assert "no price known" in text


def test_a_type_with_nothing_special():
    text = show("t2.micro")
    assert "accelerator  none" in text and "burstable" in text and "nothing promised" in text


def test_a_region():
    text = show("eu-west-1")
    assert "slot   1" in text
    assert "0.587 USD/h, spot 0.2602 to 0.3066" in text
    assert "p5.48xlarge" not in text


def test_an_accelerator_lists_who_carries_it_the_fewest_and_cheapest_first():
    lines = show("a10g").splitlines()
    assert lines[0] == "A10G (catalog of 2026-10-27); prices in us-east-1"
    assert lines[1].split()[0] == "g5.xlarge"
    assert lines[-1].split()[:3] == ["g5.48xlarge", "8", "x"]


def test_a_name_it_does_not_hold():
    with pytest.raises(
        CatalogError, match=r"no instance type, region or accelerator 'g5\.2xlrge'\. Did you mean g5\.2xlarge"
    ):
        show("g5.2xlrge")
    with pytest.raises(CatalogError, match=r"'nothing like it'\.$"):
        show("nothing like it")
