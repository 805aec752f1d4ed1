"""What each command of the command line does."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from shlex import quote
from typing import Any

import msgspec

from landform_agent import identity
from landform_agent.cadence import FEWEST
from landform_agent.config import Config, ConfigError
from landform_agent.engines import Bound
from landform_agent.formats.rows import Schema
from landform_agent.intake import Intake, Mark
from landform_agent.labels import Waiting
from landform_agent.learning import Learning
from landform_agent.reading import schema_of
from landform_agent.report.sentences import summary
from landform_agent.store import RefusedError, StateError, Store


def engine(name: str, config: Config, schema: Schema) -> Bound:
    """The engine that judges this watch."""
    module: Any = import_module(name)
    return Bound(module, config, schema)


def intake(config: Config, schema: Schema, mark: Mark | None = None) -> Intake:
    """An intake for this watch."""
    late = config.labels
    # Where no label comes late, each is final as it comes.
    waiting = Waiting(schema.prediction, late.lag or None, late.keep, late.complete or not late.lag) if late else None
    by = config.segments.by if config.segments else None
    key = identity.key(f"{config.system}/{config.watch}")
    return Intake(schema.prediction, key, mark, waiting, by, config.model_version)


def learning(config: Config, seasons: float = 2) -> Learning:
    """The beginnings of a watch's reference: so many seasons where nothing else is said."""
    return Learning(*config.reference(seasons), FEWEST if config.cadence == "batch" else 0)


def state_path(config: Config) -> Path:
    """Where the state lies; `ConfigError` where the configuration does not say."""
    if config.state is None:
        raise ConfigError("state: say where it is kept, such as `state: {path: state/score.sqlite}`")
    return Path(config.state.path)


def keep_schema(schema: Schema) -> bytes:
    """A schema for the state."""
    return msgspec.json.encode(schema)


def fitted_schema(config: Config, store: Store) -> Schema:
    """The columns that the state was fitted for; `StateError` where the configuration names others now."""
    kept = store.kept("schema")
    if kept is None:
        raise StateError(f"{store.path}: nothing was fitted; `landform-agent fit` makes a reference from a baseline")
    fitted = msgspec.json.decode(kept, type=Schema)
    now = schema_of(config)
    if config.features is not None and (now.numeric, now.categorical, now.prediction) != (
        fitted.numeric,
        fitted.categorical,
        fitted.prediction,
    ):
        raise RefusedError(f"{store.path}: fitted for other features")
    return fitted


def anew(config: Config, file: Path) -> str:
    """The ways forward of a watch whose state this agent does not take, as commands."""
    own = f"--config {quote(str(file))}"
    lines = [
        "Run the agent that wrote it, with its configuration: the state was left as it is. Or begin anew, without the",
        "alarms that stand and the labels that wait; while no agent runs:",
        f"  landform-agent run {own} --until-idle 1m  # of the agent that wrote it: tells the alarms that wait",
    ]
    path = state_path(config)
    if path.exists():
        lines.append(f"  mkdir -p {quote(str(path.parent / 'old'))} && mv {quote(str(path))}* $_")
    if config.state is not None and config.state.snapshots is not None:
        from landform_agent.snapshots import place

        copy = place(config.state.snapshots, config.watch)
        lines.append(f"  aws s3 mv {quote(copy)} {quote(place(f'{config.state.snapshots}/old', config.watch))}")
    lines.append(
        f"  landform-agent fit {own} --baseline FILE  # without it, a watch that names its features learns by itself"
    )
    return "\n".join(lines)


def describe(config: Config, alarm: Any) -> dict[str, object]:
    """An alarm as it leaves the agent."""
    told: dict[str, object] = msgspec.to_builtins(alarm)
    for moment in told.keys() & {"at", "since"}:
        told[moment] = iso(getattr(alarm, moment))
    told |= {"watch": config.watch, "model": config.of or config.watch, "region": config.region}
    # First, since some only see how the event begins.
    return {"summary": summary(told)} | told


def iso(seconds: float) -> str:
    """A time as alarms have it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
