"""Names: the rule, and what is cut to fit the limits of AWS."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from landform.spec.names import BUCKET, NAME, ROLE, Name, address, fit, variable

NAMES = TypeAdapter(Name)

names = st.from_regex(re.compile(NAME), fullmatch=True)
long_names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=BUCKET + 1, max_size=200)


@pytest.mark.parametrize("name", ["ab", "a1", "fraud-detection", "a-b-c", "a" * 31])
def test_a_name_is_taken(name: str) -> None:
    assert NAMES.validate_python(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "A",
        "aB",
        "1a",
        "-a",
        "a-",
        "a--b",
        "a_b",
        "a.b",
        "a b",
        "a" * 32,
        "ab\n",
        "ä1",
        "аb",
        "a\u202eb",
        "😀a",
        "a\0",
    ],
)
def test_what_is_no_name_is_refused_with_the_rule(name: str) -> None:
    with pytest.raises(ValidationError, match="use 2 to 31 lower-case letters, digits and single hyphens"):
        NAMES.validate_python(name)


@given(names, st.integers(1, 100))
def test_what_fits_stays(name: str, room: int) -> None:
    assert fit(name, len(name) + room - 1) == name


@given(long_names, st.sampled_from([BUCKET, ROLE]))
def test_what_is_too_long_is_cut_to_the_limit(name: str, limit: int) -> None:
    cut = fit(name, limit)
    assert len(cut) <= limit
    assert "--" not in cut[-8:]
    assert cut == fit(name, limit)


@given(long_names, long_names)
def test_two_long_names_stay_two(one: str, other: str) -> None:
    assume(one != other)
    assert fit(one, BUCKET) != fit(other, BUCKET)


def test_a_cut_name_is_the_same_for_ever() -> None:
    assert fit("fraud-detection-prd-" + "x" * 60, BUCKET) == "fraud-detection-prd-" + "x" * 36 + "-a68aaa"


@given(names, names)
def test_an_address_is_a_terraform_name(one: str, other: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", address(one, other))


def test_a_variable_names_section_and_entry() -> None:
    assert variable("data", "raw-events") == "LANDFORM_DATA_RAW_EVENTS"
