"""The watcher, run against a metadata service on loopback: what it does on each notice, in order and in time."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from landform.emit.user_data import HostScript, render

from .hosts import BARE, TRAINING
from .sandbox import Sandbox

INTERRUPTION = '{"action": "terminate", "time": "2026-11-23T10:00:00Z"}'
SPOT = "spot/instance-action"
STATE = "autoscaling/target-lifecycle-state"
REBALANCE = "events/recommendations/rebalance"


class Metadata:
    """IMDSv2: nothing without a token, 404 for what it has nothing to say of."""

    def __init__(self) -> None:
        self.says = {"instance-id": "i-0123456789abcdef0", STATE: "InService"}
        self.refused = 0
        metadata = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                wanted = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
                self._answer(200 if wanted else 400, "secret-token")

            def do_GET(self) -> None:
                if self.headers["X-aws-ec2-metadata-token"] != "secret-token":
                    metadata.refused += 1
                    return self._answer(401, "")
                said = metadata.says.get(self.path.removeprefix("/latest/meta-data/"))
                return self._answer(200 if said else 404, said or "<html>Not Found</html>")

            def _answer(self, status: int, body: str) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    service = Metadata()
    yield service
    service.server.shutdown()
    service.server.server_close()


def host(sandbox: Sandbox, script: HostScript = TRAINING) -> Path:
    """A host that is set up, has restored nothing, and has one checkpoint; returns the directory."""
    plain = replace(script, code=None, setup=None)
    assert sandbox.run(render(plain)).returncode == 0
    directory = at_work(sandbox)
    if script.checkpoint:
        assert sandbox.run('"$LANDFORM_ROOT/usr/local/lib/landform/checkpoint" restore').returncode == 0
        (directory / "step-1").write_text("one")
    (sandbox.folder / "calls").unlink()
    return directory


def at_work(sandbox: Sandbox) -> Path:
    """Let the host have a job, as the service that takes them says it; returns the directory of its checkpoints."""
    job = sandbox.root / "run/landform/job"
    job.parent.mkdir(parents=True, exist_ok=True)
    job.write_text("job-1")
    return sandbox.root / "var/lib/landform/checkpoint/job-1"


@contextmanager
def watching(sandbox: Sandbox, metadata: Metadata, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    endpoint = f"http://127.0.0.1:{metadata.server.server_port}"
    process = subprocess.Popen(
        [sandbox.root / "usr/local/lib/landform/watch"],
        env=sandbox.environment({"LANDFORM_IMDS": endpoint, "LANDFORM_POLL_SECONDS": "0.1", **more}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(what: str, sandbox: Sandbox) -> None:
    for _ in range(100):
        if any(what in call for call in sandbox.calls):
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} is not among {sandbox.calls}")


def position(sandbox: Sandbox, what: str) -> int:
    return next(n for n, call in enumerate(sandbox.calls) if what in call)


def test_nothing_happens_without_notice(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    with watching(sandbox, metadata) as process:
        time.sleep(1.5)
        assert process.poll() is None
    assert sandbox.calls == []
    assert metadata.refused == 0


def command_ends_in(seconds: float, sandbox: Sandbox, directory: Path) -> None:
    """What the command writes when it is told to end has to be in the last save."""
    sandbox.stand_in(
        "systemctl",
        '#!/bin/bash\necho "0 systemctl $*" >>"$SANDBOX/calls"\n'
        f"[[ $1 != stop ]] || {{ sleep {seconds}; echo two >'{directory}/step-2'; }}\n",
    )


def test_interruption_ends_the_command_then_saves(sandbox: Sandbox, metadata: Metadata) -> None:
    command_ends_in(1, sandbox, host(sandbox))
    with watching(sandbox, metadata) as process:
        time.sleep(0.5)
        metadata.says[SPOT] = INTERRUPTION
        noticed = time.monotonic()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - noticed < 10
    saved = sandbox.folder / "s3/models/checkpoints/train-graph/job-1"
    assert sorted(path.name for path in saved.iterdir()) == ["step-1", "step-2"]
    assert position(sandbox, "systemctl stop") < position(sandbox, "s3 sync")
    assert position(sandbox, "s3 sync") < position(sandbox, "complete-lifecycle-action")
    metric = next(call for call in sandbox.calls if "put-metric-data" in call)
    assert "--namespace landform/fraud-detection --metric-name SpotInterruptions" in metric
    assert "--dimensions entry=train.graph" in metric


def test_command_that_will_not_end_leaves_time_to_save(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    sandbox.stand_in("systemctl", "#!/bin/bash\nexec sleep 60\n")
    metadata.says[SPOT] = INTERRUPTION
    started = time.monotonic()
    with watching(sandbox, metadata, LANDFORM_SPOT_SECONDS="4") as process:
        assert process.wait(timeout=20) == 0
    assert 2 <= time.monotonic() - started < 8
    assert (sandbox.folder / "s3/models/checkpoints/train-graph/job-1/step-1").read_text() == "one"


def test_save_that_hangs_is_given_up_in_time(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    sandbox.stand_in("aws", "#!/bin/bash\n[[ $1 != s3 ]] || exec sleep 60\n")
    metadata.says[SPOT] = INTERRUPTION
    started = time.monotonic()
    with watching(sandbox, metadata, LANDFORM_SPOT_SECONDS="4") as process:
        assert process.wait(timeout=20) == 0
    assert time.monotonic() - started < 8


def test_the_times_fit_into_two_minutes() -> None:
    """Poll + all of `finish`, and the unit's own patience within the half that ending may take."""
    script = render(TRAINING)
    assert "LANDFORM_POLL_SECONDS-5}" in script
    assert "LANDFORM_SPOT_SECONDS-95}" in script
    assert "timeout 10 /usr/bin/python3 -m jobs release" in script
    assert "TimeoutStopSec=45s" in script
    assert 5 + 3 * 2 * 2 + 95 + 10 <= 120 + 2  # three questions of two requests, two seconds each, were IMDS to hang
    assert 95 // 2 >= 45


def test_scale_in_saves_and_lets_go(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    metadata.says[STATE] = "Terminated"
    with watching(sandbox, metadata) as process:
        assert process.wait(timeout=20) == 0
    assert position(sandbox, "systemctl stop") < position(sandbox, "s3 sync")
    done = sandbox.calls[-1]
    assert done.startswith("aws autoscaling complete-lifecycle-action")
    assert "--auto-scaling-group-name fraud-detection-prd-graph --lifecycle-hook-name checkpoint" in done
    assert "--instance-id i-0123456789abcdef0" in done
    assert not any("SpotInterruptions" in call for call in sandbox.calls)


def test_of_two_groups_the_own_one_is_told(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox, replace(TRAINING, groups=("first", "second")))
    refuses = '#!/bin/bash\necho "0 aws $*" >>"$SANDBOX/calls"\n[[ $* != *"--auto-scaling-group-name first"* ]]\n'
    sandbox.stand_in("aws", refuses)
    metadata.says[STATE] = "Terminated"
    with watching(sandbox, metadata) as process:
        assert process.wait(timeout=20) == 0
    assert "--auto-scaling-group-name second" in sandbox.calls[-1]


def test_the_job_is_given_back_once_it_is_saved(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    library = sandbox.root / "usr/local/lib/landform/jobs"
    library.mkdir()
    noted = "import os, sys\nopen(os.environ['SANDBOX'] + '/calls', 'a').write(f'0 jobs {sys.argv[1]}\\n')\n"
    (library / "__main__.py").write_text(noted)
    metadata.says[SPOT] = INTERRUPTION
    with watching(sandbox, metadata) as process:
        assert process.wait(timeout=20) == 0
    assert position(sandbox, "s3 sync") < position(sandbox, "jobs release")
    assert position(sandbox, "jobs release") < position(sandbox, "complete-lifecycle-action")


def test_between_two_jobs_nothing_is_saved(sandbox: Sandbox) -> None:
    host(sandbox)
    (sandbox.root / "run/landform/job").unlink()
    assert sandbox.run(CHECKPOINT, "save").returncode == 0
    assert sandbox.calls == []


def test_rebalance_saves_once_and_goes_on(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    metadata.says[REBALANCE] = '{"noticeTime": "2026-11-23T10:00:00Z"}'
    with watching(sandbox, metadata) as process:
        eventually("s3 sync", sandbox)
        time.sleep(1)
        assert process.poll() is None
    assert len([call for call in sandbox.calls if "s3 sync" in call]) == 1
    assert not any("systemctl" in call for call in sandbox.calls)


def test_notice_during_the_save_of_a_rebalance_is_heard(sandbox: Sandbox, metadata: Metadata) -> None:
    command_ends_in(0, sandbox, host(sandbox))
    metadata.says[REBALANCE] = '{"noticeTime": "2026-11-23T10:00:00Z"}'
    with watching(sandbox, metadata, SYNC_SECONDS="4") as process:
        eventually("s3 sync", sandbox)
        metadata.says[SPOT] = INTERRUPTION
        noticed = time.monotonic()
        eventually("systemctl stop", sandbox)
        assert time.monotonic() - noticed < 3
        assert process.wait(timeout=20) == 0
    saved = sandbox.folder / "s3/models/checkpoints/train-graph/job-1"
    assert sorted(path.name for path in saved.iterdir()) == ["step-1", "step-2"]
    assert len([call for call in sandbox.calls if "s3 sync" in call]) == 2
    assert "complete-lifecycle-action" in sandbox.calls[-1]


def test_a_hanging_save_of_a_rebalance_holds_up_no_end(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    metadata.says[REBALANCE] = '{"noticeTime": "2026-11-23T10:00:00Z"}'
    with watching(sandbox, metadata, SYNC_SECONDS="15", LANDFORM_SPOT_SECONDS="4") as process:
        eventually("s3 sync", sandbox)
        metadata.says[SPOT] = INTERRUPTION
        noticed = time.monotonic()
        assert process.wait(timeout=20) == 0
        assert time.monotonic() - noticed < 8
    assert "complete-lifecycle-action" in sandbox.calls[-1]


def test_one_lost_heartbeat_is_not_the_last(sandbox: Sandbox, metadata: Metadata) -> None:
    command_ends_in(2, sandbox, host(sandbox))
    sandbox.stand_in(
        "aws",
        '#!/bin/bash\necho "0 aws $*" >>"$SANDBOX/calls"\n'
        '[[ $2 != record-* ]] || ! mkdir "$SANDBOX/lost" 2>/dev/null\n',
    )
    metadata.says[STATE] = "Terminated"
    with watching(sandbox, metadata, LANDFORM_HEARTBEAT_SECONDS="0.3") as process:
        assert process.wait(timeout=20) == 0
    assert len([call for call in sandbox.calls if "record-lifecycle-action-heartbeat" in call]) > 1
    assert (sandbox.folder / "lost").is_dir()
    assert any("complete-lifecycle-action" in call for call in sandbox.calls)


def test_machine_without_checkpoint_says_that_it_was_interrupted(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox, replace(BARE, spot=True))
    metadata.says[SPOT] = INTERRUPTION
    with watching(sandbox, metadata) as process:
        assert process.wait(timeout=20) == 0
    assert any("SpotInterruptions" in call for call in sandbox.calls)
    assert not any("autoscaling" in call or "s3" in call for call in sandbox.calls)


def test_metadata_that_does_not_answer_is_asked_again(sandbox: Sandbox, metadata: Metadata) -> None:
    host(sandbox)
    with watching(sandbox, metadata, LANDFORM_IMDS="http://127.0.0.1:1") as process:
        time.sleep(1)
        assert process.poll() is None


CHECKPOINT = '"$LANDFORM_ROOT/usr/local/lib/landform/checkpoint" "$@"'


def test_restore_brings_back_what_another_node_saved(sandbox: Sandbox) -> None:
    assert sandbox.run(render(replace(TRAINING, code=None))).returncode == 0
    directory = at_work(sandbox)
    saved = sandbox.folder / "s3/models/checkpoints/train-graph/job-1"
    saved.mkdir(parents=True)
    (saved / "step-9").write_text("nine")
    assert sandbox.run(CHECKPOINT, "restore").returncode == 0
    assert (directory / "step-9").read_text() == "nine"


def test_restore_never_overwrites_what_is_newer(sandbox: Sandbox) -> None:
    directory = host(sandbox)
    saved = sandbox.folder / "s3/models/checkpoints/train-graph/job-1"
    saved.mkdir(parents=True)
    (saved / "step-1").write_text("older")
    assert sandbox.run(CHECKPOINT, "restore").returncode == 0
    assert (directory / "step-1").read_text() == "one"


def test_a_disk_that_came_back_blank_is_restored(sandbox: Sandbox) -> None:
    directory = host(sandbox)
    assert sandbox.run(CHECKPOINT, "save").returncode == 0
    shutil.rmtree(directory)
    assert sandbox.run(CHECKPOINT, "restore").returncode == 0
    assert (directory / "step-1").read_text() == "one"
    assert sandbox.calls[-1] == f"chown -R ec2-user: {directory}"


def test_nothing_is_saved_over_what_could_not_be_restored(sandbox: Sandbox) -> None:
    assert sandbox.run(render(replace(TRAINING, code=None))).returncode == 0
    directory = at_work(sandbox)
    sandbox.stand_in("aws", "#!/bin/bash\nexit 1\n")
    assert sandbox.run(CHECKPOINT, "restore").returncode != 0
    assert sandbox.run(CHECKPOINT, "save").returncode == 0
    assert not (directory / ".landform-restored").exists()


def test_last_save_waits_for_one_under_way(sandbox: Sandbox) -> None:
    host(sandbox)
    slow = '#!/bin/bash\necho "0 begin" >>"$SANDBOX/calls"\nsleep 1\necho "0 end" >>"$SANDBOX/calls"\n'
    sandbox.stand_in("aws", slow)
    both = f"{CHECKPOINT} & sleep 0.2; {CHECKPOINT}; wait"
    assert sandbox.run(both, "save").returncode == 0
    assert sandbox.calls == ["begin", "end", "begin", "end"]
