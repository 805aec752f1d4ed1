"""An AWS for the machines as they are executed."""

from collections.abc import Iterator

import pytest
from support.account import empty
from tests.emit.loop.standing import ACCOUNT

from landform.rehearse.embedded import EmbeddedAws


@pytest.fixture(scope="package")
def embedded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as aws:
        yield aws


@pytest.fixture
def aws(embedded: EmbeddedAws) -> EmbeddedAws:
    """An AWS in which nothing stands."""
    empty(embedded)
    return embedded
