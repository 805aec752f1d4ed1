"""What a watch may do besides its edges: take messages, tell of drift, and take over its disk.

Read 2026-11-29. Sources: the Service Authorization Reference for SQS, EventBridge and EC2; the calls are those of the
agent (`landform_agent.sources.capture`, `landform_agent.sinks.eventbridge`) and of the user data.
"""

from collections.abc import Mapping

from landform.plan import Statement

Use = str
"""What a permission is for: objects, events, disk."""


def watch_permissions(
    region: str, account: str, *, queue: str, bus: str, tags: Mapping[str, str], shift: str = ""
) -> tuple[tuple[Use, Statement], ...]:
    """The permissions of a watch, each with its use; `queue` and `bus` are ARNs, `shift` the name of a parameter.

    A volume has an id that AWS chooses: volume and instance are known by their `tags`, which the watch cannot write.
    """
    tagged = {"StringEquals": {f"aws:ResourceTag/{name}": (value,) for name, value in tags.items()}}
    parameter = f"arn:aws:ssm:{region}:{account}:parameter{shift}"
    own = tuple(f"arn:aws:ec2:{region}:{account}:{kind}/*" for kind in ("instance", "volume"))
    return (
        ("objects", Statement("Captured", ("sqs:DeleteMessage", "sqs:ReceiveMessage"), (queue,))),
        ("events", Statement("Alarms", ("events:PutEvents",), (bus,))),
        *((("shift", Statement("Shift", ("ssm:GetParameter",), (parameter,))),) if shift else ()),
        ("disk", Statement("Disk", ("ec2:AttachVolume",), own, tagged)),
    )


def tags_of(system: str, environment: str, entry: str) -> dict[str, str]:
    """Return the tags by which what belongs to a watch is known: its disk, its machine, jobs of its loop."""
    return {"landform:system": system, "landform:environment": environment, "landform:entry": entry}
