"""The agent's engine, as it ships: one configuration for every stream."""

from __future__ import annotations

from benchmarks.drift.score import Alarm
from benchmarks.drift.streams import BASELINE, COUNTRY, JOINT, LABEL, Stream
from landform_agent.engine import Alarm as Told
from landform_agent.engine import Bank, Settings, fit
from landform_agent.engine.settings import Kind as FeatureKind

BUDGET = 0.25e-5
"""False alarms for each event that the watch is allowed: a quarter of the goal, as F1 counts each that comes."""


def settings(stream: Stream, budget: float) -> Settings:
    """What a user's configuration would say of such a stream."""
    features: dict[str, FeatureKind] = dict.fromkeys(stream.names, "numeric")
    if stream.codes is not None:
        features[COUNTRY] = "categorical"
    return Settings(
        features=features,
        false_alarms=budget,
        season=stream.season,
        labels=stream.losses is not None,
    )


def fitted(stream: Stream, budget: float) -> Bank:
    """The bank that the reference at the stream's beginning gives."""
    return fit(stream.block().slice(0, BASELINE), settings(stream, budget))


def alarms(stream: Stream, budget: float) -> list[Alarm]:
    """Every alarm that is raised or cleared after the reference."""
    block = stream.block()
    bank = fit(block.slice(0, BASELINE), settings(stream, budget))
    told = bank.update(block.slice(BASELINE, len(block))).alarms
    return [_scored(one) for one in told if one.state != "ongoing"]


def _scored(told: Told) -> Alarm:
    place = {"joint": JOINT, "label": LABEL}.get(told.channel, told.feature or told.channel)
    features = told.evidence.get("features", [])
    category = told.evidence.get("category")
    named = {str(name) for name in features} if isinstance(features, list) else set()
    if told.channel == "data":
        named = {place} if category is None else {str(category)}
    return Alarm(told.seq, place, told.since_seq, frozenset(named), told.state == "cleared")
