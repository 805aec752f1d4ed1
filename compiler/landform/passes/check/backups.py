"""Rules about backups: what is to be kept, for how long, and who may lose it."""

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Related, dotted, warning
from landform.passes.resolve.backup import holds
from landform.plan import Plan
from landform.spec.backup import Backup


def production_is_backed_up(plan: Plan) -> Iterator[Diagnostic]:
    """A table, a file system and a disk are gone with one wrong command: copies in other regions follow it."""
    if plan.system.environment == "production" and plan.system.backup == "none" and holds(plan.system):
        fact = "nothing of this production system is backed up: what is deleted by mistake is lost, in every region."
        yield warning("LF0671", ("backup",), fact, "Leave `backup` out: a daily backup is then kept for 35 days.")


def something_is_kept(plan: Plan) -> Iterator[Diagnostic]:
    """Buckets keep their versions themselves, and streams and queues hold what passes: there may be nothing to do."""
    if isinstance(plan.system.backup, Backup) and not holds(plan.system):
        fact = "AWS Backup has nothing to keep here: no table, no EFS file system, no machine with a data disk."
        yield warning("LF0671", ("backup",), fact, "Leave `backup` out; buckets keep their versions by themselves.")


def a_lock_is_meant(plan: Plan) -> Iterator[Diagnostic]:
    """Three days after the first apply nobody can open a lock of compliance: not the account's root, and not AWS."""
    own = plan.system.backup
    if isinstance(own, Backup) and own.locked == "compliance":
        fact = (
            f"three days after the apply nobody, not even AWS, can delete a backup before its {own.retain} days end, "
            f"nor let the vault take one for less: `retain` can be made longer, and never shorter than {own.retain}d."
        )
        yield warning("LF0672", ("backup", "locked"), fact, "`governance` can be lifted by those who may.")


def copies_outlive_the_region(plan: Plan) -> Iterator[Diagnostic]:
    """A backup in the region of what it is of is lost with it."""
    own, replicas = plan.backup, plan.system.regions.replicas
    asked = plan.system.backup
    if own and not own.copies and replicas and isinstance(asked, Backup) and asked.copies == ():
        kept = ", ".join(dotted(path) for path in sorted(own.paths, key=str))
        fact = f"the backups of {kept} are kept in {own.region} alone."
        other = Related("a copy could be kept here", ("regions", "replicas"))
        yield warning("LF0671", ("backup", "copies"), fact, f"Write `copies: [{replicas[0]}]`.", other)


RULES = (production_is_backed_up, something_is_kept, a_lock_is_meant, copies_outlive_the_region)
