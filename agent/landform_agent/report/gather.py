"""From a state to what the page is made of."""

from __future__ import annotations

import msgspec

from landform_agent import history
from landform_agent.config import Config
from landform_agent.engines import Fitted
from landform_agent.intake import Mark
from landform_agent.report.facts import Facts
from landform_agent.store import Store

LANES = ("data", "prediction", "joint", "label")


def gather(config: Config, store: Store, bank: Fitted, mark: Mark) -> Facts:
    """What a store keeps of a watch, judged by a bank; `mark` is how far the intake came."""
    noted = [(msgspec.json.decode(raised), msgspec.json.decode(latest)) for raised, latest in store.noted_alarms()]
    slices = {lane: history.read(store, lane) for lane in LANES}
    late = int(store.kept("late") or 0)
    return Facts(
        config=config,
        alarms=noted,
        slices=slices,
        lines=bank.lines(),
        sight=bank.report(),
        counts={**mark.counts, "late": mark.counts.get("late", 0) + late},
        rows=int(store.kept("reference rows") or config.baseline.rows),
        rate=bank.rate,
        last=mark.last if mark.last is not None else float(max(mark.seq - 1, 0)),
        timed=mark.last is not None,
    )
