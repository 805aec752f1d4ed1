"""Plain scalars: what YAML 1.1 and 1.2 agree on is read, the rest is refused with the fix."""

from __future__ import annotations

import pytest

from landform.scalar import Unclear, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-7", -7),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("1.5", 1.5),
        ("0.001", 0.001),
        ("1.0", 1.0),
        ("1.0e-3", 0.001),
        ("1.5e+20", 1.5e20),
        ("2026-03-01", "2026-03-01"),
        ("10m", "10m"),
        ("0..8", "0..8"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("1.2.3", "1.2.3"),
        ("8080:80", "8080:80"),
        ("nothing", "nothing"),
        ("yesterday", "yesterday"),
        ("-", "-"),
        ("+-1", "+-1"),
        ("...", "..."),
        ("4 x A10G", "4 x A10G"),
        ("0o_", "0o_"),
        ("0x", "0x"),
    ],
)
def test_what_both_versions_agree_on_is_read(text: str, value: object) -> None:
    read = resolve(text)
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("yes", "true"),
        ("No", "false"),
        ("on", "true"),
        ("OFF", "false"),
        ("y", "true"),
        ("n", "false"),
        ("012345678901", "12345678901"),
        ("012", "12"),
        ("+5", "5"),
        ("-0", "0"),
        ("-007", "-7"),
        ("0o7", "7"),
        ("0x10", "16"),
        ("0b101", "5"),
        ("1_000", "1000"),
        ("1_000.5", "1000.5"),
        ("1.10", "1.1"),
        ("3.10", "3.1"),
        (".5", "0.5"),
        ("5.", "5.0"),
        ("1e-3", "0.001"),
        ("1e3", "1000.0"),
        ("1e20", "1.0e+20"),
        ("6.02e23", "6.02e+23"),
        ("0.12345678901234567890", "0.12345678901234568"),
    ],
)
def test_what_they_read_differently_is_refused_with_both_fixes(text: str, instead: str) -> None:
    unclear = resolve(text)
    assert isinstance(unclear, Unclear)
    assert f"'{text}' in quotes" in unclear.remedy
    assert f", {instead} where a" in unclear.remedy


@pytest.mark.parametrize("text", ["yes", "0x10", "1_000", "1.10", "1e-3", "-007", "6.02e23", ".5", "1e20"])
def test_the_fix_that_is_named_is_read(text: str) -> None:
    unclear = resolve(text)
    assert isinstance(unclear, Unclear)
    instead = unclear.remedy.split(", ")[1].split(" where ")[0]
    assert not isinstance(resolve(instead), str | Unclear)


@pytest.mark.parametrize(
    "text",
    [
        "12:30:00",
        "1:30",
        ".nan",
        ".inf",
        "-.INF",
        "1e400",
        "1e-400",
        "9223372036854775808",
        "=",
        "<<",
        "1e99999999999999999999999",
        "1.0e-99999999999999999999999",
        "9" * 100_000,
    ],
)
def test_what_no_number_holds_is_refused(text: str) -> None:
    unclear = resolve(text)
    assert isinstance(unclear, Unclear)
    assert "in quotes" in unclear.remedy
    assert len(unclear.fact + unclear.remedy) < 250
