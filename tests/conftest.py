"""What all tests share: goldens, rewritten by ``make golden``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

WAITING = (
    "test_rehearse_loop.py",
    "test_rehearse_small.py",
    "test_rehearse_large.py",
    "test_broken.py",
    "test_rehearse_wide.py",
    "test_story.py",
    "test_samples.py",
    "test_changes.py",
    "test_endpoints.py",
    "test_files.py",
)
"""What is begun first, in this order: what takes minutes, whole rehearsals first, and the file with the most tests, so
that one worker of three computes beside them. By its own order, of falling numbers of tests, xdist would begin them
last, all at once, and leave the processors idle."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write what is there instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden of that name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert text == path.read_bytes().decode(), f"make golden rewrites {name}"

    return compare


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files as `WAITING` says, then by falling numbers of tests (with --no-loadscope-reorder, xdist keeps it)."""
    tests = Counter(item.path for item in items)

    def rank(item: pytest.Item) -> tuple[int, int]:
        name = item.path.name
        return WAITING.index(name) if name in WAITING else len(WAITING), -tests[item.path]

    items.sort(key=rank)
