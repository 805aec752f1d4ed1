"""What compiling notices of the output that stands: what would be lost if the new one were applied.

The output is a function of the spec and the catalog alone; these notices decide only whether it is written.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from landform.diagnostics import Diagnostic, Path, error, warning
from landform.spec.names import address


@dataclass(frozen=True, slots=True)
class _Output:
    """What is compared of an output: its module calls, their spec paths, the regions of its providers, its moves."""

    modules: Mapping[str, Mapping[str, Any]]
    paths: Mapping[str, str]
    regions: frozenset[str]
    moves: Mapping[str, str]

    def in_use(self, region: str) -> bool:
        """Whether anything stands in a region; one that is only to be emptied has no keys any more."""
        return f"module.{address('keys', region)}" in self.paths

    def now(self, module: str) -> str:
        """The name that a module of an older output has here."""
        while module in self.moves:
            module = self.moves[module]
        return module


def notices(folder: FilePath, files: Mapping[str, bytes], *, production: bool) -> list[Diagnostic]:
    """Compare the new output with the one that stands in `folder`; what loses data is an error in production."""
    try:
        before = _output(*((folder / name).read_bytes() for name in ("main.tf.json", "sourcemap.json")))
    except (OSError, ValueError):
        return []
    after = _output(files["main.tf.json"], files["sourcemap.json"])
    judge = error if production else warning
    compared = [_vanished, _left, _renamed, _reordered, _rekeyed, _expiring_sooner, _smaller, _unserved]
    way = "To let it go, pass --force." if production else "Outside production it is written all the same."
    told = [each for compare in compared for each in compare(before, after)]
    lost = [judge(code, path, fact, f"{remedy} {way}".strip()) for code, path, fact, remedy in told]
    return [*_orphaned(before, after), *lost]


def _output(main: bytes, sourcemap: bytes) -> _Output:
    root = json.loads(main)
    return _Output(
        modules={f"module.{name}": call for name, call in root.get("module", {}).items()},
        paths=json.loads(sourcemap),
        regions=frozenset(p["region"] for p in root.get("provider", {}).get("aws", [])),
        moves={move["from"]: move["to"] for move in root.get("moved", [])},
    )


def _orphaned(before: _Output, after: _Output) -> Iterator[Diagnostic]:
    """Without its provider, what stands in a region is an orphan that no plan can destroy."""
    for region in sorted(before.regions - after.regions):
        if before.in_use(region):
            fact = f"{region} was in use and has left the spec: Terraform could destroy nothing there any more."
            remedy = f"Write `retired: [{region}]` for one apply, and leave it out after that."
            yield error("LF0308", ("regions",), fact, remedy)


Told = tuple[Any, ...]
"""Code, path, fact and remedy of a finding whose severity depends on the environment."""


def _vanished(before: _Output, after: _Output) -> Iterator[Told]:
    """Buckets, and machines with a data disk, that the next apply would destroy."""
    for module, path in sorted(before.paths.items()):
        if not _keeps_data(before, module) or after.now(module) in after.paths or _is_retired(before, after, module):
            continue
        section, _, entry = path.partition(".")
        where = "" if path not in after.paths.values() else " in a replica region"
        fact = f"{path} stood here{where} and has vanished: the next apply would destroy it and what it holds."
        renamed = "" if where or not entry else f"If it has a new name, write `was: {entry}` there."
        yield "LF0703", (section,), fact, renamed


def _keeps_data(output: _Output, module: str) -> bool:
    call = output.modules.get(module, {})
    path = output.paths[module]
    return path in ("audit", "studio") or path.startswith("data.") or (path.startswith("machines.") and "data" in call)


def _left(before: _Output, after: _Output) -> Iterator[Told]:
    """Users of Studio whose space, with the disk that is their home, the next apply would destroy."""
    for path, text, old, new in _staying(before, after):
        for user in sorted({*old.get("users", ())} - {*new.get("users", ())}) if text == "studio" else ():
            fact = f"studio.{user} stood here and has vanished: the next apply would destroy the disk with their files."
            yield "LF0703", (*path, "users"), fact, ""


def _is_retired(before: _Output, after: _Output, module: str) -> bool:
    """Whether it stands in a region that the spec says is to be emptied."""
    alias = before.modules.get(module, {}).get("providers", {}).get("aws", "aws.")
    return any(alias == f"aws.{address(r)}" and not after.in_use(r) for r in after.regions)


def _staying(before: _Output, after: _Output) -> Iterator[tuple[Path, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield spec path, its text, the old call and the new one of every module that stays."""
    for module in sorted(before.paths):
        now = after.now(module)
        if now in after.paths:
            text = after.paths[now]
            yield tuple(text.split(".")), text, before.modules.get(module, {}), after.modules.get(now, {})


def _renamed(before: _Output, after: _Output) -> Iterator[Told]:
    """Names of buckets follow from system, environment, account and region: another one is another bucket.

    And a store of another kind is another store, though most kinds would take the same name.
    """
    for path, text, old, new in _staying(before, after):
        name = "bucket_name" if text == "audit" else "name"
        if path[0] in ("data", "audit") and (old.get(name) != new.get(name) or not _same_kind(old, new)):
            kind = "" if _same_kind(old, new) else f" of the kind `{_kind(new)}`"
            fact = (
                f"{text} would be made anew as {new.get(name)}{kind}, and {old.get(name)} destroyed with what it holds."
            )
            yield "LF0703", path[:1], fact, _remedy(old, new, text)


def _same_kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return _kind(old) == _kind(new)


def _kind(call: Mapping[str, Any]) -> str:
    """Return the kind of a store: the module that makes it, wherever the modules lie."""
    return str(call.get("source", "")).rpartition("/")[2]


def _remedy(old: Mapping[str, Any], new: Mapping[str, Any], text: str) -> str:
    if not _same_kind(old, new):
        return f"Keep the kind of {text}, and make a new entry beside it."
    if old.get("account") == new.get("account") and old.get("region") == new.get("region"):
        return f"Say all the names that {text} had, the oldest first: `was: [oldest, later]`."
    return "Keep account and region as they are: make the new region a replica first."


def _reordered(before: _Output, after: _Output) -> Iterator[Told]:
    """Rows lie where their key says: a table with another one is another table."""
    for path, text, old, new in _staying(before, after):
        for word in ("key", "sort"):
            typed = [(call.get(word), call.get("attributes", {}).get(call.get(word))) for call in (old, new)]
            if path[0] == "data" and "attributes" in old and "attributes" in new and typed[0] != typed[1]:
                fact = f"{text} would be made anew, empty, with another `{word}`."
                yield "LF0703", (*path, word), fact, "Keep it and add an index, or a new table."


def _rekeyed(before: _Output, after: _Output) -> Iterator[Told]:
    """What a store holds, or a table's backups, stay under the key that they were written with."""
    for path, text, old, new in _staying(before, after):
        keys = old.get("key_arn"), new.get("key_arn")
        if path[0] == "data" and all(keys) and keys[0] != keys[1]:
            held = "its backups stay" if "attributes" in new else "what it holds stays"
            fact = f"{text} would change its key: {held} under the old one, which its readers lose."
            yield "LF0706", path, fact, "Leave `class` as it is and copy the data to a new entry."


def _expiring_sooner(before: _Output, after: _Output) -> Iterator[Told]:
    """A shorter time works on what is there already: it is deleted within a day, records of a stream at once."""
    for path, text, old, new in _staying(before, after):
        for unit in ("days", "hours", "seconds"):
            stays, stayed = new.get(f"retention_{unit}"), old.get(f"retention_{unit}")
            if path[0] in ("data", "audit") and _same_kind(old, new) and stays and stays < (stayed or stays + 1):
                stood = f"after {stayed} {unit}" if stayed else "never"
                fact = f"what {text} holds would expire after {stays} {unit}; so far it did {stood}."
                yield "LF0707", (*path, "retain"), fact, "Keep `retain`."


def _smaller(before: _Output, after: _Output) -> Iterator[Told]:
    """EBS shrinks nothing, and a disk that is left out is destroyed."""
    for path, text, old, new in _staying(before, after):
        stood, wanted = old.get("data", {}).get("gib", 0), new.get("data", {}).get("gib", 0)
        if path[0] == "machines" and wanted < stood:
            fact = f"the data disk of {text} would go from {stood} to {wanted} GiB: it is made anew, and empty."
            yield "LF0703", (*path, "disk", "data"), fact, f"Keep {stood}GiB or more."


def _unserved(before: _Output, after: _Output) -> Iterator[Told]:
    """An endpoint starts machines from the model in force, which an apply leaves alone, and its role must read it."""
    for path, text, old, new in _staying(before, after):
        if "isolated" not in old or "isolated" not in new:
            continue
        for part in sorted(_parts(old) - _parts(new)):
            if f"{part.partition('/')[0]}/*" not in _read(new):
                fact = f"{text} could not read {part} any more: machines that come would not start the model there."
                remedy = "Keep it until a model from elsewhere is deployed, or let it read the bucket."
                yield "LF0708", path, fact, remedy


def _parts(call: Mapping[str, Any]) -> set[str]:
    """Parts of buckets that a role reads: models lie there. A whole bucket is read by who calls for it itself."""
    return {resource for resource in _read(call) if resource.partition("/")[2] not in ("", "*")}


def _read(call: Mapping[str, Any]) -> set[str]:
    found = (each for each in call.get("statements", []) if "s3:GetObject" in each["actions"])
    return {resource for each in found for resource in each["resources"]}
