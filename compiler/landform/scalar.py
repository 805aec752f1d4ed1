"""Plain YAML scalars by the core schema of YAML 1.2.

A plain scalar that YAML 1.1 reads differently, or whose value would change on the way, is refused with
the fix: nobody should have to know which version a tool happens to follow.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Scalar = str | int | float | bool | None

_LARGEST: Final = 2**63 - 1
"""Terraform, JSON readers and AWS agree on numbers up to here: signed 64 bits."""

_FIXED: Final[dict[str, Scalar]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# YAML 1.1, https://yaml.org/type/bool.html
_OLD_TRUE: Final = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
_OLD_FALSE: Final = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF"})

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Numbers of other bases and digit groups: YAML 1.1 (https://yaml.org/type/int.html) and 1.2 disagree on all.
_BASED = re.compile(r"[-+]?(0b_*[01][01_]*|0o_*[0-7][0-7_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*)")
_GROUPED = re.compile(r"[-+]?(?=[^_]*_)[0-9][0-9_]*(\.[0-9_]*([eE][-+]?[0-9]+)?)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")

_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_PLAIN_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.(0|[0-9]*[1-9])")
# YAML 1.1 takes an exponent for a number only behind a point and with a sign.
_PLAIN_EXPONENT = re.compile(r"-?[0-9]\.[0-9]+[eE][-+][0-9]+")


@dataclass(frozen=True, slots=True)
class Unclear:
    """A plain scalar that is not read: why, and what to write instead."""

    fact: str
    remedy: str


def resolve(text: str) -> Scalar | Unclear:
    """Read a plain (unquoted) scalar."""
    if text in _FIXED:
        return _FIXED[text]
    if text in _OLD_TRUE:
        return _either(text, f"{text} is true in YAML 1.1 and text in YAML 1.2.", "true")
    if text in _OLD_FALSE:
        return _either(text, f"{text} is false in YAML 1.1 and text in YAML 1.2.", "false")
    if text[0] in "0123456789+-.":
        return _number(text)
    if text in ("=", "<<"):
        return _either(text, f"{text} has a meaning of its own in YAML 1.1 and is text in YAML 1.2.")
    return text


def _number(text: str) -> Scalar | Unclear:
    """Read what begins like a number and may be text all the same (an address, a date, 10m)."""
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    return _number_elsewhere(text) or text


def _number_elsewhere(text: str) -> Unclear | None:
    """Tell what only one of the versions takes for a number."""
    shown = _cut(text)
    if _NOT_FINITE.fullmatch(text):
        return _either(text, f"{shown} is not a finite number.")
    if _BASED.fullmatch(text):
        return _either(text, f"YAML versions disagree on {shown}.", _decimal(text))
    if _GROUPED.fullmatch(text):
        plain = text.replace("_", "")
        number = "" if isinstance(_number(plain), Unclear) else plain
        return _either(text, f"{shown} is a number in YAML 1.1 and text in YAML 1.2.", number)
    if _SEXAGESIMAL.fullmatch(text):
        return _either(text, f"{shown} is a number of base 60 in YAML 1.1 and text in YAML 1.2.")
    return None


def _integer(text: str) -> int | Unclear:
    if not _PLAIN_INTEGER.fullmatch(text):
        digits = text.lstrip("+-").lstrip("0") or "0"
        plain = f"-{digits}" if text[0] == "-" and digits != "0" else digits
        number = "" if isinstance(_integer(plain), Unclear) else plain
        return _either(text, f"{_cut(text)} would come out as {_cut(plain)}.", number)
    # 20 digits are past the limit whatever they are; int() of a million digits would take its time.
    if len(text) > 20 or not -_LARGEST - 1 <= int(text) <= _LARGEST:
        return _either(text, f"{_cut(text)} does not fit into 64 bits.")
    return int(text)


def _float(text: str) -> float | Unclear:
    value, mantissa = float(text), text.lower().partition("e")[0]
    if math.isinf(value) or (value == 0 and re.search("[1-9]", mantissa)):
        return _either(text, f"{_cut(text)} is beyond what a number can hold.")
    exact = value == 0 or Decimal(repr(value)) == Decimal(text)
    if exact and (_PLAIN_FLOAT.fullmatch(text) or _PLAIN_EXPONENT.fullmatch(text)):
        return value
    if mantissa != text.lower() and not _PLAIN_EXPONENT.fullmatch(text):
        return _either(text, f"{_cut(text)} is text in YAML 1.1 and a number in YAML 1.2.", _written(value))
    return _either(text, f"{_cut(text)} would come out as {_written(value)}.", _written(value))


def _written(value: float) -> str:
    """Write a number so that it is read back: 0.001, 1.5e+20."""
    mantissa, mark, exponent = repr(value).partition("e")
    if mark and "." not in mantissa:
        mantissa += ".0"
    if abs(int(exponent or 0)) <= 7:
        return format(Decimal(repr(value)), "f")
    return mantissa + mark + exponent


def _decimal(text: str) -> str:
    digits = text.replace("_", "")
    return str(int(digits, 0)) if len(digits) <= 20 else ""


def _either(text: str, fact: str, number: str = "") -> Unclear:
    quoted = f"Write '{_cut(text)}' in quotes where text is meant"
    if not number:
        return Unclear(fact, f"{quoted}.")
    return Unclear(fact, f"{quoted}, {_cut(number)} where {_kind(number)} is.")


def _kind(plain: str) -> str:
    return "a switch" if plain in ("true", "false") else "a number"


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
