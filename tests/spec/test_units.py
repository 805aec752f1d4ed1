"""Values with units: every shorthand, what is refused and with which remedy, and the way back to text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from landform.spec import units
from landform.spec.units import Accelerators, Disk, Range

TYPES: dict[str, Any] = {
    name: TypeAdapter(getattr(units, name))
    for name in ("Seconds", "GiB", "Percent", "Count", "Memory", "Volume", "Accelerator", "Block")
}

RIGHT = [
    ("Seconds", "90s", 90), ("Seconds", "30m", 1800), ("Seconds", "48h", 172_800), ("Seconds", "30d", 2_592_000),
    ("Seconds", "2w", 1_209_600), ("Seconds", "7y", 7 * 31_536_000),
    ("GiB", "200GiB", 200), ("GiB", "1.5TiB", 1536), ("GiB", "2048MiB", 2),
    ("Percent", "0%", 0), ("Percent", "100%", 100),
    ("Count", 8, Range(8, 8)), ("Count", "8", Range(8, 8)), ("Count", "0..8", Range(0, 8)),
    ("Count", "8..", Range(8, None)),
    ("Memory", "32GiB", Range(32, 32)), ("Memory", "32GiB..", Range(32, None)),
    ("Memory", "32GiB..1TiB", Range(32, 1024)),
    ("Volume", "100GiB", Disk(100, "gp3")), ("Volume", "1TiB st1", Disk(1024, "st1")),
    ("Volume", "500GiB io2 16000iops", Disk(500, "io2", 16_000)),
    ("Volume", "500GiB gp3 6000iops 500MiB/s", Disk(500, "gp3", 6000, 500)),
    ("Accelerator", "4 x A10G", Accelerators(4, "A10G")),
    ("Accelerator", "8 x A100 80GiB", Accelerators(8, "A100", 80)),
    ("Accelerator", "1 x RTX PRO 6000", Accelerators(1, "RTX PRO 6000")),
]  # fmt: skip

WRONG = [
    ("Seconds", 30, "30 has no unit: write 30m, 30h or 30d"),
    ("Seconds", "0m", "a time of zero"),
    ("Seconds", "-5m", "'-5m' is not a time: write it like 30m"),
    ("Seconds", "1" + "0" * 400 + "d", "is not a time"),
    ("Seconds", "1.5h", "is not a time"),
    ("GiB", 200, "200 has no unit: write 200GiB or 200TiB"),
    ("GiB", 1.5, "1.5 has no unit"),
    ("GiB", "200GB", "'200GB' is not a size: write 200GiB"),
    ("GiB", "0GiB", "not a whole number of GiB"),
    ("GiB", "100MiB", "not a whole number of GiB"),
    ("GiB", None, "nothing is not a size"),
    ("GiB", True, "True is not a size"),
    ("Percent", 80, "80 has no unit: write 80%"),
    ("Percent", "101%", "101% is more than the whole: write 0% to 100%"),
    ("Count", "8..0", "8..0 ends before it begins: write 0..8"),
    ("Count", "0..-1", "is not a number or a range"),
    ("Count", True, "True is not a number"),
    ("Count", -1, "'-1' is not a number"),
    ("Memory", 32, "32 has no unit: write 32GiB.. or 32GiB"),
    ("Memory", "64GiB..32GiB", "64..32 ends before it begins"),
    ("Volume", 100, "100 has no unit: write 100GiB gp3"),
    ("Volume", "100GiB gp9", "is not an EBS volume"),
    ("Volume", "0GiB gp3", "not a whole number of GiB"),
    ("Accelerator", "A10G", "write it like 1 x A10G"),
    ("Accelerator", "0 x A10G", "said by leaving the key out"),
    ("Block", "10.0.0.1/8", "has host bits set): write it like 10.0.0.0/16"),
    ("Block", "::/0", "is not an IPv4 block"),
    ("Block", 10, "it is not text"),
]


@pytest.mark.parametrize(("kind", "text", "value"), RIGHT)
def test_a_shorthand_is_read(kind: str, text: object, value: object) -> None:
    assert TYPES[kind].validate_python(text) == value


@pytest.mark.parametrize(("kind", "text", "message"), WRONG)
def test_what_is_wrong_is_refused_with_the_fix(kind: str, text: object, message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        TYPES[kind].validate_python(text)


@pytest.mark.parametrize(("kind", "text"), [r[:2] for r in RIGHT] + [("Block", "10.20.0.0/15")])
def test_the_schema_admits_every_shorthand(kind: str, text: object) -> None:
    Draft202012Validator(TYPES[kind].json_schema()).validate(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Seconds", 30),
        ("GiB", "200GB"),
        ("Percent", 80),
        ("Count", -1),
        ("Memory", 32),
        ("Volume", "x"),
        ("Block", "10"),
    ],
)
def test_the_schema_refuses_too(kind: str, text: object) -> None:
    assert not Draft202012Validator(TYPES[kind].json_schema()).is_valid(text)


numbers = st.integers(1, 10**9)


@given(numbers, st.sampled_from(sorted(units.SECONDS)))
def test_a_time_has_its_unit(number: int, unit: str) -> None:
    assert TYPES["Seconds"].validate_python(f"{number}{unit}") == number * units.SECONDS[unit]


@given(numbers, st.none() | numbers)
def test_a_range_comes_back_from_its_text(low: int, above: int | None) -> None:
    size = Range(low, None if above is None else low + above)
    assert TYPES["Count"].validate_python(str(size)) == size


@given(numbers, numbers, numbers)
def test_a_range_holds_what_lies_in_it(low: int, above: int, number: int) -> None:
    assert (number in Range(low, low + above)) is (low <= number <= low + above)
    assert (number in Range(low, None)) is (number >= low)


@given(st.integers(1, 999), st.sampled_from(["A10G", "H100", "RTX PRO 6000"]), st.none() | st.integers(1, 999))
def test_accelerators_come_back_from_their_text(count: int, name: str, gib: int | None) -> None:
    wish = Accelerators(count, name, gib)
    assert TYPES["Accelerator"].validate_python(str(wish)) == wish


@given(st.text(max_size=30) | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_no_value_crashes_a_unit(value: object) -> None:
    for adapter in TYPES.values():
        try:
            adapter.validate_python(value)
        except ValidationError as failure:
            assert {e["type"] for e in failure.errors()} == {"landform"}
