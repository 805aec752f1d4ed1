"""Rules about what a platform of trainings cannot do: all of them from one table."""

from collections.abc import Iterator

from landform.catalog.platforms import ABILITIES
from landform.diagnostics import Diagnostic, Path, Related, error, note
from landform.moves import Training, refused, trainings
from landform.plan import Host, Plan


def platforms_can(plan: Plan) -> Iterator[Diagnostic]:
    """What one platform cannot do, another can: the remedy says which."""
    # What a loop decides by is said in `reports`, wherever its training runs.
    decided = {own.loop.retrain for own in plan.drift if own.loop}
    for training in trainings(plan):
        for name, path, lack in refused(training):
            if name == "reports" and training.label in decided:
                continue
            if lack.harmless:
                yield note("LF0613", path, f"{lack.fact}.", f"It is for {ABILITIES[name].elsewhere}.")
            else:
                remedy = f"{lack.instead}, or use {ABILITIES[name].elsewhere}."
                yield error("LF0611", path, f"{lack.fact}.", remedy, *_beside(training, name))


def _beside(training: Training, name: str) -> Iterator[Related]:
    """Yield what a finding is about besides its own place."""
    if name == "spot-nodes" and not isinstance(training, Host):
        path: Path = (*training.path, "nodes")
        yield Related("several nodes", path)


RULES = (platforms_can,)
