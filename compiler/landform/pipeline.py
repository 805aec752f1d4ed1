"""The way through: a spec file in, a plan and everything that is to be said about it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, Final

from landform.catalog import Catalog, CatalogError, load
from landform.diagnostics import Diagnostic, Path, error, has_errors
from landform.overlay import read_all
from landform.passes.check import check
from landform.passes.endpoint import endpoint
from landform.passes.grant import grant
from landform.passes.monitor import monitor
from landform.passes.place import place
from landform.passes.resolve import resolve
from landform.passes.select import select
from landform.plan import Plan
from landform.project import ProjectFiles, in_project, project_root, read_files
from landform.source import Source, locate
from landform.spec.read import Shape, shape

Pass = Callable[[Plan], tuple[Plan, tuple[Diagnostic, ...]]]

PASSES: Final[tuple[Pass, ...]] = (resolve, place, select, monitor, grant, endpoint, check)
"""In this order; each takes what the ones before it found out."""

CATALOG_FOLDER: Final = "landform-catalog"
"""Where a project keeps a catalog of its own, which `landform catalog refresh` writes."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a spec: its text, its plan where it has the form of one, and all findings."""

    file: FilePath
    source: Source | None
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    overlays: tuple[FilePath, ...] = ()

    @property
    def name(self) -> str:
        """The spec as the command line has it, with what is laid over it."""
        return " --with ".join(map(str, (self.file, *self.overlays)))

    @property
    def named_in(self) -> dict[Path, FilePath]:
        """Return which overlay names what, where it is not the spec itself."""
        files = {str(file): file for file in self.overlays}
        spans = self.source.spans if self.source else {}
        return {path: files[span.file] for path, span in spans.items() if span.file in files}

    @property
    def sound(self) -> bool:
        """Whether the plan can be compiled."""
        return self.plan is not None and not has_errors(self.diagnostics)


def analyse(file: FilePath, shown_as: str | None = None, overlays: tuple[FilePath, ...] = ()) -> Analysis:
    """Read a spec, with overlays laid over it in order, and take it through every pass.

    Findings stand in the order of the text.
    """
    source, faults = read_all(file, overlays, shown_as)
    analysis = Analysis(file, source, None, faults, overlays)
    if source is None:
        return analysis
    plan, found = planned(source.data, file, analysis.named_in, overlays)
    return replace(analysis, plan=plan, diagnostics=locate((*faults, *found), source))


def planned(
    data: Mapping[str, Any],
    file: FilePath,
    named_in: Mapping[Path, FilePath] | None = None,
    overlays: tuple[FilePath, ...] = (),
) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """Take plain data through shape, the files it names, and the passes."""
    shaped, faults = shape(data)
    if shaped is None:
        return None, faults
    try:
        catalog = catalog_of(file)
    except CatalogError as failure:
        remedy = f"Write it anew with `landform catalog refresh`, or remove {CATALOG_FOLDER}/."
        return None, (*faults, error("LF0408", (), str(failure), remedy))
    files, missing = read_files(shaped.system, file, named_in)
    origin = tuple(in_project(each, file) for each in (file, *overlays))
    plan, found = through(shaped, files, catalog, origin)
    return plan, (*faults, *missing, *found)


def through(
    shaped: Shape, files: ProjectFiles, catalog: Catalog, origin: tuple[str, ...] = ()
) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Run the passes, which are pure."""
    plan = Plan(shaped.system, catalog, files, prefix="", broken=shaped.broken, origin=origin)
    found: list[Diagnostic] = []
    for step in PASSES:
        plan, diagnostics = step(plan)
        found += diagnostics
    # What runs in several regions is judged in each: the same finding of the same line is one.
    return plan, tuple(dict.fromkeys(found))


def catalog_of(file: FilePath) -> Catalog:
    """Return the catalog of the project, or the one that came with landform."""
    own = project_root(file) / CATALOG_FOLDER
    return load(own) if own.is_dir() else load()
