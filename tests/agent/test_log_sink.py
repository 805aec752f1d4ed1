"""Alarms in the log: objects in an object, for a log agent that takes lines of JSON."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from landform_agent.logs import JsonFormatter
from landform_agent.sinks.local import LogSink
from landform_agent.store import Store


def test_an_alarm_is_an_object_in_its_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Store(tmp_path / "state.sqlite") as store:
        with store.write():
            store.post(LogSink.name, [b'{"id":"a","evidence":{"psi":0.5}}'])
        with caplog.at_level(logging.INFO, "landform_agent.alarms"):
            assert LogSink().deliver(store) == 1
        assert LogSink().deliver(store) == 0
    line = json.loads(JsonFormatter().format(caplog.records[0]))
    assert (line["level"], line["message"]) == ("warning", "alarm")
    assert line["alarm"] == {"id": "a", "evidence": {"psi": 0.5}}
