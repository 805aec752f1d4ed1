"""Pushed events: durable before they are answered, refused under pressure; health and figures."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landform_agent.formats.rows import Schema
from landform_agent.health import Health, prometheus
from landform_agent.serve import BODY, Refused, serving
from landform_agent.sources.push import Push
from landform_agent.store import Store

from .conftest import CONFIG, Site, events

Make = Callable[..., Site]


def _port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), dict(answer.getheaders())


def _up(port: int) -> None:
    for _ in range(200):
        try:
            ask(port, "GET", "/healthz")
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nothing serves")


def test_what_was_answered_survives_a_kill(site: Make) -> None:
    port = _port()
    source = "source: {kind: http}\nlisten: 127.0.0.1:" + str(port)
    pushed = site("pushed", CONFIG.replace("source: {kind: files, path: in/*, settle: 0.1s}", source))
    calm = site("calm")
    head, rest = events(1_000), events(2_000, 1_000)
    for place in (pushed, calm):
        (place.path / "head.jsonl").write_text("\n".join(head))
        place.fit(place.path / "head.jsonl")
    calm.write("0.jsonl", rest)
    calm.run()
    process: subprocess.Popen[str] | None = None
    for first in range(0, 2_000, 100):
        if first % 700 == 0:
            if process:
                process.kill()
                process.communicate()
            process = pushed.start("run", "--batch", 30)
            _up(port)
        status, _, _ = ask(port, "POST", "/ingest", "\n".join(rest[first : first + 100]).encode())
        assert status == 200
    assert process
    for _ in range(200):
        status, text, _ = ask(port, "GET", "/metrics")
        if 'landform_agent_accepted_total{watch="score"} 3000' in text:
            break
        time.sleep(0.05)
    assert (status, ask(port, "GET", "/healthz")[0]) == (200, 200)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 0
    assert pushed.alarms() == calm.alarms()
    assert len(pushed.alarms()) == 20


@pytest.fixture
def inlet(tmp_path: Path) -> Push:
    with Store(tmp_path / "state"):
        pass
    return Push(tmp_path / "state", Schema(), limit=1_000)


def test_under_pressure_events_are_refused_and_nothing_grows(inlet: Push, tmp_path: Path) -> None:
    with serving("127.0.0.1:0", Health(60), "score", inlet) as port:
        assert ask(port, "POST", "/ingest", b"x" * 900)[0] == 200
        status, text, headers = ask(port, "POST", "/ingest", b"x" * 200)
        assert (status, headers["Retry-After"]) == (429, "1")
        assert "later" in text
        with Store(tmp_path / "state") as store:
            assert store.waiting() == 900
            store.drop_body(1)
        assert ask(port, "POST", "/ingest", b"x" * 200)[0] == 200


def test_a_watch_is_woken_by_much_and_not_by_each_request(inlet: Push) -> None:
    woken: list[int] = []
    inlet._limit, inlet._wake = 10_000, lambda: woken.append(1)
    for body in (b"x" * 50, b"x" * 50):
        inlet.take(body)
    assert not woken
    inlet.take(b"x")
    assert len(woken) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/ingest", b"\n \n", 400),
        ("POST", "/elsewhere", b"x", 404),
        ("GET", "/elsewhere", None, 404),
        ("POST", "/ingest", b"x" * (BODY + 1), 413),
    ],
)
def test_requests_that_do_not_fit(inlet: Push, method: str, path: str, body: bytes | None, status: int) -> None:
    with serving("127.0.0.1:0", Health(60), "score", inlet) as port:
        try:
            assert ask(port, method, path, body)[0] == status
        except (BrokenPipeError, ConnectionResetError):
            # The answer came while the body was still on its way.
            assert status == 413
        assert ask(port, "GET", "/healthz")[0] == 200


def test_a_full_disk_is_507(inlet: Push) -> None:
    pages = inlet._store._db.execute("PRAGMA page_count").fetchone()[0]
    inlet._store._db.execute(f"PRAGMA max_page_count={pages}")
    inlet._limit = 1 << 20
    with pytest.raises(Refused) as refused:
        inlet.take(b"x" * 100_000)
    assert refused.value.status == 507


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_health_by_what_was_committed() -> None:
    clock = Clock()
    health = Health(stale_after=60, clock=clock)
    clock.now += 100
    assert not health.problem()
    health.busy = True
    assert "nothing was committed for 100 s" in health.problem()
    health.committed = clock.now
    assert not health.problem()
    health.blocked = "the disk is full"
    with serving("127.0.0.1:0", health, "score") as port:
        status, text, _ = ask(port, "GET", "/healthz")
        told: dict[str, Any] = json.loads(text)
        assert (status, told["problem"]) == (503, "the disk is full")
        assert ask(port, "POST", "/ingest", b"{}")[0] == 404


def test_figures_as_prometheus_text() -> None:
    text = prometheus(Health(60).figures(), 'a"b\\')
    assert '# TYPE landform_agent_accepted_total counter\nlandform_agent_accepted_total{watch="a\\"b\\\\"} 0\n' in text
    assert 'landform_agent_up{watch="a\\"b\\\\"} 1\n' in text
