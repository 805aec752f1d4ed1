"""Copies of the state on S3: restored on an empty disk, owned by one agent, never behind the back of another."""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from landform_agent.snapshots import Snapshots
from landform_agent.store import StateError, Store

from .cloud import Cloud
from .conftest import CONFIG, Site, events, of_another_engine

Make = Callable[..., Site]


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def _keep(path: Path, value: bytes) -> None:
    with Store(path) as store, store.write():
        store.keep({"value": value})


def test_a_copy_is_made_when_it_is_time_and_something_changed(tmp_path: Path, cloud: Callable[[str], Cloud]) -> None:
    bucket, clock = cloud("copies"), Clock()
    copies = Snapshots("s3://copies/state/", "score", "us-east-1", 300, clock)
    with Store(tmp_path / "state") as store:
        copies.tick(store)
        assert "Contents" not in bucket.s3.list_objects_v2(Bucket="copies")
        tags = []
        for step in (301, 301, 100, 201):
            if step == 201:
                _keep(tmp_path / "state", b"2")
                with store.write():
                    store.keep({"other": b"3"})
            clock.now += step
            copies.tick(store)
            if copies._upload:
                copies._upload.join()
            tags.append(bucket.s3.head_object(Bucket="copies", Key="state/score.snapshot")["ETag"])
        assert tags[0] == tags[1] == tags[2] != tags[3]
    assert copies.restore(tmp_path / "elsewhere")
    with Store(tmp_path / "elsewhere") as store:
        assert (store.kept("value"), store.kept("other")) == (b"2", b"3")
    assert {path.name for path in tmp_path.iterdir()} == {"state", "elsewhere"}


def test_who_restores_a_copy_owns_it(tmp_path: Path, cloud: Callable[[str], Cloud]) -> None:
    cloud("fence")
    old, new = (Snapshots("s3://fence", "score", "us-east-1", 300) for _ in range(2))
    with Store(tmp_path / "old") as store:
        old.last(store)
        old.last(store)
        assert new.restore(tmp_path / "new")
        with pytest.raises(StateError, match="another agent took this watch over"):
            old.last(store)
        with Store(tmp_path / "new") as other:
            new.last(other)
        with pytest.raises(StateError, match="another agent took"):
            old.tick(store)


def test_nothing_to_restore_and_nobody_to_ask_are_told_apart(
    tmp_path: Path, cloud: Callable[[str], Cloud], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud("empty")
    assert not Snapshots("s3://empty/x", "score", "us-east-1", 300).restore(tmp_path / "state")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    unreachable = Snapshots("s3://empty/x", "score", "us-east-1", 300)
    with pytest.raises(StateError, match="without it the watch would begin anew"):
        unreachable.restore(tmp_path / "state")
    with Store(tmp_path / "state") as store:
        unreachable.last(store)


def test_what_is_no_copy_is_told_and_left_alone(tmp_path: Path, cloud: Callable[[str], Cloud]) -> None:
    bucket = cloud("damaged")
    copies = Snapshots("s3://damaged", "score", "us-east-1", 300)
    with Store(tmp_path / "state") as store:
        copies.last(store)
    whole = bucket.s3.get_object(Bucket="damaged", Key="score.snapshot")
    body, told = whole["Body"].read(), whole["Metadata"]
    cases: list[tuple[bytes, dict[str, str]]] = [
        (b"something else", told),
        (body[:-100], told),
        (zlib.compress(b"no database at all" * 100), told),
        (body, {}),
    ]
    for damaged, metadata in cases:
        bucket.s3.put_object(Bucket="damaged", Key="score.snapshot", Body=damaged, Metadata=metadata)
        with pytest.raises(StateError, match="no copy of a state"):
            copies.restore(tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_a_lost_disk_costs_no_alarm(cloud: Callable[[str], Cloud], site: Make) -> None:
    cloud("disks")
    config = CONFIG.replace("state: {path: state.sqlite}", 'state: {path: state.sqlite, snapshots: "s3://disks/a"}')
    calm, lost = site("calm"), site("lost", config)
    for place in (calm, lost):
        place.write("0.jsonl", events(2_000))
        place.run()
    for file in lost.path.glob("state.sqlite*"):
        file.unlink()
    for place in (calm, lost):
        place.write("1.jsonl", events(1_000, 2_000))
    done = lost.run()
    calm.run()
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert said[0]["message"].startswith("restored the state from its copy")
    assert said[0]["copy"] == "s3://disks/a/score.snapshot"
    assert lost.alarms() == calm.alarms()
    assert len(lost.alarms()) == 20


def test_a_machine_that_was_given_up_ends_when_another_took_over(cloud: Callable[[str], Cloud], site: Make) -> None:
    cloud("zones")
    config = CONFIG.replace("state: {path: state.sqlite}", 'state: {path: state.sqlite, snapshots: "s3://zones"}')
    first, second = site("first", config), site("second", config)
    first.write("0.jsonl", events(1_200))
    first.run()
    shutil.copytree(first.path / "in", second.path / "in", dirs_exist_ok=True)
    second.run()
    done = first.call("run", "--until-idle", "0.1s")
    assert done.returncode == 3
    assert "another agent took this watch over" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_takes_nothing_from_the_one_that_took_over(cloud: Callable[[str], Cloud], site: Make) -> None:
    cloud("takeover")
    config = CONFIG.replace("state: {path: state.sqlite}", 'state: {path: state.sqlite, snapshots: "s3://takeover"}')
    first, second = site("first", config), site("second", config)
    first.write("0.jsonl", events(1_200))
    first.run()
    shutil.copytree(first.path / "in", second.path / "in", dirs_exist_ok=True)
    second.run()
    first.write("1.jsonl", events(1_000, 1_200))
    told = first.alarms()
    for _ in range(2):
        assert first.call("run", "--until-idle", "0.1s").returncode == 3
    assert first.alarms() == told


def test_a_copy_of_another_engine_is_not_restored_and_the_way_forward_works(
    cloud: Callable[[str], Cloud], site: Make
) -> None:
    bucket = cloud("upgrades")
    config = CONFIG.replace("state: {path: state.sqlite}", 'state: {path: state.sqlite, snapshots: "s3://upgrades/a"}')
    old = replace(site("old", config), engine="landform_agent.engine")
    old.write("0.jsonl", events(1_200))
    old.run()
    of_another_engine(old.path / "state.sqlite")
    with Store(old.path / "state.sqlite") as store:
        Snapshots("s3://upgrades/a", "score", "us-east-1", 300).last(store)
    before = bucket.s3.head_object(Bucket="upgrades", Key="a/score.snapshot")["ETag"]
    (old.path / "moved").mkdir()
    for file in old.path.glob("state.sqlite*"):
        file.rename(old.path / "moved" / file.name)

    done = old.call("run", "--until-idle", "0.1s")
    assert done.returncode == 4
    assert "s3://upgrades/a/score.snapshot: a reference that this agent cannot read" in done.stderr
    assert "of version 4, this engine reads" in done.stderr
    assert "aws s3 mv s3://upgrades/a/score.snapshot s3://upgrades/a/old/score.snapshot" in done.stderr
    assert [file.name for file in old.path.glob("state.sqlite*")] == ["state.sqlite.lock"]
    assert bucket.s3.head_object(Bucket="upgrades", Key="a/score.snapshot")["ETag"] == before

    bucket.s3.delete_object(Bucket="upgrades", Key="a/score.snapshot")
    old.write("1.jsonl", events(1_200, 1_200))
    old.run()
    assert bucket.s3.head_object(Bucket="upgrades", Key="a/score.snapshot")["ETag"] != before


def _denied(operation: str) -> ClientError:
    code = "403" if operation == "HeadObject" else "AccessDenied"
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


@pytest.mark.parametrize("listed", [True, False])
def test_who_may_list_but_a_prefix_knows_whether_a_copy_is_there(
    tmp_path: Path, cloud: Callable[[str], Cloud], monkeypatch: pytest.MonkeyPatch, listed: bool
) -> None:
    """S3 calls a missing object forbidden there, and an object that is there and forbidden too."""
    bucket, name = cloud(f"prefix-{listed}".lower()), f"prefix-{listed}".lower()
    copies = Snapshots(f"s3://{name}/state", "score", "us-east-1", 300)
    if listed:
        bucket.s3.put_object(Bucket=name, Key="state/score.snapshot", Body=b"another's")

    def refuse(operation: str) -> Callable[..., None]:
        def call(**_: object) -> None:
            raise _denied(operation)

        return call

    for method, operation in (("get_object", "GetObject"), ("head_object", "HeadObject")):
        monkeypatch.setattr(copies._client, method, refuse(operation))
    if listed:
        with pytest.raises(StateError, match="AccessDenied"):
            copies.restore(tmp_path / "state")
        return
    assert not copies.restore(tmp_path / "state")
    with Store(tmp_path / "state") as store:
        copies.last(store)
    assert bucket.s3.list_objects_v2(Bucket=name)["Contents"][0]["Key"] == "state/score.snapshot"
