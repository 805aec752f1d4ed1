"""`landform preflight`: whether the account can take what the spec describes, before the first apply."""

from __future__ import annotations

from argparse import Namespace

from landform.commands.report import analysed, findings, located, say
from landform.commands.session import asking_aws
from landform.diagnostics import has_errors


def run(options: Namespace) -> int:
    """Read the account and tell what is short, taken or missing; change nothing."""
    (analysis,) = analysed(options)
    plan = analysis.plan
    if not analysis.sound or plan is None:
        return findings(options, analysis.diagnostics, [analysis.source])
    with asking_aws(()) as aws:
        from landform.operate.preflight import preflight

        session = aws.session(plan.system.regions.primary, plan.system.account)
        aws.refused += preflight(session, plan)
    found = located(aws.refused, analysis)
    status = findings(options, [*analysis.diagnostics, *found], [analysis.source])
    if not has_errors(found):
        say(options, f"account {plan.system.account} can take {analysis.name}")
    return status
