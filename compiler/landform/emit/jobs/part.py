"""A node's part in an attempt at a job: to lead it, or to be led."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

from . import folders
from .carry import MANIFEST
from .command import Command, checkpoint, environment
from .host import BEAT, POLL, ROOT, SILENT, AwsError, Host, fresh, say

HELD, JOB, PEERS = (Path(f"{ROOT}/run/landform/{name}") for name in ("held.json", "job", "peers"))
"""What this node holds, the job that it works on, and what it last heard of others: of this boot alone."""

ENDED = ("succeeded", "failed", "stopped", "lost")
"""States of a job that is over."""

HIDDEN = 6 * BEAT
"""Seconds without a word of its leader after which a job is anybody's."""

Over = dict[str, Any]
"""How an attempt ended: `state`, and with it `code` or `reason`; empty while it goes on."""


def remember(path: Path, text: str) -> None:
    """Write a file of this boot, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


class Part:
    """What a leader and the others have in common."""

    def __init__(self, host: Host, job: str, attempt: str, **held: str) -> None:
        self.host, self.job, self.attempt = host, job, attempt
        self.ranks, self.address = [host.id], host.address
        self.manifests: dict[str, str] = {}
        remember(HELD, json.dumps({"job": job, "attempt": attempt, **held}))

    @property
    def place(self) -> str:
        """Where the nodes of this attempt write."""
        return f"{self.job}/{self.attempt}/"

    def beat(self) -> None:
        """Say that this node still works."""

    def verdict(self) -> Over:
        """Return why the attempt is over, as far as others know; nothing while it goes on."""
        return {}

    def finish(self, code: int) -> Over:
        """Return how the attempt ended for this node, whose command has ended."""
        return {"state": "failed" if code else "succeeded", "code": code}

    def leave(self) -> None:
        """Say that this node goes before the end."""

    def work(self) -> Over:
        """Run the command, keep in touch with the others, and return how it ended; nothing where the node is to end."""
        rank = self.ranks.index(self.host.id)
        remember(JOB, self.job)
        if not checkpoint("restore"):
            return {"state": "returned", "reason": f"{self.host.id} could not restore the checkpoint"}
        folders.make(os.environ, self.host.user)
        say(f"job {self.job}, attempt {self.attempt}, node {rank + 1} of {self.host.nodes}")
        given = {f"{MANIFEST}{name}": uri for name, uri in self.manifests.items()}
        command = Command(self.host, environment(self.host, self.job, rank, self.address) | given)
        beat, look, until = 0.0, 0.0, time.monotonic() + self.host.max_seconds
        while True:
            code = command.code(min(1.0, POLL))
            if self.host.ending:
                self.leave()
                command.stop()
                return {}
            try:
                over = self._ended(command, code)
                if not over and time.monotonic() >= until:
                    over = {"state": "failed", "code": 124, "reason": f"it ran for {self.host.max_seconds} s"}
                if not over and time.monotonic() >= beat:
                    self.beat()
                    beat = time.monotonic() + BEAT
                if not over and time.monotonic() >= look:
                    over = self.verdict()
                    look = time.monotonic() + 2 * POLL
            except AwsError as why:
                say(str(why))  # The next time may go better; where it does not, the message reappears.
                continue
            if over:
                command.stop()
                checkpoint("save")
                return over

    def _ended(self, command: Command, code: int | None) -> Over:
        if code is None:
            return {}
        command.stop()
        return self.finish(code)

    def clear(self) -> None:
        """Make room for the next job."""
        for path in (HELD, JOB):
            path.unlink(missing_ok=True)
        folders.remove(os.environ)
        if self.host.checkpoint:
            shutil.rmtree(f"{ROOT}{self.host.checkpoint}/{self.job}", ignore_errors=True)


class Leader(Part):
    """The node that holds the message; `manifests` say for inputs, by the ends of their variables, what is in them."""

    def __init__(
        self, host: Host, job: str, attempt: str, receipt: str, manifests: dict[str, str] | None = None
    ) -> None:
        super().__init__(host, job, attempt, receipt=receipt)
        self.receipt, self.manifests = receipt, manifests or {}

    def tell(self, state: str, **more: Any) -> None:
        """Write the status of the job, which `landform run` follows."""
        where = {"log_group": self.host.log_group, "nodes": self.ranks, "attempt": self.attempt}
        self.host.put(f"{self.job}/status.json", {"job": self.job, "state": state, **where, **more})

    def gather(self) -> bool:
        """Find nodes for all ranks; False where another job is formed first, or this node is to end."""
        beat = 0.0
        while self.host.nodes > 1:
            formed = self.host.get("forming.json")
            other = formed.get("attempt") not in (None, self.attempt)
            if self.host.ending or (other and fresh(formed)):
                return False
            if formed.get("attempt") != self.attempt or time.monotonic() >= beat:
                self.host.put("forming.json", {"job": self.job, "attempt": self.attempt})
                self.host.hide(self.receipt, HIDDEN)
                self.tell("forming")
                beat = time.monotonic() + BEAT
            ready = sorted(name for name, each in self.others().items() if each["state"] == "ready" and fresh(each))
            if len(ready) >= self.host.nodes - 1:
                self.ranks += ready[: self.host.nodes - 1]
                given = {"ranks": self.ranks, "address": self.address, "manifests": self.manifests}
                self.host.put(f"{self.place}ranks.json", given)
                self.host.put("forming.json", {})
                return True
            time.sleep(POLL)
        return True

    def others(self) -> dict[str, dict[str, Any]]:
        """Return what each other node of this attempt says of itself."""
        found = self.host.all(self.place, PEERS / self.attempt)
        return {name: each for name, each in found.items() if name.startswith("i-")}

    def leave(self) -> None:
        """Let the others stop and save as well; the message is given back once this node has saved."""
        try:
            self.tell("returned", reason=f"{self.host.id} is going")
        except AwsError as why:
            say(str(why))

    def beat(self) -> None:
        """Keep the message, and say so."""
        self.host.hide(self.receipt, HIDDEN)
        self.tell("running")

    def verdict(self) -> Over:
        """Look at what was asked for, and at the other nodes."""
        if self.host.get(f"{self.job}/stop"):
            return {"state": "stopped", "reason": "as was asked for"}
        if self.host.get(f"{self.job}/status.json").get("attempt") != self.attempt:
            return {"state": "over"}  # Somebody else has it, since nothing was heard of this node.
        if self.host.nodes == 1:
            return {}
        for name, each in sorted(self.others().items()):
            if name not in self.ranks:
                continue
            if each["state"] == "ended" and each["code"]:
                return {"state": "failed", "code": each["code"], "reason": f"{name} ended with {each['code']}"}
            if each["state"] == "left" or (each["state"] != "ended" and not fresh(each)):
                return {"state": "returned", "reason": f"{name} has left"}
        return {}

    def finish(self, code: int) -> Over:
        """Wait for the other nodes: a job has ended when all have, and when one has left, that is why others fail."""
        own = super().finish(code)
        if self.host.nodes == 1:
            return own
        until = time.monotonic() + (4 * POLL if code else SILENT)
        while time.monotonic() < until and not self.host.ending:
            if over := self.verdict():
                return over
            states = [each["state"] for name, each in self.others().items() if name in self.ranks]
            if not code and states == ["ended"] * (self.host.nodes - 1):
                return own
            self.beat()
            time.sleep(POLL)
        return own if code else {"state": "failed", "code": 1, "reason": "the command goes on on other nodes"}

    def conclude(self, over: Over) -> None:
        """Write down how the job ended, and take its message from the queue or give it back."""
        self.tell(**over)
        say(f"job {self.job}: {over['state']}{' with ' + str(over['code']) if 'code' in over else ''}")
        if over["state"] in ENDED:
            self.host.delete(self.receipt)
        else:
            self.host.hide(self.receipt, 0)


class Member(Part):
    """A node that another one leads."""

    def mark(self, state: str, code: int = 0) -> None:
        """Say what has become of this node."""
        record = {"state": state, "code": code, "address": self.host.address}
        self.host.put(f"{self.place}{self.host.id}.json", record)

    def join(self) -> bool:
        """Sign up, and wait until the ranks are given out; False where this node has none."""
        beat = 0.0
        while not self.host.ending:
            formed = self.host.get("forming.json")
            given = self.host.get(f"{self.place}ranks.json")
            if given:
                self.ranks, self.address, self.manifests = given["ranks"], given["address"], given.get("manifests", {})
                return self.host.id in self.ranks
            if formed.get("attempt") != self.attempt or not fresh(formed):
                return False
            if time.monotonic() >= beat:
                self.mark("ready")
                beat = time.monotonic() + BEAT
            time.sleep(POLL)
        self.mark("left")
        return False

    def beat(self) -> None:
        """Say that this node works."""
        self.mark("running")

    def verdict(self) -> Over:
        """Look whether the leader still leads."""
        status = self.host.get(f"{self.job}/status.json")
        led = status.get("attempt") == self.attempt and status.get("state") in ("forming", "running")
        return {} if led and fresh(status) else {"state": "over"}

    def leave(self) -> None:
        """Say so at once: the leader is to stop and save as well."""
        try:
            self.mark("left")
        except AwsError as why:
            say(str(why))
