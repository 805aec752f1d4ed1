"""Texts of policies with wildcards, compiled for matching: actions and values freely, ARNs segment by segment.

Of the element Resource, AWS documents that an asterisk at the end of a segment matches beyond its colon; of ArnLike,
that each of the six segments is compared by itself (IAM user guide, "IAM JSON policy elements: Resource" and "IAM JSON
policy elements: Condition operators", read 2026-11-30). It says that an asterisk *can* go on beyond a colon: what
denies, or leaves out, is taken to stop there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final


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


Tokens = tuple[str, ...]
"""A text, letter by letter; `*` and `?` stand for whatever is there, and these two for all but a colon."""
MANY_WITHIN: Final = "*:"
ONE_WITHIN: Final = "?:"
_CLASSES: Final = {"*": ".*", "?": ".", MANY_WITHIN: "[^:]*", ONE_WITHIN: "[^:]"}


@lru_cache(maxsize=65536)
def free(text: str) -> re.Pattern[str]:
    """Compile a text in which a wildcard stands for anything."""
    return _compiled(tuple(text))


@lru_cache(maxsize=65536)
def arn_pattern(text: str) -> re.Pattern[str]:
    """Compile an ARN of a condition: a wildcard stays within its segment, and missing segments are wildcards too."""
    return _compiled(arn_tokens(text))


@lru_cache(maxsize=65536)
def resource_pattern(text: str) -> re.Pattern[str]:
    """Compile an ARN of the element Resource: an asterisk at the end of a segment goes on beyond its colon."""
    return _compiled(resource_tokens(text))


@lru_cache(maxsize=65536)
def narrow_pattern(text: str) -> re.Pattern[str]:
    """Compile an ARN of the element Resource with its asterisks kept to their segments, which they may go beyond."""
    return _compiled(narrow_tokens(text))


def arn_tokens(text: str) -> Tokens:
    """Read an ARN of a condition; raises PolicyError for what is none."""
    if text == "*":
        return ("*",)
    segments = text.split(":", 5)
    if len(segments) < 6 and not segments[-1].endswith("*"):
        raise PolicyError(f"not an ARN: {text}")
    segments += ["*"] * (6 - len(segments))
    return _joined([*map(_within, segments[:5]), tuple(segments[5])])


def resource_tokens(text: str) -> Tokens:
    """Read an ARN of the element Resource; raises PolicyError for what is none."""
    head, last = _segments(text)
    inner = [(*_within(s[:-1]), "*") if s.endswith("*") else _within(s) for s in head]
    return _joined([*inner, tuple(last)])


def narrow_tokens(text: str) -> Tokens:
    """Read the same, its asterisks kept to their segments."""
    head, last = _segments(text)
    return _joined([*map(_within, head), tuple(last)])


def _segments(text: str) -> tuple[list[str], str]:
    *head, last = text.split(":", 5)
    if text != "*" and len(head) < 5 and not any(segment.endswith("*") for segment in (*head, last)):
        raise PolicyError(f"not an ARN: {text}")
    return head, last


def _within(segment: str) -> Tokens:
    return tuple({"*": MANY_WITHIN, "?": ONE_WITHIN}.get(letter, letter) for letter in segment)


def _joined(segments: Sequence[Tokens]) -> Tokens:
    first, *others = segments
    return (*first, *(token for segment in others for token in (":", *segment)))


def _compiled(tokens: Tokens) -> re.Pattern[str]:
    """Compile tokens; where anything may follow up to the next text, the first place of a text is as good as any, and
    no other is tried: many asterisks would take for ever.
    """
    stars = [place for place, token in enumerate(tokens) if token in ("*", MANY_WITHIN)]
    parts = [_spelt(tokens[: stars[0]] if stars else tokens)]
    for place, following in zip(stars, (*stars[1:], None), strict=False):
        fixed = _spelt(tokens[place + 1 : following])
        free_after = following is not None and tokens[following] == "*"
        many = _CLASSES[tokens[place]]
        parts.append(f"(?>{many}?{fixed})" if free_after else f"{many}{fixed}")
    return re.compile("".join(parts), re.DOTALL)


def _spelt(tokens: Tokens) -> str:
    return "".join(_CLASSES.get(token) or re.escape(token) for token in tokens)


def exemplar(pattern: str) -> str:
    """Return a text that fits a pattern."""
    return pattern.replace("*", "landform-example").replace("?", "x")
