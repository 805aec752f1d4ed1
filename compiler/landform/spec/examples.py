"""What stands where a mapping belongs, written as the mapping that was probably meant."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from landform.diagnostics import Path

MAPPINGS: Final[Mapping[str, str]] = {
    "alarms": "{slow: {of: serve.my-service, when: p99 latency > 120ms for 5m}}",
    "budget": "{monthly: 6000 USD, notify: [risk-ml@example.com]}",
    "capacity": "{spot: 80%}",
    "checkpoint": "{to: models, every: 10m}",
    "apply": "{branch: main, environment: production}",
    "deliver": "{repo: github.com/my-organisation/my-repository, apply: {branch: main}}",
    "disk": "{root: 100GiB gp3}",
    "env": "{NAME: value}",
    "http": "{auth: iam}",
    "hyperparameters": "{lr: 0.001}",
    "iam": "{path: /landform/}",
    "indexes": "{by_day: {key: day}}",
    "ingress": "{jupyter: {port: 8888, from: network}}",
    "inputs": "{train: {from: my-bucket}}",
    "logs": "{retain: 1y}",
    "mounts": "{/data: my-files}",
    "network": "{zones: 3}",
    "notify": "{pager: [oncall@example.com]}",
    "queries": "{failures: {of: serve.my-service, where: 'level = \"ERROR\"'}}",
    "regions": "{primary: us-east-1}",
    "scale": "{min: 2, max: 2}",
    "schedule": "{morning: {at: cron(0 6 ? * MON-FRI *), min: 8, max: 20}}",
    "shell": "{via: ssm}",
    "state": "{bucket: my-terraform-state, region: us-east-1}",
    "tags": "{cost-centre: my-team}",
}
"""Key → a mapping that it takes."""

LONG: Final = 40
"""Characters of a value that a message does not repeat."""

_Meant = Callable[[Any], str | None]


def _text(form: str) -> _Meant:
    return lambda value: form.format(value) if isinstance(value, str) and 0 < len(value) < LONG else None


def _scale(value: Any) -> str | None:
    return f"{{min: {value}, max: {value}}}" if isinstance(value, int) and value > 0 else None


def _addresses(value: Any) -> str | None:
    given = [value] if isinstance(value, str) else value
    if isinstance(given, list) and given and all(isinstance(each, str) and "@" in each for each in given):
        return f"{{pager: [{', '.join(given)}]}}"
    return None


def _port(value: Any) -> str | None:
    return f"{{my-port: {{port: {value}, from: network}}}}" if isinstance(value, int) and value > 0 else None


_MEANT: Final[Mapping[str, _Meant]] = {
    "checkpoint": _text("{{to: {}, every: 10m}}"),
    "disk": _text("{{root: {}}}"),
    "http": _text("{{auth: {}}}"),
    "ingress": _port,
    "inputs": _text("{{train: {{from: {}}}}}"),
    "mounts": _text("{{/{0}: {0}}}"),
    "notify": _addresses,
    "regions": _text("{{primary: {}}}"),
    "scale": _scale,
    "shell": _text("{{via: {}}}"),
}
"""Key → the mapping that a value of another form is likely to mean; nothing for a value that means none."""


def mapping(path: Path, value: Any) -> str:
    """Return the mapping that belongs at a place where `value` stands, as a spec writes it."""
    key = str(path[-1]) if path else ""
    if path[-2:-1] == ("inputs",):
        return _text("{{from: {}}}")(value) or "{from: my-bucket}"
    meant = _MEANT[key](value) if key in _MEANT else None
    return meant or MAPPINGS.get(key, "{key: value}")
