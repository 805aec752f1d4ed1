"""Rules about Studio."""

from collections.abc import Iterator
from itertools import combinations

from landform.catalog.limits import STUDIO_MOUNTS
from landform.diagnostics import Diagnostic, Path, Related, error
from landform.file_systems import Efs, FileSystem, mounting
from landform.plan import Edge, Plan


def studio_mounts_what_sagemaker_can(plan: Plan) -> Iterator[Diagnostic]:
    """A space mounts EFS file systems, so many of them, and each under a path of its own."""
    edges = _mounts(plan)
    for edge in edges:
        if not isinstance(edge.store, Efs):
            fact = f"Studio mounts file systems of the kind `efs`, and data.{edge.store.entry} is `{edge.store.kind}`."
            other = Related(f"data.{edge.store.entry}", edge.store.path)
            yield error("LF0611", edge.path, fact, "Mount it on a machine, or on a training that users start.", other)
    if len(edges) > STUDIO_MOUNTS:
        path: Path = ("studio", "mounts")
        fact = f"a space mounts {STUDIO_MOUNTS} file systems at most, and `mounts` has {len(edges)}."
        yield error("LF0606", path, fact, "Keep what belongs together in one of them.")
    for one, two in combinations(sorted(edges, key=lambda edge: str(edge.path[-1])), 2):
        if f"{two.path[-1]}/".startswith(f"{one.path[-1]}/"):
            fact = f"{two.path[-1]} lies within {one.path[-1]}, where another file system is mounted."
            yield error("LF0207", two.path, fact, "Mount them beside each other.", Related("the other one", one.path))


def the_folder_is_there(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker mounts the folder that all share, which the first mount by an access point makes: it makes none."""
    for edge in _mounts(plan):
        if isinstance(edge.store, Efs) and not mounting(plan, edge.store) and not plan.broken:
            entry = edge.store.entry
            fact = f"nothing but Studio mounts data.{entry}, and SageMaker cannot make the folder that it mounts."
            remedy = f"Mount it on a machine or a training as well, which does: `mounts: {{/{entry}: {entry}}}`."
            yield error("LF0207", edge.path, fact, remedy, Related(f"data.{entry}", edge.store.path))


def nobody_writes_by_what_studio_is_let_in_by(plan: Plan) -> Iterator[Diagnostic]:
    """Who comes without a role is told apart from nobody: what Studio may, all may whom the network lets in."""
    users = plan.studio.users[:1] if plan.studio else ()
    written = {e.store.path: e for user in users for e in user.edges if e.verb == "writes"}
    for edge in _mounts(plan):
        for other in mounting(plan, edge.store) if edge.store.path in written else ():
            own = {e.verb: e for e in other.edges if e.store is edge.store}
            if "writes" not in own:
                entry = edge.store.entry
                fact = (
                    f"{'.'.join(str(step) for step in other.path)} only reads data.{entry}, and could write to it: "
                    "Studio writes without a role, which the file system has to allow whoever reaches it."
                )
                remedy = "Give Studio a file system of its own, which this does not mount; or let this one write too."
                yield error(
                    "LF0207", own["mounts"].path, fact, remedy, Related("Studio writes", written[edge.store.path].path)
                )


def people_are_told_apart(plan: Plan) -> Iterator[Diagnostic]:
    """IAM Identity Center gives a person one profile of a domain: SageMaker refuses a second one."""
    users = plan.studio.users if plan.studio else ()
    for one, two in combinations(users, 2):
        if one.login == two.login:
            fact = f"{one.entry} and {two.entry} are the same person, '{two.login}'."
            other = Related("the other one", ("studio", "users", one.entry))
            yield error("LF0207", ("studio", "users", two.entry), fact, "Leave one out.", other)


def _mounts(plan: Plan) -> list[Edge]:
    """Return what users mount; all of them mount the same."""
    users = plan.studio.users[:1] if plan.studio else ()
    return [e for user in users for e in user.edges if e.verb == "mounts" and isinstance(e.store, FileSystem)]


RULES = (
    studio_mounts_what_sagemaker_can,
    the_folder_is_there,
    nobody_writes_by_what_studio_is_let_in_by,
    people_are_told_apart,
)
