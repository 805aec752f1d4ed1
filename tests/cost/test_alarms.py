"""Every alarm that a tree writes, or that AWS makes by what it writes, is paid for; and every machine's metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from cost.test_samples_by_hand import SAMPLES, plan_of
from landform.catalog.rates import NAMES
from landform.cost import cost

ROOT = Path(__file__).parents[2]
Call = Mapping[str, Any]

METRICS: Final[Mapping[str, Callable[[Call], int]]] = {
    "monitor": lambda call: sum(len(a["series"]) * (3 if a.get("sigmas") else 1) for a in call["alarms"].values()),
    "trail": lambda call: len(call["watched"]),
    "loop": lambda call: 3 * len(call["machines"]) + 2,
    "fleet": lambda call: 2 * 3 * (bool(call.get("jobs") and call["jobs"]["elastic"]) + bool(call.get("spare"))),
    "web": lambda call: 2 if call.get("target") else 0,
    "endpoint": lambda call: 2 if call["scale"].get("invocations_per_minute") else 0,
    "beanstalk": lambda call: 2,
    "table": lambda call: 2 * 4 if call.get("capacity") else 0,
}
"""How many metrics the alarms of a module look at, as its text has them; those of scaling as AWS makes them."""

BLOCKS: Final = {
    "monitor": {"aws_cloudwatch_metric_alarm": 1, "aws_cloudwatch_composite_alarm": 1},
    "trail": {"aws_cloudwatch_metric_alarm": 1},
    "loop": {"aws_cloudwatch_metric_alarm": 3},
    "fleet": {"aws_cloudwatch_metric_alarm": 1, "aws_autoscaling_policy": 2},
    "web": {"aws_autoscaling_policy": 1},
    "endpoint": {"aws_appautoscaling_policy": 1},
    "table": {"aws_appautoscaling_policy": 1},
}
_BLOCK = re.compile(
    r'^resource "(aws_cloudwatch_(?:metric|composite)_alarm|aws_(?:app)?autoscaling_policy)"', re.MULTILINE
)


def test_no_module_has_an_alarm_that_is_not_counted() -> None:
    found: dict[str, dict[str, int]] = {}
    for path in sorted((ROOT / "modules").glob("*/*.tf")):
        for kind in _BLOCK.findall(path.read_text()):
            blocks = found.setdefault(path.parent.name, {})
            blocks[kind] = blocks.get(kind, 0) + 1
    assert found == BLOCKS
    assert 'for end in ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]' in text("loop")
    assert '"aws:autoscaling:trigger"' in text("beanstalk")


def text(module: str) -> str:
    return "".join(path.read_text() for path in sorted((ROOT / "modules" / module).glob("*.tf")))


def calls(name: str) -> list[tuple[str, Call]]:
    """The modules that a sample's tree calls, and what they are told."""
    system = plan_of(name).system
    tree = json.loads((ROOT / "generated" / system.system / system.environment / "main.tf.json").read_text())
    return [(call["source"].rpartition("/")[2], call) for call in tree["module"].values()]


def counted(name: str, item: str) -> float:
    """How many of something a sample pays for at the least."""
    entries = cost(plan_of(name)).entries
    return sum(line.quantity[0] for each in entries for line in each.lines if line.what == NAMES[item])


@pytest.mark.parametrize("name", SAMPLES)
def test_the_alarms_that_are_paid_for_are_those_that_are_written(name: str) -> None:
    """What they look at, metric by metric; composite ones; dashboards."""
    written = calls(name)
    watches = [call for module, call in written if module == "monitor"]
    assert counted(name, "alarm-metric") == sum(METRICS.get(module, lambda call: 0)(call) for module, call in written)
    assert counted(name, "composite-alarm") == sum(len(call.get("composites") or ()) for call in watches)
    boards = sum(bool(call.get(board)) for call in watches for board in ("dashboard", "overview"))
    assert counted(name, "dashboard") == boards


def test_every_machine_is_watched_minute_by_minute() -> None:
    """Each launch template and instance of the modules has it so, and Beanstalk is told it."""
    for module in ("machine", "fleet", "batch", "web", "watch"):
        templates = text(module).count('resource "aws_launch_template"')
        assert templates and len(re.findall(r"monitoring \{\n    enabled = true", text(module))) == templates, module
    assert 'MonitoringInterval = "1 minute"' in text("beanstalk")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_machines_that_stand_have_their_metrics_paid_for(name: str) -> None:
    sizes: Mapping[str, Callable[[Call], int]] = {
        "machine": lambda call: 1,
        "watch": lambda call: 1,
        "fleet": lambda call: call["size"]["min"],
        "web": lambda call: call["size"]["min"],
        "beanstalk": lambda call: call["scale"]["min"],
    }
    assert counted(name, "metric") == 7 * sum(sizes.get(module, lambda call: 0)(call) for module, call in calls(name))
