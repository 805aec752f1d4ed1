"""Texts of policies with wildcards, compiled for matching: actions and values freely, ARNs segment by segment.

Of the element Resource, AWS documents that an asterisk at the end of a segment matches beyond its colon; of ArnLike,
that each of the six segments is compared by itself (IAM user guide, "IAM JSON policy elements: Resource" and "IAM JSON
policy elements: Condition operators", read 2026-11-30).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache


class PolicyError(ValueError):
    """A policy that is malformed, or says what this evaluation does not know."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """Texts with `*` and `?`: those without are looked up, the others matched."""

    texts: tuple[str, ...]
    exact: frozenset[str] = field(repr=False)
    wild: tuple[re.Pattern[str], ...] = field(repr=False)

    def match(self, text: str) -> bool:
        """Tell whether any of them fits."""
        return text in self.exact or (bool(self.wild) and any(p.fullmatch(text) for p in self.wild))


def patterns(texts: Iterable[str], to_regex: Callable[[str], re.Pattern[str]]) -> Patterns:
    """Compile texts, of which those with wildcards become regular expressions."""
    listed = list(texts)
    wild = tuple(to_regex(t) for t in listed if "*" in t or "?" in t)
    return Patterns(tuple(listed), frozenset(t for t in listed if "*" not in t and "?" not in t), wild)


@lru_cache(maxsize=65536)
def free(text: str) -> re.Pattern[str]:
    """Compile a text in which a wildcard stands for anything."""
    return re.compile(_regex(text, ".*", "."), re.DOTALL)


@lru_cache(maxsize=65536)
def arn_pattern(text: str) -> re.Pattern[str]:
    """Compile an ARN of a condition: a wildcard stays within its segment, and missing segments are wildcards too."""
    if text == "*":
        return free(text)
    segments = text.split(":", 5)
    if len(segments) < 6 and not segments[-1].endswith("*"):
        raise PolicyError(f"not an ARN: {text}")
    segments += ["*"] * (6 - len(segments))
    head = ":".join(_regex(s, "[^:]*", "[^:]") for s in segments[:5])
    return re.compile(f"{head}:{_regex(segments[5], '.*', '.')}", re.DOTALL)


@lru_cache(maxsize=65536)
def resource_pattern(text: str) -> re.Pattern[str]:
    """Compile an ARN of the element Resource: an asterisk at the end of a segment goes on beyond its colon."""
    if text == "*":
        return free(text)
    *head, last = text.split(":", 5)
    if len(head) < 5 and not any(segment.endswith("*") for segment in (*head, last)):
        raise PolicyError(f"not an ARN: {text}")
    inner = [_regex(s.removesuffix("*"), "[^:]*", "[^:]") + (".*" if s.endswith("*") else "") for s in head]
    return re.compile(":".join([*inner, _regex(last, ".*", ".")]), re.DOTALL)


def exemplar(pattern: str) -> str:
    """Return a text that fits a pattern."""
    return pattern.replace("*", "landform-example").replace("?", "x")


def beginning(pattern: str, start: str) -> list[str]:
    """Return texts that fit a pattern and begin in a given way: one for each way to take its asterisks."""
    places = _after_any({0}, pattern)
    for letter in start:
        kept = {i for i in places if pattern[i : i + 1] == "*"}
        passed = {i + 1 for i in places if pattern[i : i + 1] in ("?", letter)}
        places = _after_any(kept | passed, pattern)
    return sorted({start + exemplar(pattern[i:]) for i in places})


def _after_any(places: set[int], pattern: str) -> set[int]:
    """Add the places behind asterisks, which may stand for nothing."""
    skipped = {place: len(pattern[place:]) - len(pattern[place:].lstrip("*")) for place in places}
    return {place + step for place, most in skipped.items() for step in range(most + 1)}


def _regex(text: str, many: str, one: str) -> str:
    return re.escape(text).replace(r"\*", many).replace(r"\?", one)
