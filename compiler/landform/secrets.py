"""Secrets that someone pasted into a text: found by their form, never shown.

The forms are those that the issuers document (AWS key ids, GitHub, GitLab, Slack, Stripe, Hugging Face and
PyPI tokens, RFC 7468 key blocks, RFC 7519 web tokens; read in November 2026).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from landform.diagnostics import LINE_BREAK

# kind, a literal without which the pattern cannot match (the search for it costs next to nothing), pattern
_FORMS: Final[tuple[tuple[str, str, re.Pattern[str]], ...]] = tuple(
    (kind, literal, re.compile(pattern))
    for kind, literal, pattern in (
        ("an AWS access key id", "AKIA", r"(?<![A-Za-z0-9])AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("an AWS access key id", "ASIA", r"(?<![A-Za-z0-9])ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
        (
            "a private key",
            "PRIVATE KEY",
            r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
            r"(?:[\s\S]{0,20000}?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?",
        ),
        ("a GitHub token", "gh", r"(?<![A-Za-z0-9_])gh[pousr]_[A-Za-z0-9]{20,}"),
        ("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{20,}"),
        ("a GitLab token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}"),
        ("a Slack token", "xox", r"(?<![A-Za-z0-9])xox[abceoprs]-[A-Za-z0-9-]{10,}"),
        ("a Stripe key", "k_live_", r"(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{10,}"),
        ("a Hugging Face token", "hf_", r"(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{30,}"),
        ("a PyPI token", "pypi-AgEI", r"pypi-AgEI[A-Za-z0-9_-]{20,}"),
        ("a web token (JWT)", "eyJ", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
        (
            "a password in an address",
            "://",
            r"(?<=://)[^\s/:@'\"$<>{}()]+:[^\s/:@'\"$<>{}()]+(?=@[A-Za-z0-9])",
        ),
    )
)
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_SAYS_SECRET = re.compile(r"(?i)secret[_ -]?(?:access[_ -]?)?key|aws[_ -]?secret")
_NEAR = 300
"""Characters around a key id, or behind the words "secret key", where 40 of base 64 are an AWS secret."""


def find_secrets(text: str) -> list[tuple[int, int, str]]:
    """List line, column (both from 1) and kind of each secret in a text; never the secret itself."""
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]
    found = []
    for begin, _, kind in sorted(_spans(text)):
        line = bisect_right(starts, begin)
        found.append((line, begin - starts[line - 1] + 1, kind))
    return found


def redact(text: str) -> str:
    """Cover each secret with asterisks; every other character keeps its line and column."""
    for begin, end, _ in _spans(text):
        text = text[:begin] + re.sub(r"[^\r\n]", "*", text[begin:end]) + text[end:]
    return text


def _spans(text: str) -> Iterator[tuple[int, int, str]]:
    near: list[tuple[int, int]] = []
    for kind, literal, pattern in _FORMS:
        if literal in text:
            for match in pattern.finditer(text):
                yield match.start(), match.end(), kind
                if kind == "an AWS access key id":
                    near += [(match.start() - _NEAR, match.start()), (match.end(), match.end() + _NEAR)]
    near += [(match.end(), match.end() + _NEAR) for match in _SAYS_SECRET.finditer(text)]
    secrets = {m.span() for begin, end in near for m in _AWS_SECRET.finditer(text, max(begin, 0), end)}
    for begin, end in secrets:
        yield begin, end, "an AWS secret access key"
