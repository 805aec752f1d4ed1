"""Just enough HCL to find a block in text that somebody wrote: headers and balanced braces, no evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|#[^\n]*|//[^\n]*|/\*.*?\*/|[{}]', re.DOTALL)


def blocks(text: str, header: str) -> Iterator[str]:
    """Yield each top-level block whose header matches the expression `header`, braces and all."""
    depth, start = 0, None
    opening = re.compile(rf"(?:{header})\s*$")
    for token in _TOKEN.finditer(text):
        if token[0] == "{":
            line = text[text.rfind("\n", 0, token.start()) + 1 : token.start()]
            if depth == 0 and opening.match(line.strip()):
                start = token.start() - len(line.lstrip())
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0 and start is not None:
                yield text[start : token.end()]
                start = None


def string_argument(block: str, name: str) -> str | None:
    """The value of an argument written as a plain string, None where there is none."""
    found = re.search(rf'^\s*{name}\s*=\s*"([^"]*)"', block, re.MULTILINE)
    return found[1] if found else None
