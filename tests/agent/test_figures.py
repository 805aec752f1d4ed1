"""What is told every minute, whatever comes: a figure that stops is an alarm of its own."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from landform_agent.health import COUNTED, GAUGES, Health
from landform_agent.sinks.cloudwatch import FIGURES
from landform_agent.store import Store

from .conftest import CONFIG, CREDENTIALS, Site, events

Make = Callable[..., Site]


def test_all_figures_are_there_from_the_first_minute_on() -> None:
    told = Health(60).figures()
    assert set(FIGURES) <= set(told)
    assert {f"{name}_total" for name in COUNTED} | set(GAUGES) <= set(told)
    assert all(told[name] == 0.0 for name in GAUGES)
    # Each one is billed by the month.
    assert len(FIGURES) <= 20


def test_figures_of_a_watch_at_work(site: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudWatch cannot be reached here, so that what was to be told waits in the state."""
    config = CONFIG.replace("sinks: [", "sinks: [{kind: cloudwatch}, ") + "labels: {lag: 100s}\nregion: us-east-1\n"
    busy = site("busy", config)
    busy.write("0.jsonl", [*events(1_500), "no event"])
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    busy.run()
    with Store(busy.path / "state.sqlite") as store:
        [(_, first), *_] = store.outgoing("cloudwatch:landform/drift", 10)
        assert store.unsent_age() >= 0
    figures = json.loads(first)["figures"]
    assert figures["up"] == 1.0
    assert (figures["accepted_total"], figures["rejected_total"], figures["seq"]) == (1_500, 1, 1_500)
    assert figures["event_age_seconds"] > 0
    assert figures["label_coverage"] == 1.0
    assert figures["labels_waiting"] == 101
    assert abs(figures["reject_share"] - 1 / 1_501) < 1e-9
