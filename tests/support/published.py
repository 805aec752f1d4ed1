"""What is really published to CloudWatch: by AWS, by its dated pages, and by hosts, by what their user data sets up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from landform_agent.sinks.cloudwatch import FIGURES

TESTS = Path(__file__).parents[1]
TEMPLATES = TESTS.parent / "compiler" / "landform" / "emit" / "templates"
Key = tuple[str, str, tuple[str, ...]]
"""Namespace, metric, names of dimensions."""

PREFIXES = {"nvidia_gpu": "nvidia_smi"}
"""Sections of the agent's configuration whose metrics begin otherwise (CloudWatch user guide, NVIDIA GPU metrics)."""


def by_aws() -> frozenset[Key]:
    lines = (TESTS / "catalog" / "published_metrics.tsv").read_text().splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return frozenset((namespace, metric, tuple(dimensions.split(","))) for namespace, metric, dimensions, _ in rows)


def by_agent(script: str) -> Iterator[Key]:
    """What the agent of a host publishes under `entry` alone, by the configuration in its user data."""
    begun = script.split("cloudwatch-agent.json <<'LANDFORM'\n")[1]
    text = begun.split("\nLANDFORM\n")[0]
    config: dict[str, Any] = json.loads(text)["metrics"]
    assert ["entry"] in config["aggregation_dimensions"]
    for section, collected in config["metrics_collected"].items():
        assert "entry" in collected["append_dimensions"]
        for name in collected["measurement"]:
            yield config["namespace"], f"{PREFIXES.get(section, section)}_{name}", ("entry",)


def by_watcher(namespace: str) -> Key:
    """What a host itself says when it is taken back."""
    said = (TEMPLATES / "watch.sh").read_text()
    (name,) = re.findall(r'--metric-name (\w+) --dimensions "entry=\$entry"', said)
    return namespace, name, ("entry",)


def by_drift_agent(config: str) -> Iterator[Key]:
    """What the agent of a watch publishes, by its configuration."""
    told = yaml.safe_load(config)
    for sink in told["sinks"]:
        if sink["kind"] == "cloudwatch":
            for figure in FIGURES:
                yield sink["namespace"], "".join(word.capitalize() for word in figure.split("_")), ("Watch",)
