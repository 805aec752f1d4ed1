"""A disk that takes nothing, sinks that are down, clients that push harder than events are worked off, a flood."""

from __future__ import annotations

import http.client
import json
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from landform_agent.formats.rows import Schema
from landform_agent.health import Health
from landform_agent.serve import BODIES, BODY, CONNECTIONS, serving
from landform_agent.sinks import DeliveryError
from landform_agent.sinks.local import FileSink
from landform_agent.sources.push import Push
from landform_agent.store import Store
from landform_agent.watch import GATHER

from .conftest import CONFIG, Site, events
from .test_serve import _port as free_port
from .test_serve import ask

Make = Callable[..., Site]


def fitted(site: Site) -> Site:
    head = site.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(1_000)))
    site.fit(head)
    return site


@contextmanager
def running(site: Site, port: int, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A run whose health can be asked; it ends by a signal and well."""
    with site.start("run", *arguments) as process:
        try:
            until(lambda: answers(port))
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)
        assert process.returncode == 0


def answers(port: int) -> bool:
    try:
        return bool(ask(port, "GET", "/healthz")[0])
    except ConnectionRefusedError:
        return False


def status(port: int, method: str, path: str, body: bytes | None = None) -> int:
    """0 where the connection was closed before the answer could be read."""
    try:
        return ask(port, method, path, body)[0]
    except ConnectionError:
        return 0


def figure(port: int, name: str) -> float:
    text = ask(port, "GET", "/metrics")[1]
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"landform_agent_{name}{{"))


def until(true: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("not within a minute")


def resident(process: int) -> float:
    """MB at the most so far."""
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def test_a_disk_that_takes_nothing_is_waited_for(site: Make) -> None:
    """The limit on the size of files stands for a full disk: it can be set, and lifted, for a process that runs."""
    calm, port = fitted(site("calm")), free_port()
    full = fitted(site("full", CONFIG + f"listen: 127.0.0.1:{port}\n"))
    for place in (calm, full):
        place.write("0.jsonl", [*events(3_000, 1_000), "no event"])
    calm.run("--batch", 50)
    room = (full.path / "state.sqlite").stat().st_size + 40_000
    with running(full, port, "--batch", 50) as process:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        full.write("1.jsonl", events(3_000, 4_000))
        until(lambda: ask(port, "GET", "/healthz")[0] == 503)
        assert json.loads(ask(port, "GET", "/healthz")[1])["problem"] == "the disk takes nothing"
        taken = len(full.alarms())
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: len(full.alarms()) == 60)
        assert taken < 60
        assert ask(port, "GET", "/healthz")[0] == 200
    calm.write("1.jsonl", events(3_000, 4_000))
    calm.run()
    assert full.alarms() == calm.alarms()
    assert full.rejects() == calm.rejects()


def test_pushed_events_are_refused_while_the_disk_takes_nothing(site: Make) -> None:
    port = free_port()
    config = CONFIG.replace("{kind: files, path: in/*, settle: 0.1s}", "{kind: http}") + f"listen: 127.0.0.1:{port}\n"
    pushed, calm = fitted(site("pushed", config)), fitted(site("calm"))
    sent = events(2_000, 1_000)
    calm.write("0.jsonl", sent)
    calm.run()
    refused = 0
    with running(pushed, port) as process:
        room = (pushed.path / "state.sqlite").stat().st_size + 40_000
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        for first in range(0, 2_000, 100):
            body = "\n".join(sent[first : first + 100]).encode()
            while (answer := ask(port, "POST", "/ingest", body))[0] != 200:
                assert answer[0] == 507
                assert int(answer[2]["Retry-After"]) > 0
                refused += 1
                unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
        until(lambda: len(pushed.alarms()) == 20)
    assert refused
    assert pushed.alarms() == calm.alarms()


def test_a_file_that_cannot_be_written_gets_ten_thousand_alarms_later(tmp_path: Path) -> None:
    path = tmp_path / "out" / "alarms.jsonl"
    path.mkdir(parents=True)
    bodies = [json.dumps({"id": number}).encode() for number in range(10_000)]
    with Store(tmp_path / "state") as store:
        sink = FileSink(path)
        sink.start(store)
        with store.write():
            store.post(sink.name, bodies)
        for _ in range(3):
            with pytest.raises(DeliveryError, match="directory"):
                sink.deliver(store)
        path.rmdir()
        while sink.deliver(store):
            pass
        assert store.unsent() == 0
    assert path.read_bytes().splitlines() == bodies


def test_a_run_outlives_a_sink_that_is_down(site: Make) -> None:
    port = free_port()
    down = fitted(site("down", CONFIG + f"listen: 127.0.0.1:{port}\n"))
    (down.path / "alarms.jsonl").mkdir()
    down.write("0.jsonl", events(2_000, 1_000))
    with running(down, port):
        until(lambda: figure(port, "accepted_total") == 3_000)
        (down.path / "alarms.jsonl").rmdir()
        until(lambda: len(down.alarms()) == 20)


def pushing(site: Make, port: int) -> Site:
    source = "{kind: http, pending: 65536}"
    config = CONFIG.replace("{kind: files, path: in/*, settle: 0.1s}", source) + f"listen: 127.0.0.1:{port}\n"
    return fitted(site("pushed", config))


def push(port: int, first: int, count: int) -> None:
    assert ask(port, "POST", "/ingest", "\n".join(events(count, first)).encode())[0] == 200


def test_a_burst_after_a_trickle_is_worked_off_at_once(site: Make) -> None:
    """What trickles shares a commit of every `GATHER` seconds; meanwhile there is no room for much."""
    port = free_port()
    pushed = pushing(site, port)
    with running(pushed, port):
        push(port, 1_000, 1)
        until(lambda: figure(port, "accepted_total") == 1_001)
        began = time.monotonic()
        push(port, 1_001, 200)
        until(lambda: figure(port, "accepted_total") == 1_201)
        assert time.monotonic() - began < 0.7 * GATHER


def test_a_sink_that_was_down_is_asked_again_while_a_trickle_is_gathered(site: Make) -> None:
    port = free_port()
    pushed = pushing(site, port)
    (pushed.path / "alarms.jsonl").mkdir()
    with running(pushed, port, "--batch", 20_000):
        # So few lines that more of them are waited for, and an alarm among them.
        push(port, 1_000, 120)
        until(lambda: figure(port, "accepted_total") == 1_120)
        began = time.monotonic()
        (pushed.path / "alarms.jsonl").rmdir()
        until(lambda: bool(pushed.alarms()))
        assert time.monotonic() - began < 0.7 * GATHER


def test_clients_that_push_harder_than_events_are_worked_off(site: Make) -> None:
    """They are told to wait, by 429 and Retry-After; all that was answered with 200 counts, once."""
    port = free_port()
    source = "{kind: http, pending: 65536}"
    config = CONFIG.replace("{kind: files, path: in/*, settle: 0.1s}", source) + f"listen: 127.0.0.1:{port}\n"
    pushed = fitted(site("pushed", config))
    told: list[tuple[int, bool]] = []

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for first in range(1_000 + 1_000 * number, 2_000 + 1_000 * number, 100):
            status = 0
            while status != 200:
                connection.request("POST", "/ingest", "\n".join(events(100, first)).encode())
                answer = connection.getresponse()
                answer.read()
                status = answer.status
                told.append((status, "Retry-After" in answer.headers))
                time.sleep(0.05 if status == 429 else 0)

    with running(pushed, port) as process:
        clients = [threading.Thread(target=client, args=(number,)) for number in range(6)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        until(lambda: figure(port, "accepted_total") == 7_000)
        assert figure(port, "duplicates_total") == 0
        assert resident(process.pid) < 200
    assert {(200, False), (429, True)} == set(told)
    assert len(pushed.alarms()) == 60


def test_bodies_and_connections_at_a_time_are_bounded(tmp_path: Path) -> None:
    with Store(tmp_path / "state"):
        pass
    inlet = Push(tmp_path / "state", Schema(), limit=1_000)
    with serving("127.0.0.1:0", Health(60), "score", inlet) as port:

        def begun() -> http.client.HTTPConnection:
            """A client that says much and sends nothing yet."""
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.putrequest("POST", "/ingest")
            connection.putheader("Content-Length", str(BODY))
            connection.endheaders()
            return connection

        slow = [begun() for _ in range(BODIES // BODY)]
        time.sleep(0.2)
        until(lambda: status(port, "POST", "/ingest", b"x") == 429)
        idle = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(CONNECTIONS - len(slow))]
        for one in idle:
            one.connect()
        until(lambda: status(port, "GET", "/healthz") == 503)
        for connection in (*slow, *idle):
            connection.close()
        until(lambda: status(port, "POST", "/ingest", b"x") == 200)


def test_a_flood_of_categories_needs_no_more_memory_than_three_of_them(site: Make) -> None:
    """A hundred thousand values that nobody saw before; the engine is the one that ships."""
    count, most = 100_000, []
    for name in ("calm", "flood"):
        port = free_port()
        here = replace(site(name, CONFIG + f"listen: 127.0.0.1:{port}\n"), engine="landform_agent.engine")
        fitted(here)
        line = '{"id": "%d", "features": {"amount": %.2f, "country": "%s"}, "prediction": 0.5}'
        known = ("DE", "FR", "US")
        values = (f"unheard of {n}" if name == "flood" else known[n % 3] for n in range(count))
        here.write("0.jsonl", (line % (n, n % 7, value) for n, value in enumerate(values)))
        with running(here, port) as process:
            until(lambda port=port: figure(port, "accepted_total") == count + 1_000)  # type: ignore[misc]
            most.append(resident(process.pid))
    assert most[1] < most[0] + 20
    assert most[1] < 200
    kinds = {json.loads(alarm)["kind"] for alarm in here.alarms()}
    assert "category" in kinds
    assert max(map(len, here.alarms())) < 16_384
