"""`landform bootstrap`: what must stand before Terraform can, told before it is made."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from landform.commands.report import analysed, findings, located, say
from landform.commands.session import asking_aws
from landform.diagnostics import has_errors

if TYPE_CHECKING:
    from landform.operate.bootstrap.model import Step


def run(options: Namespace) -> int:
    """Tell what is left to do; do it where somebody says yes, here or by --yes."""
    (analysis,) = analysed(options)
    plan = analysis.plan
    if not analysis.sound or plan is None:
        return findings(options, analysis.diagnostics, [analysis.source])
    with asking_aws(()) as aws:
        from landform.operate.bootstrap import bootstrap

        session = aws.session(plan.system.regions.primary, plan.system.account)
        work = bootstrap(session, plan, singletons=options.singletons)
        aws.refused += work.found
        # With something in the way, nothing is begun.
        if not work.found:
            _do(options, work.steps, plan.system.account)
    found = located(aws.refused, analysis)
    status = findings(options, [*analysis.diagnostics, *found], [analysis.source])
    if has_errors(found):
        say(options, "nothing more is changed")
    return status


def _do(options: Namespace, steps: Sequence[Step], account: str) -> None:
    if not steps:
        say(options, f"account {account} has all that stands before Terraform: nothing to do")
        return
    for number, step in enumerate(steps, 1):
        say(options, f"{number:>3}  {step.says}")
    if options.dry_run or not (options.yes or (not options.quiet and _agreed(len(steps), account))):
        say(options, "nothing is changed; with --yes it is" if not options.yes else "nothing is changed: a dry run")
        return
    for number, step in enumerate(steps, 1):
        step.act()
        say(options, f"done {number}/{len(steps)}: {step.says}")


def _agreed(count: int, account: str) -> bool:
    """Ask whoever sits there; nobody does where there is no terminal."""
    if not sys.stdin.isatty():
        return False
    answer = input(f"Do these {count} steps in account {account}? [y/N] ")
    return answer.strip().lower() in ("y", "yes")
