from __future__ import annotations

import io
import os
from contextlib import suppress

from landform.rehearse.progress import shown
from landform.rehearse.story import Step

STEPS = [
    Step("build", "running", "Building: 3 of 5", 1.0),
    Step("build", "done", "Built [5] resources", 2.4),
    Step("destroy", "failed", "Tore down", 3.0),
]


def test_plain_lines_where_nobody_watches() -> None:
    out = io.StringIO()
    with shown(out) as progress:
        for step in STEPS:
            progress(step)
    assert out.getvalue() == "✓ Built [5] resources (2 s)\n✗ Tore down (3 s)\n"


def test_a_terminal_shows_the_end_of_each_step() -> None:
    leader, follower = os.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as terminal, shown(terminal) as progress:
        for step in STEPS:
            progress(step)
    text = to_the_end(leader)
    os.close(leader)
    assert "Built [5] resources" in text
    assert "✗" in text


def to_the_end(leader: int) -> str:
    """Read what a terminal was sent; one read gives as much as happens to be there."""
    parts = []
    # Linux says EIO where other systems say that this is the end.
    with suppress(OSError):
        while part := os.read(leader, 65536):
            parts.append(part)
    return b"".join(parts).decode()
