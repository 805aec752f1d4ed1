"""Values with units, parsed once: the rest of the compiler sees numbers in one unit.

Each type takes the shorthand of the language (``200GiB``, ``30m``, ``80%``, ``0..8``, ``4 x A10G``) and its
JSON Schema admits the same, so that an editor checks what the compiler checks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from landform.catalog.api import MOST_RATE

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
LABELLED_GIB: Final = {"GiB": 1, "TiB": 1000}
"""FSx for Lustre labels 1,200 GiB as 1.2 TiB, in its console and price list (read 2026-11-23)."""
MEBIBYTES: Final = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}


MOST_DAYS: Final = 2**31 - 1
"""`Days` of a lifecycle rule is a 32-bit integer (S3 API, LifecycleExpiration, read 2026-11-23)."""


def fault(message: str) -> PydanticCustomError:
    """Return the error that the shape pass shows as it stands."""
    return PydanticCustomError("landform", "{message}", {"message": message})


def shorthand(
    parse: Callable[[re.Match[str]], Any], pattern: str, what: str, example: str, bare: str = ""
) -> tuple[PlainValidator, WithJsonSchema]:
    """Build the validator and the schema of one shorthand; `bare` says what a bare number lacks."""
    compiled = re.compile(pattern)

    def validate(value: object) -> Any:
        with_unit = bare.format(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
        if compiled.fullmatch(with_unit.split(",")[0].split(" or ")[0]):
            raise fault(f"{value} has no unit: write {with_unit}")
        match = compiled.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise fault(f"{_shown(value)} is not {what}: write {_binary(value, compiled) or f'it like {example}'}")
        return parse(match)

    schema = {"type": "string", "pattern": f"^{pattern}$", "description": what, "examples": [example]}
    return PlainValidator(validate), WithJsonSchema(schema)


def _binary(value: object, pattern: re.Pattern[str]) -> str:
    """Return what was meant by decimal units (``200GB``), where the binary ones make sense of it."""
    meant = re.sub(r"(?<=\d)\s*([MGT])B\b", r"\1iB", value) if isinstance(value, str) else ""
    return meant if pattern.fullmatch(meant) else ""


def _shown(value: object) -> str:
    names = {type(None): "nothing", list: "a list", dict: "a mapping"}
    return f"'{value}'" if isinstance(value, str) else names.get(type(value), str(value))


def _seconds(match: re.Match[str]) -> int:
    seconds = int(match[1]) * SECONDS[match[2]]
    if seconds == 0:
        raise fault("a time of zero has no meaning here: write at least 1s, or leave the key out")
    return seconds


def _days(match: re.Match[str]) -> int:
    days = int(match[1]) * SECONDS[match[2]] // SECONDS["d"]
    if not 1 <= days <= MOST_DAYS:
        raise fault(f"{match[0]} is not 1 to {MOST_DAYS} days, as S3 counts: leave the key out to keep for ever")
    return days


def _gib(text: str, unit: str) -> int:
    mebibytes = Decimal(text) * MEBIBYTES[unit]
    if mebibytes == 0 or mebibytes % 1024:
        raise fault(f"{text}{unit} is not a whole number of GiB: write it like 200GiB")
    return int(mebibytes) // 1024


def _mib(match: re.Match[str]) -> int:
    mebibytes = Decimal(match[1]) * MEBIBYTES[match[2]]
    if mebibytes == 0 or mebibytes % 1:
        raise fault(f"{match[0]} is not a whole number of MiB: write it like 512MiB")
    return int(mebibytes)


def _bounds(low: int, high: int | None) -> tuple[int, int | None]:
    if high is not None and high < low:
        raise fault(f"{low}..{high} ends before it begins: write {high}..{low}")
    return low, high


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both included; no `high` means open."""

    low: int
    high: int | None

    def __contains__(self, number: int) -> bool:
        return self.low <= number and (self.high is None or number <= self.high)

    def __str__(self) -> str:
        high = "" if self.high is None else self.high
        return str(self.low) if self.low == self.high else f"{self.low}..{high}"


@dataclass(frozen=True, slots=True)
class Disk:
    """An EBS volume: size in GiB, and what it does each second (throughput in MiB)."""

    gib: int
    type: str
    iops: int | None = None
    throughput: int | None = None


@dataclass(frozen=True, slots=True)
class Accelerators:
    """Exactly `count` accelerators in each node; `gib` is the memory of each, where several models share a name."""

    count: int
    name: str
    gib: int | None = None

    def __str__(self) -> str:
        memory = f" {self.gib}GiB" if self.gib else ""
        return f"{self.count} x {self.name}{memory}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a table's rows; `type` is string, number or binary, nothing where it is not said."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How much each host of a service is to have of a metric: cpu in percent, or requests a minute."""

    metric: str
    value: int


def _load(match: re.Match[str]) -> Load:
    percent, requests = match["percent"], match["requests"]
    if percent and not 1 <= int(percent) <= 100:
        raise fault(f"{percent}% cpu is no load to follow: write 1% cpu to 100% cpu")
    if requests and int(requests) == 0:
        raise fault("no request at all is no load to follow: write it like 1000 requests/min")
    return Load("cpu", int(percent)) if percent else Load("requests", int(requests))


def _range(match: re.Match[str]) -> Range:
    low = int(match[1])
    if match[2] is None:
        return Range(low, low)
    return Range(*_bounds(low, int(match[3]) if match[3] else None))


def _memory_range(match: re.Match[str]) -> Range:
    low = _gib(match[1], match[2])
    if match[3] is None:
        return Range(low, low)
    return Range(*_bounds(low, _gib(match[4], match[5]) if match[4] else None))


def _disk(match: re.Match[str]) -> Disk:
    iops = int(match["iops"]) if match["iops"] else None
    throughput = int(match["mbs"]) if match["mbs"] else None
    return Disk(_gib(match["size"], match["unit"]), match["type"] or "gp3", iops, throughput)


def _accelerators(match: re.Match[str]) -> Accelerators:
    if int(match[1]) == 0:
        raise fault("no accelerator at all is said by leaving the key out")
    return Accelerators(int(match[1]), match[2], int(match[3]) if match[3] else None)


def _percent(match: re.Match[str]) -> int:
    if int(match[1]) > 100:
        raise fault(f"{match[1]}% is more than the whole: write 0% to 100%")
    return int(match[1])


def _money(match: re.Match[str]) -> Decimal:
    amount = Decimal(match[1])
    if amount == 0:
        raise fault("an amount of nothing is no limit: leave it out, or write at least 1 USD")
    return amount


def _invocations(match: re.Match[str]) -> int:
    if int(match[1]) == 0:
        raise fault("a target of no invocations is never met: write it like 800 invocations/min")
    return int(match[1])


def _request_rate(match: re.Match[str]) -> int:
    if not 1 <= int(match[1]) <= MOST_RATE:
        raise fault(f"API Gateway takes a limit of 1 to {MOST_RATE} requests/s: write it like 1000 requests/s")
    return int(match[1])


def _cpu_share(match: re.Match[str]) -> int:
    share = int(match[1])
    if not 10 <= share <= 90:
        raise fault(f"{share}% of processors leaves no room to scale in time: write 10% cpu to 90% cpu")
    return share


def _block(value: object) -> IPv4Network:
    try:
        return IPv4Network(value if isinstance(value, str) else "")
    except ValueError as failure:
        reason = str(failure).replace("'' has", "it has") if isinstance(value, str) else "it is not text"
        raise fault(f"{_shown(value)} is not an IPv4 block ({reason}): write it like 10.0.0.0/16") from None


def _whole(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Seconds = Annotated[int, *shorthand(_seconds, r"(\d{1,12})([smhdwy])", "a time", "30m", "{0}m, {0}h or {0}d")]
Days = Annotated[int, *shorthand(_days, r"(\d{1,9})([dwy])", "a time in days", "30d or 7y", "{0}d or {0}y")]
GiB = Annotated[
    int,
    *shorthand(
        lambda m: _gib(m[1], m[2]),
        r"(\d{1,12}(?:\.\d{1,6})?)(MiB|GiB|TiB)",
        "a size",
        "200GiB",
        "{0}GiB or {0}TiB",
    ),
]
LustreSize = Annotated[
    int,
    *shorthand(
        lambda m: int(Decimal(m[1]) * LABELLED_GIB[m[2]]),
        r"(\d{1,6}(?:\.\d{1,3})?)(TiB|GiB)",
        "a size",
        "1.2TiB",
        "{0}TiB or {0}GiB",
    ),
]
PerTib = Annotated[
    int, *shorthand(lambda m: int(m[1]), r"(\d{1,5})MB/s/TiB", "a throughput", "250MB/s/TiB", "{0}MB/s/TiB")
]
Rate = Annotated[int, *shorthand(lambda m: int(m[1]), r"(\d{1,6})MiB/s", "a throughput", "250MiB/s", "{0}MiB/s")]
MiB = Annotated[int, *shorthand(_mib, r"(\d{1,9}(?:\.\d{1,6})?)(MiB|GiB)", "a size", "512MiB", "{0}MiB or {0}GiB")]
Percent = Annotated[int, *shorthand(_percent, r"(\d{1,3})%", "a share", "80%", "{0}%")]
Invocations = Annotated[
    int,
    *shorthand(
        _invocations,
        r"(\d{1,7}) invocations/min",
        "a target of an endpoint",
        "800 invocations/min",
        "{0} invocations/min",
    ),
]
RequestRate = Annotated[
    int, *shorthand(_request_rate, r"(\d{1,7}) requests/s", "a rate", "1000 requests/s", "{0} requests/s")
]
CpuShare = Annotated[int, *shorthand(_cpu_share, r"(\d{1,3})% cpu", "a share of processors", "60% cpu", "{0}% cpu")]
Count = Annotated[
    Range,
    *shorthand(_range, r"(\d{1,12})(\.\.(\d{1,12})?)?", "a number or a range", "0..8"),
    BeforeValidator(_whole),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^\d{1,12}(\.\.(\d{1,12})?)?$"},
            ]
        }
    ),
]
Memory = Annotated[
    Range,
    *shorthand(
        _memory_range,
        r"(\d{1,12}(?:\.\d{1,6})?)(MiB|GiB|TiB)(\.\.(?:(\d{1,12}(?:\.\d{1,6})?)(MiB|GiB|TiB))?)?",
        "a size or a range of sizes",
        "32GiB..",
        "{0}GiB.. or {0}GiB",
    ),
]
Volume = Annotated[
    Disk,
    *shorthand(
        _disk,
        r"(?P<size>\d{1,12}(?:\.\d{1,6})?)(?P<unit>GiB|TiB)(?: (?P<type>gp3|io2|io1|st1|sc1))?"
        r"(?: (?P<iops>\d{1,7})iops)?(?: (?P<mbs>\d{1,6})MiB/s)?",
        "an EBS volume",
        "500GiB gp3 6000iops 500MiB/s",
        "{0}GiB gp3",
    ),
]
Accelerator = Annotated[
    Accelerators,
    *shorthand(
        _accelerators,
        r"(\d{1,3}) x ([A-Za-z][A-Za-z0-9]*(?: PRO \d+)?)(?: (\d{1,4})GiB)?",
        "a number of accelerators",
        "1 x A10G",
    ),
]
Money = Annotated[
    Decimal,
    *shorthand(_money, r"(\d{1,9}(?:\.\d{1,2})?) USD", "an amount of money", "6000 USD", "{0} USD"),
]
KeyAttribute = Annotated[
    Attribute,
    *shorthand(
        lambda match: Attribute(match[1], match[2]),
        r"([A-Za-z0-9_.:-]{1,255})(?: (string|number|binary))?",
        "an attribute with its type",
        "event_time number",
    ),
]
HostLoad = Annotated[
    Load,
    *shorthand(
        _load,
        r"(?P<percent>\d{1,3})% cpu|(?P<requests>\d{1,9}) requests/min",
        "a load of a host",
        "60% cpu or 1000 requests/min",
    ),
]
Block = Annotated[
    IPv4Network,
    PlainValidator(_block),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", "examples": ["10.20.0.0/16"]}),
]
