"""What the agent says of itself: health, and metrics as Prometheus text and as CloudWatch data."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Health:
    """The loop writes it, the server reads it."""

    stale_after: float
    clock: Callable[[], float] = time.time
    committed: float = 0.0
    busy: bool = False
    # Why nothing is taken in, where that is so: a full disk.
    blocked: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    gauges: Mapping[str, float] = field(default_factory=dict)
    sinks_down: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.committed = self.clock()

    def problem(self) -> str:
        """Why the agent is not well; empty where it is."""
        if self.blocked:
            return self.blocked
        age = self.clock() - self.committed
        if self.busy and age > self.stale_after:
            return f"nothing was committed for {age:.0f} s while the source has work"
        return ""

    def figures(self) -> dict[str, float]:
        """All figures, by name."""
        counted = {f"{name}_total": float(self.counts.get(name, 0)) for name in COUNTED}
        return {
            "up": 1.0,
            "healthy": float(not self.problem()),
            "commit_age_seconds": self.clock() - self.committed,
            "sinks_down": float(len(self.sinks_down)),
            **counted,
            **dict.fromkeys(GAUGES, 0.0),
            **self.gauges,
        }


# What is counted from the first minute on, zeros too: an absent metric alarms nobody.
COUNTED = (
    *("accepted", "rejected", "duplicates", "late", "future", "backwards", "extra", "lost", "alarms"),
    *("labels", "labels_judged", "labels_absent", "labels_given_up", "labels_invalid", "labels_unasked"),
)
# What is told from the first minute on, whatever the engine and the labels have to say.
GAUGES = (
    *("seq", "armed", "standing", "learning", "reject_share", "event_age_seconds", "outbox", "outbox_age_seconds"),
    *("outbox_aside", "labels_waiting", "label_age_seconds", "label_coverage"),
)


def prometheus(figures: Mapping[str, float], watch: str) -> str:
    """Figures in the text format (prometheus.io/docs/instrumenting/exposition_formats)."""
    label = watch.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    lines = []
    for name, value in figures.items():
        full = f"landform_agent_{name}"
        kind = "counter" if name.endswith("_total") else "gauge"
        lines += [f"# TYPE {full} {kind}", f'{full}{{watch="{label}"}} {value:.17g}']
    return "\n".join(lines) + "\n"
