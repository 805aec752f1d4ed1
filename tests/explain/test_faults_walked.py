"""`landform explain --fail` held against a second walk: of the YAML as people wrote it, and of the modules that stand.

The walk knows neither the plan's stores and workloads nor their edges. Where an entry stands is what its modules say:
the region of their provider, and the zones of the subnets they are given. What it needs is what its text names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from landform.diagnostics import dotted
from landform.explain.faults import Fault, fault, table
from landform.lower.root import lower
from landform.pipeline import analyse
from landform.plan import Plan
from landform.root import Output
from landform.spec.names import address

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))

# AWS keeps these in all zones of a region.
REGIONAL = {"bucket", "efs", "queue", "stream", "table", "table_replica"}
# Without what is named under these, nothing starts, or nothing ever calls it.
VITAL = {"mounts", "trigger", "uses"}
KEPT = {"data", "secrets"}
WORSE = {"works": 0, "degraded": 1, "lost": 2}

Where = tuple[str, str]  # entry, region


def subnets(value: Any) -> Iterator[str]:
    """Every zone whose subnet a module is given."""
    if isinstance(value, Output) and value.name == "subnets":
        yield value.keys[1]
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from subnets(each)


def named(body: Any, under: str = "") -> Iterator[tuple[str, str]]:
    """Every word of an entry, and the outermost key it stands under."""
    if isinstance(body, str):
        yield under, body
    elif isinstance(body, dict | list):
        for key, each in body.items() if isinstance(body, dict) else ((under, each) for each in body):
            yield from named(each, under or key)


class Walk:
    """A spec's text and the modules of its root; each entry's fate by itself, then by what it names."""

    def __init__(self, spec: Path, plan: Plan) -> None:
        text = yaml.safe_load(spec.read_text())
        self.primary = text["regions"]["primary"]
        self.regions = [self.primary, *text["regions"].get("replicas", [])]
        self.body = {
            f"{section}.{name}": body
            for section in ("data", "secrets", "machines", "train", "serve", "functions", "drift")
            for name, body in text.get(section, {}).items()
        }
        if "studio" in text:
            self.body["studio"] = text["studio"]
        self.stands: dict[Where, list[tuple[str, set[str]]]] = {}
        self.nat: dict[str, str | None] = {}
        of = {None if region == self.primary else address(region): region for region in self.regions}
        for module in lower(plan).modules:
            label = dotted(module.path)
            if module.source == "network":
                self.nat[of[module.provider]] = module.variables["nat_zone"]
            elif label in self.body:
                stands = self.stands.setdefault((label, of[module.provider]), [])
                stands.append((module.source, set(subnets(module.variables))))
        for label, body in self.body.items():
            if "existing" in body and not any(at == label for at, _ in self.stands):
                self.stands[label, self.primary] = []

    def at(self, label: str, region: str) -> list[Where]:
        """Where an entry is found from a region: there, or where else it stands."""
        every = [where for where in self.stands if where[0] == label]
        return [where for where in every if where[1] == region] or every

    def entry(self, word: str) -> str:
        """The entry that a word of the text names, if one."""
        return next((label for label in (word, f"data.{word}", f"secrets.{word}") if label in self.body), "")

    def needs(self, label: str, region: str) -> Iterator[tuple[Where, bool]]:
        """What an entry in a region needs, and whether it is nothing without that."""
        body = self.body[label]
        section = label.partition(".")[0]
        if section in KEPT:
            return
        for under, word in named(body):
            other = self.entry(word)
            if not other or (section, under) in {("drift", "of"), ("drift", "baseline"), ("drift", "then")}:
                continue
            if other.startswith("train.") and under != "calls":
                # A model is asked of the bucket into which its training puts it.
                other = self.entry(self.body[other]["output"])
            yield from ((where, under in VITAL) for where in self.at(other, region))
        if section == "drift":
            capture = self.body[body["of"]]["capture"]
            captured = self.entry(capture if isinstance(capture, str) else capture["to"])
            yield from ((where, False) for where in self.at(captured, region))
            if "then" in body:
                # It trains where the training is, and deploys wherever the model is served.
                loop = {body["of"], body["then"]["retrain"]}
                yield from ((where, False) for where in self.stands if where[0] in loop)

    def alone(self, where: Where, gone: Fault) -> str:
        """How an entry fares in a region by itself."""
        label, region = where
        existing = "existing" in self.body[label] and label.startswith("data.")
        if region != gone.region:
            return "works"
        if not gone.zone:
            return "degraded" if existing else "lost"
        verdict = "works"
        for source, zones in self.stands[where]:
            if source in REGIONAL:
                continue
            left = zones - {gone.zone}
            without = "works"
            if gone.zone in zones and not left:
                without = "lost"
            elif (left and self.nat.get(region) == gone.zone) or (gone.zone in zones and source != "function"):
                without = "degraded"
            verdict = max(verdict, without, key=WORSE.__getitem__)
        return verdict

    def without(self, gone: Fault) -> dict[str, tuple[str, set[str]]]:
        """Entry → its verdict, and the regions in which it is left."""
        fares = {where: self.alone(where, gone) for where in self.stands}
        for _ in range(len(fares)):
            for where, own in fares.items():
                if own == "lost":
                    continue
                for other, vital in self.needs(*where):
                    if fares[other] != "works" and other != where:
                        worse = "lost" if vital and fares[other] == "lost" else "degraded"
                        fares[where] = max(fares[where], worse, key=WORSE.__getitem__)
        out: dict[str, tuple[str, set[str]]] = {}
        for label in dict.fromkeys(label for label, _ in fares):
            mine = {region: verdict for (at, region), verdict in fares.items() if at == label}
            (first, *rest) = set(mine.values())
            out[label] = ("degraded" if rest else first, {r for r, verdict in mine.items() if verdict != "lost"})
        return out


def faults(plan: Plan) -> list[Fault]:
    zones = [zone.id for network in plan.networks.values() for zone in network.zones]
    found = [fault(plan, name) for name in (*plan.system.regions.active, *zones)]
    return [gone for gone in found if isinstance(gone, Fault)]


def disagree(spec: Path) -> tuple[dict[str, Any], set[str]]:
    plan = analyse(spec).plan
    assert plan is not None
    walk = Walk(spec, plan)
    wrong: dict[str, Any] = {}
    said: set[str] = set()
    for gone in faults(plan):
        told = {each["entry"]: (each["verdict"], set(each["left_in"])) for each in table(plan, gone)["entries"]}
        mine = walk.without(gone)
        said |= {verdict for verdict, _ in told.values()}
        for label in told.keys() | mine.keys():
            if told.get(label) != mine.get(label):
                wrong[f"{label} without {gone}"] = {"told": told.get(label), "walked": mine.get(label)}
    return wrong, said


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_every_fault_of_every_sample_is_as_a_walk_of_its_text_finds_it(spec: Path) -> None:
    wrong, said = disagree(spec)
    assert wrong == {}
    assert said - {"works"}


def test_and_of_the_flagship_in_three_regions(tmp_path: Path) -> None:
    for each in (ROOT / "specs").iterdir():
        (tmp_path / each.name).symlink_to(each)
    spec = tmp_path / "fraud-detection.yaml"
    text = spec.read_text()
    spec.unlink()
    spec.write_text(text.replace("replicas: [eu-west-1]", "replicas: [eu-west-1, eu-central-1]"))
    assert spec.read_text() != text
    wrong, said = disagree(spec)
    assert wrong == {}
    assert said == {"works", "degraded", "lost"}


ACROSS = """\
version: 1
system: across
account: "123456789012"
environment: development
regions: {primary: us-east-1, replicas: [eu-west-1]}
network: {egress: nat-single}
data:
  rows: {kind: table, key: id, replicate: true}
  logs: {kind: bucket, existing: acme-logs}
secrets:
  tracker: {existing: "arn:aws:secretsmanager:us-east-1:123456789012:secret:tracker-AbCdEf"}
serve:
  api:
    platform: ec2
    instance: c7i.large
    image: al2023
    command: python3 server.py
    port: 8080
    health: /ping
    scale: {min: 2, max: 4, target: 60% cpu}
    regions: all
    reads: [rows]
    writes: [logs]
    USES
"""


@pytest.mark.parametrize("uses, left", [("uses: [tracker]", set()), ("", {"eu-west-1"})])
def test_what_needs_a_secret_of_a_region_is_lost_with_it_everywhere(tmp_path: Path, uses: str, left: set[str]) -> None:
    spec = tmp_path / "across.yaml"
    spec.write_text(ACROSS.replace("USES", uses))
    wrong, said = disagree(spec)
    assert wrong == {}
    assert said == {"works", "degraded", "lost"}
    plan = analyse(spec).plan
    assert plan is not None
    walked = Walk(spec, plan).without(Fault("us-east-1"))
    assert walked["serve.api"] == ("degraded" if left else "lost", left)
