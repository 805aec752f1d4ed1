"""A fuzzer over source and spec: broken texts and broken data, from the samples and the broken specs of the tests.

    python -m tests.adversarial.fuzz --count 20000 --seed 1

Whatever comes in, what goes out is a plan or findings with a place: no exception, no more than 2 seconds of a
processor, no more than 300 MB, and every value that is read is the value that was written. What fails is shrunk by
hypothesis and printed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from landform.codes import CODES
from landform.pipeline import planned
from landform.source import locate, parse

ROOT = Path(__file__).parents[2]
NOWHERE = Path("/nowhere/spec.yaml")
SECONDS = 2.0
MEGABYTES = 300

TOKENS = [
    *("\t", "&a ", "*a", "<<: *a\n", "!!python/object:os.system ", "---\n", "...\n", "%YAML 1.1\n", "? ", "\r", "\r\n"),
    *('${file("/etc/passwd")}', "%{ for x in y }", "{{ 7 * 7 }}", "'", '"', "[", "]", "{", "}", ":", ": ", "- ", "#"),
    *("|", ">", "0x10", "1_000", "12:30:00", ".nan", "-.inf", "1e400", "0b1", "007", "no", "~", "null", "true", "1.10"),
    *("\u202e", "é", "日本", "😀", "\x00", "\x07", "\x85", "\ufeff", "\u2028", "\\", "\\u0000", "a" * 300),
    *("0..8", "8..0", "-1GiB", "10 EUR", "99999999999999999999", "3 x A10G", "0%", "101%", "7y", "30m", "0.0.0.0/0"),
    *("us-east-1", "eu-west-3", "mars-north-1", "t3.large", "ml.g5.xlarge", "cron(0 3 ? * SUN *)", "arn:aws:s3:::x"),
    *("../../etc", "\n", "\n  ", " ", "\n\n", ",", "!", "@", "`", "AKIAIOSFODNN7EXAMPLE"),
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 10**18, 10**40, 1.5, -0.0, 1e300, "", " ", "x", "x" * 5_000, [], {}, [[]], [None]),
    *([{}], {"": ""}, {"a": {"b": {}}}, "0..8", "8..0", "7y", "5GiB", "80%", "us-east-1", "production", "${x}", "*"),
    *("arn:aws:kms:us-east-1:123456789012:key/x", "10.0.0.0/8", "0.0.0.0/0", "bucket", "table", "sagemaker", "ec2"),
    *("é", "\u202e", "train.tabular", ["a", "a"], ["x"] * 300, "1 x A10G", "cron(0 3 ? * SUN *)", "2027-02-30"),
]


@cache
def corpus() -> list[bytes]:
    files = [*(ROOT / "tests" / "broken").glob("*.yaml"), *(ROOT / "specs").rglob("*.yaml")]
    return [file.read_bytes() for file in sorted(files) if file.stat().st_size < 1_100]


@cache
def data() -> list[Any]:
    read = (parse(text, "x")[0] for text in corpus())
    return [source.data for source in read if source is not None]


@cache
def keys() -> list[str]:
    """Words of the language: what stands as a key in any of the samples."""
    return sorted({key for each in data() for key in _keys(each)})


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(k for inner in value.values() for k in _keys(inner))}
    return {k for inner in value for k in _keys(inner)} if isinstance(value, list) else set()


Step = tuple[int, int, int]
LARGE = 4_096
# One number a step and one for the start: what hypothesis draws costs as much as what is tried.
steps = st.lists(st.integers(0, 10 * LARGE * LARGE - 1), min_size=1, max_size=4)


def step(number: int) -> Step:
    """Return the kind of a step, where it is taken, and what with."""
    return number // (LARGE * LARGE), number // LARGE % LARGE, number % LARGE


def spoiled_text(start: int, several: list[Step]) -> bytes:
    """Break a text: tokens put in, lines moved, bytes changed."""
    text = corpus()[start % len(corpus())]
    for kind, where, what in several:
        at = where * (len(text) + 1) // LARGE
        token = TOKENS[what % len(TOKENS)].encode("utf-8", "surrogatepass")
        lines = text.split(b"\n")
        line = where * len(lines) // LARGE
        match kind:
            case 0 | 1:
                text = text[:at] + token + text[at:]
            case 2:
                text = text[:at] + text[at + 1 + what % 40 :]
            case 3:
                lines.insert(what % (len(lines) + 1), lines[line])
            case 4:
                del lines[line]
            case 5:
                lines[line] = b"  " * (what % 4) + lines[line].lstrip()
            case 6:
                text = text[:at] + bytes([what % 256]) + text[at + 1 :]
            case 7:
                other = corpus()[what % len(corpus())]
                text = text[:at] + other[at:]
            case 8:
                head, colon, _ = lines[line].partition(b":")
                lines[line] = head + colon + b" " + token
            case _:
                word = keys()[what % len(keys())].encode()
                indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
                lines[line] = indent + word + b":" + lines[line].partition(b":")[2]
        if kind in (3, 4, 5, 8, 9):
            text = b"\n".join(lines)
    return text


def spoiled_data(start: int, several: list[Step]) -> bytes:
    """Break the data of a spec: values of other kinds, keys renamed, moved, dropped. JSON is YAML."""
    whole = _copied(data()[start % len(data())])
    for kind, where, what in several:
        places = list(_places(whole))
        if not places:
            break
        holder, key = places[where * len(places) // LARGE]
        match kind:
            case 0 | 1 | 2 | 3:
                holder[key] = _copied(VALUES[what % len(VALUES)])
            case 4:
                del holder[key]
            case 5 | 6 if isinstance(holder, dict):
                holder[keys()[what % len(keys())]] = holder.pop(key)
            case 7 | 8:
                other, name = places[what % len(places)]
                holder[key] = _copied(other[name])
            case _ if isinstance(holder, dict):
                holder[keys()[what % len(keys())]] = _copied(VALUES[where % len(VALUES)])
            case _:
                holder[key] = [holder[key]]
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _places(value: Any) -> Any:
    """Yield every place in the data: what holds it, and its key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner)


def tried(text: bytes) -> bool:
    """Take a text through all passes, and hold what comes out against what must; tell whether it was read at all."""
    begun = time.process_time()
    source, faults = parse(text, "spec.yaml")
    found = faults
    if source is not None:
        _, passes = planned(source.data, NOWHERE)
        found = (*faults, *locate(passes, source))
    spent = time.process_time() - begun
    assert spent < SECONDS, f"took {spent:.1f} s"
    lines = text.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for each in found:
        assert each.code in CODES
        assert each.span is not None, each
        assert 1 <= each.span.line <= len(lines) + 1, each
        assert each.text
    if source is None:
        assert found, "refused without a finding"
        return False
    unchanged(source.data, yaml.load(text.decode("utf-8-sig"), yaml.CBaseLoader))
    return True


def unchanged(own: Any, written: Any) -> None:
    """Hold what was read against what stands in the text, every scalar of which PyYAML's base loader leaves as text."""
    if isinstance(own, dict):
        assert isinstance(written, dict) and list(own) == list(written), (own, written)
        for key, value in own.items():
            unchanged(value, written[key])
    elif isinstance(own, list):
        assert isinstance(written, list) and len(own) == len(written), (own, written)
        for mine, theirs in zip(own, written, strict=True):
            unchanged(mine, theirs)
    elif isinstance(own, str):
        assert own == written, (own, written)
    elif own is None:
        assert written in ("", "~", "null", "Null", "NULL"), written
    elif isinstance(own, bool):
        assert str(own).lower() == written.lower(), (own, written)
    else:
        assert _number(written) == Decimal(repr(own)), (own, written)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _peak_megabytes() -> float:
    """The most memory that this process held; `getrusage` would count its parent's at the moment of the fork."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def fuzz(count: int, number: int, progress: Callable[[str], None]) -> dict[str, float]:
    """Try so many inputs; return how many were read, the longest time and the most memory."""
    longest = 0.0
    inputs = read = 0

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(st.integers(0, 2 * LARGE - 1), steps)
    def each(start: int, several: list[int]) -> None:
        nonlocal longest, inputs, read
        text = (spoiled_text if start % 2 else spoiled_data)(start // 2, [step(number) for number in several])
        begun = time.process_time()
        try:
            read += tried(text)
        except BaseException:
            sys.stderr.write(f"failed on:\n{text!r}\n")
            raise
        inputs += 1
        longest = max(longest, time.process_time() - begun)
        if inputs % 10_000 == 0:
            progress(f"{inputs:,} inputs, {read:,} read, longest {longest:.2f} s")

    each()
    peak = _peak_megabytes()
    assert peak < MEGABYTES, f"took {peak:.0f} MB"
    return {"inputs": inputs, "read": read, "longest": round(longest, 3), "megabytes": round(peak)}


def in_lots(count: int, number: int, size: int) -> dict[str, float]:
    """Try so many inputs, each lot by a process of its own with the next seed; return what all of them tell together.

    hypothesis remembers each input that it has drawn, which takes more memory and time than what is tried.
    """
    told: list[dict[str, float]] = []
    for lot, begin in enumerate(range(0, count, size)):
        own = ["--count", str(min(size, count - begin)), "--seed", str(number + lot)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.adversarial.fuzz", *own],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told.append(json.loads(done.stdout))
        print(f"{begin + size:,} of {count:,}: {done.stdout.strip()}", file=sys.stderr, flush=True)
    most = {key: max(each[key] for each in told) for key in ("longest", "megabytes")}
    return {key: round(sum(each[key] for each in told), 1) for key in ("inputs", "read", "cpu")} | most


LOT: Final = 20_000

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Fuzz source and spec.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lot", type=int, default=LOT)
    options = parser.parse_args()
    if options.count > options.lot:
        print(json.dumps(in_lots(options.count, options.seed, options.lot)))
        sys.exit()
    began = time.process_time()
    told = fuzz(options.count, options.seed, lambda line: print(line, file=sys.stderr, flush=True))
    print(json.dumps({**told, "cpu": round(time.process_time() - began, 1)}))
