"""Texts of policies with wildcards, compiled for matching: actions and values freely, ARNs segment by segment."""

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
    """In an ARN a wildcard stays within its segment; fields that are missing are wildcards too."""
    if text == "*":
        return free(text)
    segments = text.split(":", 5)
    if len(segments) < 6 and not segments[-1].endswith("*"):
        raise PolicyError(f"not an ARN: {text}")
    segments += ["*"] * (6 - len(segments))
    head = ":".join(_regex(s, "[^:]*", "[^:]") for s in segments[:5])
    return re.compile(f"{head}:{_regex(segments[5], '.*', '.')}", re.DOTALL)


def _regex(text: str, many: str, one: str) -> str:
    return re.escape(text).replace(r"\*", many).replace(r"\?", one)
