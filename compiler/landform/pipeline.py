"""The way through: a spec file in, a plan and everything that is to be said about it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Final

from landform.catalog import Catalog, CatalogError, load
from landform.diagnostics import Diagnostic, error, has_errors
from landform.passes.check import check
from landform.passes.endpoint import endpoint
from landform.passes.grant import grant
from landform.passes.monitor import monitor
from landform.passes.place import place
from landform.passes.resolve import resolve
from landform.passes.select import select
from landform.plan import Plan
from landform.project import ProjectFiles, project_root, read_files
from landform.source import Source, locate, read
from landform.spec.read import Shape, shape

Pass = Callable[[Plan], tuple[Plan, tuple[Diagnostic, ...]]]

PASSES: Final[tuple[Pass, ...]] = (resolve, place, select, grant, endpoint, monitor, check)
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

    @property
    def sound(self) -> bool:
        """Whether the plan can be compiled."""
        return self.plan is not None and not has_errors(self.diagnostics)


def analyse(file: FilePath, shown_as: str | None = None) -> Analysis:
    """Read a spec and take it through every pass; findings stand in the order of the text."""
    source, faults = read(file, shown_as)
    if source is None:
        return Analysis(file, None, None, faults)
    plan, found = planned(source.data, file)
    return Analysis(file, source, plan, locate((*faults, *found), source))


def planned(data: Mapping[str, Any], file: FilePath) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """Take plain data through shape, the files it names, and the passes."""
    shaped, faults = shape(data)
    if shaped is None:
        return None, faults
    try:
        catalog = catalog_of(file)
    except CatalogError as failure:
        remedy = f"Write it anew with `landform catalog refresh`, or remove {CATALOG_FOLDER}/."
        return None, (*faults, error("LF0408", (), str(failure), remedy))
    files, missing = read_files(shaped.system, file)
    plan, found = through(shaped, files, catalog)
    return plan, (*faults, *missing, *found)


def through(shaped: Shape, files: ProjectFiles, catalog: Catalog) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Run the passes, which are pure."""
    plan = Plan(shaped.system, catalog, files, prefix="", broken=shaped.broken)
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
