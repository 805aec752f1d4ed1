"""Every recorded rate stands here once more, with where it can be looked up: a figure that slips is noticed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from landform.catalog.rates import ANYWHERE, RATES, rate

HOURS = {"month": 1 / 730, "hour": 1, "second": 3600}
with (Path(__file__).parent / "rates.tsv").open(newline="") as table:
    READ = {(row["item"], row["region"]): row for row in csv.DictReader(table, delimiter="\t")}


def test_no_rate_stands_here_or_there_alone() -> None:
    recorded = {(item, region or "everywhere") for item, regions in RATES.items() for region in regions}
    assert recorded == READ.keys()


@pytest.mark.parametrize(("item", "region"), READ)
def test_a_rate_is_what_its_source_says(item: str, region: str) -> None:
    row = READ[item, region]
    known = rate(item, ANYWHERE if region == "everywhere" else region)
    assert known is not None and not known.estimated
    assert known.hourly == pytest.approx((float(row["usd"]) * HOURS[row["per"]],) * 2, rel=1e-4)
