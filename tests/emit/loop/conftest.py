"""An AWS for the machines as they are executed."""

import urllib.request
from collections.abc import Iterator

import pytest
from tests.emit.loop.world import ACCOUNT

from landform.rehearse.embedded import EmbeddedAws


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as aws:
        yield aws


@pytest.fixture
def aws(embedded: EmbeddedAws) -> EmbeddedAws:
    """An AWS in which nothing stands."""
    urllib.request.urlopen(f"{embedded.endpoint}/moto-api/reset", data=b"").close()
    return embedded
