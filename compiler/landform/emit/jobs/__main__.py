"""`serve` is the service of a node; `release` gives back what a node holds that is to end, its work saved by then.

`bring` and `send` are run around the command, as its user.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from .carry import require_inputs
from .folders import bring, send
from .host import POLL, AwsError, Host, fresh, say
from .part import ENDED, HELD, HIDDEN, Leader, Member


def serve(host: Host) -> None:
    """Take one job after the other until this node is to end."""
    signal.signal(signal.SIGTERM, host.end)
    while not host.ending:
        try:
            if HELD.exists():
                release(host)  # What this service held when it broke down.
            if _one(host) and not host.ending:
                host.protect(working=False)
        except AwsError as why:
            say(str(why))
            time.sleep(POLL)


def _one(host: Host) -> bool:
    """See one job through; False where there was none."""
    formed = host.get("forming.json") if host.nodes > 1 else {}
    if formed.get("attempt") and fresh(formed):
        follow(host, formed)
        return True
    message = host.receive()
    if message:
        lead(host, message)
    return bool(message)


def lead(host: Host, message: dict[str, Any]) -> None:
    """See a job through that nobody leads."""
    receipt, times = message["ReceiptHandle"], int(message["Attributes"]["ApproximateReceiveCount"])
    try:
        said = json.loads(message["Body"])
        job, manifests = str(said["job"]), {str(name): str(uri) for name, uri in said.get("manifests", {}).items()}
        require_inputs(manifests, os.environ)
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        say(f"no job is {message['Body']!r}: the dead letters wait for it ({why})")
        return
    attempt = f"{times:02}-{host.id}"
    before = host.get(f"{job}/status.json")
    if before.get("state") in ENDED:
        host.delete(receipt)  # SQS may deliver a message twice.
        return
    if before.get("state") in ("forming", "running") and before["attempt"] != attempt and fresh(before):
        host.hide(receipt, HIDDEN)
        return
    own = Leader(host, job, attempt, receipt, manifests)
    if not host.protect(working=True) or not own.gather():
        own.conclude({"state": "waiting"})
        own.clear()
        return
    over = own.work()
    if not over:
        return  # What saves the work of this host then releases it.
    if over["state"] == "returned" and times >= host.attempts:
        over = {"state": "lost", "reason": f"{over['reason']}, at the last of {times} attempts"}
    if over["state"] != "over":
        own.conclude(over)
    own.clear()


def follow(host: Host, formed: dict[str, Any]) -> None:
    """Take part in a job that another node forms."""
    own = Member(host, formed["job"], formed["attempt"])
    if host.protect(working=True) and own.join():
        over = own.work()
        if not over:
            return
        own.mark("ended" if "code" in over else "left", over.get("code", 0))
    own.clear()


def release(host: Host) -> None:
    """Give back the job that this node holds."""
    if not HELD.exists():
        return
    held = json.loads(HELD.read_text())
    own = (Leader if "receipt" in held else Member)(host, **held)
    try:
        if isinstance(own, Leader):
            own.conclude({"state": "returned", "reason": f"{host.id} is going"})
        elif isinstance(own, Member):
            own.mark("left")
    except AwsError as why:
        say(str(why))
    own.clear()


def main(what: str) -> None:
    """Do one of these; what fails while it brings or sends is said without the way through this program."""
    if what in ("serve", "release"):
        (serve if what == "serve" else release)(Host())
        return
    try:
        (bring if what == "bring" else send)()
    except (AwsError, OSError, ValueError) as why:
        say(str(why))
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
