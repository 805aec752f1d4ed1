"""Default alarms: what every component of a kind is watched for, from which value on, and why.

A threshold is a number in the language's base unit (milliseconds, bytes, percent, a count in a minute), or the name of
a fact of the component, and then a share of it. An alarm whose fact is missing is not made. Figures are ours, chosen
2026-11-28 for systems that nobody has tuned yet; `monitor.alarms` overrides them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Comparison = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Default:
    """An alarm that stands unless the spec says otherwise; `fact` times `threshold` where a fact is named."""

    word: str
    comparison: Comparison
    threshold: float
    seconds: int
    reason: str
    fact: str = ""
    statistic: str = ""


_UNUSUAL: Final = Default("log anomalies", ">", 0, 300, "the logs hold lines of a kind that was not seen before")

_HOST: Final = (
    _UNUSUAL,
    Default("memory", ">", 95, 600, "the kernel ends processes when memory runs out"),
    Default("disk", ">", 90, 900, "a full disk ends what writes to it, checkpoints and logs first"),
)

_STARTS: Final = Default("missed starts", ">", 0, 300, "a training was to start at its time, and did not")

_ANSWERS: Final = (
    Default("error rate", ">", 5, 300, "one request in twenty fails"),
    Default("throttles", ">", 0, 300, "the balancer turns callers away"),
    Default("certificate", "<", 30, 86_400, "the certificate runs out, and callers will not trust the service"),
)

DEFAULTS: Final[Mapping[str, tuple[Default, ...]]] = {
    "function": (
        Default("error rate", ">", 5, 300, "one invocation in twenty fails"),
        Default("throttles", ">", 0, 300, "events wait, and callers are turned away, since no more may run at once"),
        Default("latency", ">", 0.8, 300, "it nears its timeout, at which Lambda ends it", fact="timeout"),
        Default("age", ">", 0.25, 300, "what is not read within the retention is lost", fact="retention"),
        Default("lost", ">", 0, 300, "an event failed, and what was to keep it could not"),
        _UNUSUAL,
    ),
    "table": (
        Default("throttles", ">", 0, 300, "reads or writes are refused, since the capacity is used up"),
        Default("errors", ">", 5, 300, "DynamoDB itself fails, which it rarely does for long"),
        Default(
            "age", ">", 60_000, 900, "a replica falls behind: what it is asked for is old, and lost with the region"
        ),
    ),
    "stream": (
        Default("throttles", ">", 0, 300, "producers or readers are refused, since the shards are used up"),
        Default("age", ">", 0.25, 300, "what is not read within the retention is lost", fact="retention"),
    ),
    "queue": (
        Default("dead letters", ">", 0, 300, "nobody could work these messages off, and in 14 days they are gone"),
        Default("age", ">", 0.5, 900, "what is not received within the retention is lost", fact="retention"),
    ),
    "web": (
        *_ANSWERS,
        *_HOST,
        Default("spot interruptions", ">", 2, 60, "several hosts are taken back at once: the spot market runs dry"),
        Default("healthy", "<", 1, 300, "fewer hosts answer than are to be there always", fact="minimum"),
    ),
    "beanstalk": (*_ANSWERS, Default("health", ">=", 20, 300, "Beanstalk sees the environment degraded")),
    "batch": (_STARTS, _UNUSUAL),
    "job": (_STARTS,),
    "efs": (Default("load", ">", 90, 900, "the file system does not serve more calls than this"),),
    "lustre": (Default("disk", ">", 90, 900, "a full file system ends what writes to it"),),
    "endpoint": (
        Default("error rate", ">", 5, 300, "one invocation in twenty fails"),
        Default("memory", ">", 95, 600, "the container ends when memory runs out"),
        Default("disk", ">", 90, 900, "a full disk ends what writes to it, the capture of requests first"),
        _UNUSUAL,
    ),
    "machine": (
        *_HOST,
        Default("spot interruptions", ">", 0, 60, "the spot market takes the machine back"),
        Default("healthy", "<", 1, 300, "the instance or its host failed a status check of EC2"),
    ),
    "fleet": (
        *_HOST,
        _STARTS,
        Default("dead letters", ">", 0, 300, "a job failed again and again, and was given up"),
        Default("spot interruptions", ">", 2, 60, "several nodes are taken back at once: the spot market runs dry"),
        Default("healthy", "<", 1, 900, "fewer nodes run than are to be there always", fact="minimum"),
    ),
    "watch": (
        *_HOST,
        Default("heartbeat", "<", 1, 600, "the watch says nothing of itself: nobody looks for drift"),
        Default("healthy", "<", 1, 600, "the watch gets nowhere with what it reads, or its disk is full"),
        Default("age", ">", 900_000, 600, "new objects wait, and the watch does not take them"),
        Default("rejects", ">", 5, 900, "one captured request in twenty cannot be read"),
        Default("untold", ">", 900_000, 600, "alarms of drift wait, and the bus does not take them"),
        Default("dead letters", ">", 0, 300, "the watch could not work off what a bucket told it"),
        Default("captured", "<", 50, 5_400, "the endpoint answers, and nothing of it is captured"),
    ),
    "network": (
        Default("ports", ">", 0, 300, "a NAT gateway has no port left for another connection to the same place"),
    ),
}
"""Kind of component → what it is watched for. What fails as a whole, such as a job, is told by its event instead."""
