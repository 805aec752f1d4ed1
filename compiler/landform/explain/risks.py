"""What a plan would lose, let go of, or open: each as a finding at the line of the spec."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from landform.catalog.holding import GUARDIANS, GUARDS, GUARDS_WITHIN, HOLDING, KEPT, LESSER, RUNNING
from landform.diagnostics import Diagnostic, Path, error, warning
from landform.explain.changes import Change

_WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})


def risks(found: list[Change], paths: Mapping[str, Path], *, guarded: bool) -> Iterator[Diagnostic]:
    """Yield what is to be looked at before an apply; what loses stored data in production (`guarded`) is an error."""
    if found and not any(change.module in paths for change in found):
        fact = "none of the modules of the plan is one that this spec asks for."
        yield warning("LF0723", (), fact, "Give the plan of this system, made from its output.")
    gone = [change for change in found if change.type in HOLDING and change.verb == "destroy"]
    for change in found:
        path, production = path_of(change, paths), guarded or _stood_guarded(change)
        if change.type in HOLDING and change.verb in ("destroy", "replace"):
            yield _lost(change, path, production=production)
        elif change.type in RUNNING and change.verb in ("destroy", "replace"):
            yield _interrupted(change, path, production=production)
        if (
            change.type in GUARDIANS
            and change.verb == "destroy"
            and not any(_is_guard_of(change, each) for each in gone)
        ):
            means = GUARDIANS[change.type]
            fact = f"{change.address} is destroyed{_because(change)}, and what it guards stays: {means}."
            yield warning("LF0721", path, fact, "Keep it, unless the thing itself is to go.")
        if change.verb in ("change", "replace"):
            yield from _let_go(change, path, production=production)
        yield from _opened(change, path)


def path_of(change: Change, paths: Mapping[str, Path]) -> Path:
    """Return the spec path that a change comes from: of a module that is gone, what its address still tells."""
    known = paths.get(change.module)
    if known is not None:
        return known
    section, _, _ = change.module.removeprefix("module.").partition("_")
    return (section,) if section else ()


_GUARDED: Final = ("bucket", "backup_vault_name", "source_file_system_id")
"""Arguments by which a guardian says what it guards."""


def _is_guard_of(guardian: Change, store: Change) -> bool:
    """Tell whether a store has a guardian: that of its module, or one that names it."""
    if guardian.module or store.module:
        return guardian.module == store.module
    known = {store.before.get(name) for name in ("bucket", "name", "id")} - {None, ""}
    return bool(known & {guardian.before.get(name) for name in _GUARDED})


def _lost(change: Change, path: Path, *, production: bool) -> Diagnostic:
    verb = "destroyed" if change.verb == "destroy" else "replaced"
    fact = f"{change.address} is {verb}{_because(change)}, and {HOLDING[change.type]} with it."
    if change.type == "aws_kms_key":
        fact = (
            f"{change.address} is scheduled for deletion{_because(change)}: after that, {HOLDING[change.type]} is lost."
        )
    remedy = "Keep it; a new name is said by `was: old-name`. What is meant to go, somebody destroys by hand."
    return (error if production and change.type not in LESSER else warning)("LF0720", path, fact, remedy)


def _interrupted(change: Change, path: Path, *, production: bool) -> Diagnostic:
    if change.verb == "destroy":
        fact = f"{change.address} is destroyed{_because(change)}: what runs on it ends."
        remedy = "Keep it, unless nobody needs it any more; a new name is said by `was: old-name`."
        return (error if production else warning)("LF0722", path, fact, remedy)
    fact = f"{change.address} is replaced{_because(change)}: what runs on it is interrupted."
    return warning("LF0722", path, fact, "Apply it when that is fine.")


def _stood_guarded(change: Change) -> bool:
    """Tell whether what stands belongs to production, whatever the spec says by now."""
    tags = change.before.get("tags_all") or {}
    return isinstance(tags, Mapping) and tags.get("landform:environment") == "production"


def _because(change: Change) -> str:
    forcing = [edit.name for edit in change.edits if edit.forces]
    if forcing:
        return f" because {', '.join(f'`{name}`' for name in forcing)} changes"
    return f" because {change.reason}" if change.reason else ""


def _let_go(change: Change, path: Path, *, production: bool) -> Iterator[Diagnostic]:
    """Yield protection that is lifted, and what is kept for a shorter time."""
    for name, guard in GUARDS.items():
        if change.before.get(name) == guard and name in change.after and change.after[name] != guard:
            fact = f"{change.address} loses a protection: `{name}` becomes {json.dumps(change.after[name])}."
            yield warning("LF0721", path, fact, "Keep it, unless the thing itself is to go.")
    for block, name, guard in GUARDS_WITHIN.get(change.type, ()):
        stood, now = (_within(values, block, name) for values in (change.before, change.after))
        if stood == guard and now is not None and now != guard:
            told = f"{block}.{name}" if block else name
            fact = f"{change.address} loses a protection: `{told}` becomes {json.dumps(now)}."
            yield warning("LF0721", path, fact, "Keep it, unless the thing itself is to go.")
    for name in KEPT:
        old, new = change.before.get(name), change.after.get(name)
        if isinstance(old, int) and isinstance(new, int) and (0 < new < old or old == 0 < new):
            yield _sooner(change, path, name, (old, new), production=production)
    yield from _expiry(change, path, production=production)
    yield from _expiring_rows(change, path)
    if change.type == "aws_ebs_volume" and change.verb == "change":
        stood, wanted = (values.get("size") or 0 for values in (change.before, change.after))
        if wanted < stood:
            fact = f"{change.address} would go from {stood} to {wanted} GiB, and EBS shrinks nothing: the apply fails."
            yield warning("LF0722", path, fact, f"Keep {stood}GiB or more.")


def _within(values: Mapping[str, Any], block: str, name: str) -> Any:
    blocks = values.get(block) or () if block else (values,)
    return next((each.get(name) for each in blocks if isinstance(each, Mapping)), None)


def _expiry(change: Change, path: Path, *, production: bool) -> Iterator[Diagnostic]:
    """Yield rules of a bucket that delete sooner than before, or that begin to."""
    if change.type == "aws_s3_bucket_lifecycle_configuration":
        old, new = (_days(values) for values in (change.before, change.after))
        for name, days in sorted(new.items()):
            if days and (not old.get(name) or days < old[name]):
                yield _sooner(change, path, name, (old.get(name, 0), days), production=production)


def _expiring_rows(change: Change, path: Path) -> Iterator[Diagnostic]:
    """Yield a table's `ttl` that is new or another: no error, since only rows that hold such a time go."""
    if change.type == "aws_dynamodb_table":
        old, new = (_expires_at(values) for values in (change.before, change.after))
        if new and new != old:
            fact = f"{change.address} deletes rows as the time in their `{new}` passes, those that stand too."
            yield warning("LF0720", path, fact, f"Look at what rows hold in `{new}` before you apply.")


def _expires_at(values: Mapping[str, Any]) -> str:
    """Return the attribute by whose time rows are deleted; nothing where none is."""
    return next((str(each["attribute_name"]) for each in values.get("ttl") or () if each.get("enabled")), "")


def _days(values: Mapping[str, Any]) -> dict[str, int]:
    """Return for each kind of expiry of a bucket the shortest time, in days."""
    out: dict[str, int] = {}
    for rule in values.get("rule") or ():
        for block, key in (("expiration", "days"), ("noncurrent_version_expiration", "noncurrent_days")):
            for each in rule.get(block) or ():
                days = int(each.get(key) or 0)
                if days:
                    out[block] = min(days, out.get(block, days))
    return out


def _sooner(change: Change, path: Path, name: str, ends: tuple[int, int], *, production: bool) -> Diagnostic:
    before = str(ends[0]) if ends[0] else "never"
    fact = f"{change.address} lets go of what it holds sooner: `{name}` was {before}, and becomes {ends[1]}."
    return (error if production else warning)("LF0720", path, fact, "Keep `retain` as it is, or longer.")


def _opened(change: Change, path: Path) -> Iterator[Diagnostic]:
    """Yield rules that let the whole world in, where they did not before."""
    if change.verb not in ("create", "change", "replace") or "ingress" not in change.type:
        return
    worlds = [_world(values) for values in (change.before, change.after)]
    if worlds[1] and (not worlds[0] or change.verb == "create"):
        ports = f"{change.after.get('from_port')} to {change.after.get('to_port')}"
        fact = f"{change.address} lets the whole world in on ports {ports}."
        yield warning("LF0722", path, fact, "Keep it only where that is what the service is for.")


def _world(values: Mapping[str, Any]) -> bool:
    return bool(_WORLD & {values.get("cidr_ipv4"), values.get("cidr_ipv6")})
