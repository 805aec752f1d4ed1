"""The outputs of a project, ``generated/<system>/<environment>/``: where they belong, written or compared."""

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from landform.commands.report import counted, findings, located, say
from landform.diagnostics import Diagnostic, error, has_errors, warning
from landform.pipeline import Analysis
from landform.project import specs_holder


def all_compiled(options: Namespace, analyses: Sequence[Analysis]) -> int:
    """Write the output of every spec that has no errors, or with --check compare it; return the exit status."""
    every: list[Diagnostic] = []
    told: list[str] = []
    taken: dict[Path, Path] = {}
    for analysis in analyses:
        found = list(analysis.diagnostics)
        if analysis.sound:
            folder = output_folder(analysis, options.out)
            other = taken.setdefault(folder, analysis.file)
            more, line = _compiled(options, analysis) if other is analysis.file else (_same_output(folder, other), "")
            found += located(more, analysis)
            told.append(line)
        if has_errors(found) and not options.check:
            told.append(f"{analysis.name}: {counted(found)}; nothing was written.")
        every += found
    status = findings(options, every, [analysis.source for analysis in analyses])
    for line in filter(None, told):
        say(options, line)
    return status


def stale(analysis: Analysis, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """Say so where an output stands that is not what the spec compiles to: it is not what was scanned."""
    from landform.emit.files import current
    from landform.emit.tree import MANIFEST

    folder = output_folder(analysis, None)
    if not (folder / MANIFEST).exists() or current(folder, files):
        return []
    fact = f"{_near(folder)} is not what {analysis.name} compiles to; the compiled form was scanned, not the folder."
    return [error("LF0702", (), fact, f"Run `landform compile {analysis.name}`.")]


def _same_output(folder: Path, other: Path) -> list[Diagnostic]:
    fact = f"{other} compiles to {_near(folder)} as well."
    return [error("LF0208", ("system",), fact, "Give one of them another `system` or `environment`.")]


def output_folder(analysis: Analysis, out: Path | None) -> Path:
    """Return where the output of a spec belongs: DIR is the folder that holds specs/, else the current one."""
    assert analysis.plan is not None
    system = analysis.plan.system
    return project_folder(analysis, out) / "generated" / system.system / system.environment


def project_folder(analysis: Analysis, out: Path | None) -> Path:
    """Return the folder that holds generated/ and modules/."""
    return out or specs_holder(analysis.file) or Path.cwd()


def _compiled(options: Namespace, analysis: Analysis) -> tuple[list[Diagnostic], str]:
    """Write or compare the output of one spec; return what is to be found in it, and to be told."""
    from landform.delivery.workflow import workflow
    from landform.emit import beyond, standing
    from landform.emit.files import current, difference, edited, write
    from landform.emit.modules import provide
    from landform.emit.notice import notices
    from landform.emit.tree import modules_of, tree

    assert analysis.plan is not None
    files, folder = tree(analysis.plan), output_folder(analysis, options.out)
    project, outside, before = project_folder(analysis, options.out), workflow(analysis.plan), beyond.listed(folder)
    if options.check:
        differs = standing.difference(project, before, outside)
        if current(folder, files) and not differs:
            return [], f"{analysis.name}: {_near(folder)} is current."
        stream = sys.stdout if options.form == "text" else sys.stderr
        print("\n".join(filter(None, (difference(folder, files), differs))), file=stream)
        fact = f"{_near(folder)} is not what {analysis.name} compiles to."
        return [error("LF0702", (), fact, f"Run `landform compile {analysis.name}`.")], ""
    found = notices(folder, files, production=analysis.plan.system.environment == "production")
    by_hand = [
        error("LF0701", (), f"{path} was edited by hand.", "Move the change to the spec, or pass --force.")
        for path in (
            *(_near(folder) / path for path in edited(folder, files)),
            *(_near(project / path) for path in standing.edited(project, before, outside)),
        )
    ]
    for path, other in beyond.others(folder, outside):
        fact = f"{path} is of {_near(other)} already, and a system has one workflow."
        return [
            error("LF0208", ("deliver",), fact, "Leave `deliver` out of one of the two, and compile that first.")
        ], ""
    if has_errors([*found, *by_hand]) and not options.force:
        return [*found, *by_hand], ""
    try:
        write(folder, files)
        beyond.write(project, before, outside)
        copied, different = provide(project, modules_of(files))
    except OSError as failure:
        fact = f"{failure.filename or folder} cannot be written: {failure.strerror or failure}."
        return [error("LF0705", (), fact, "Make room or give the right to, and compile again.")], ""
    differ = [
        warning(
            "LF0704",
            (),
            f"modules/{name} differs from the one that came with this landform.",
            "Keep it if the change is yours, or remove the folder and compile to get ours.",
        )
        for name in different
    ]
    return [d for d in found if d.severity != "error"] + differ, _told(analysis, folder, files, copied)


def _told(analysis: Analysis, folder: Path, files: dict[str, bytes], copied: list[str]) -> str:
    assert analysis.plan is not None
    from landform.delivery.workflow import place

    plan = analysis.plan
    lines = [f"{analysis.name} → {_near(folder)}/ ({len(files)} files)"]
    if plan.system.deliver:
        lines.append(f"  deliver: {place(plan)}, once `landform bootstrap` has made its roles")
    for host in plan.hosts:
        kinds = ", ".join(kind.name for kind in host.types[:4]) + (", …" if len(host.types) > 4 else "")
        lines.append(f"  {host.label}: {kinds} in {', '.join(host.zones)}")
    for function in plan.functions:
        lines.append(
            f"  {function.label}: {function.physical}, {function.spec.runtime} with {function.spec.memory} MiB"
        )
    for own in plan.served:
        kind = own.type.name if own.type else ""
        waits = "" if own.spec.initial else ", once `models` in models.auto.tfvars.json has its package"
        lines.append(f"  {own.label}: {own.physical} on ml.{kind} in {own.region}{waits}")
    for site in plan.beanstalks:
        least = f"{site.spec.scale.min} x {site.spec.instance}"
        lines.append(f"  {site.label}: {site.physical}, {site.spec.stack} on {least} or more")
    for bucket in plan.buckets:
        if not bucket.existing:
            lines.append(f"  data.{bucket.entry}: s3://{bucket.name}")
    lines.append(f"  {len(plan.grants)} permissions, each with its edge, in grants.json")
    if copied:
        lines.append(f"  modules added: {', '.join(copied)}")
    return "\n".join(lines)


def _near(folder: Path) -> Path:
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
