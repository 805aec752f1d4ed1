"""`landform sweep`: end what AWS made for Studio by itself, which Terraform does not know and cannot destroy."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import Any

from landform.commands.report import analysed, findings, located, say
from landform.commands.session import asking_aws
from landform.plan import Plan


def run(options: Namespace) -> int:
    """List the apps that run and the groups that are left; with --yes, end them."""
    (analysis,) = analysed(options)
    plan = analysis.plan
    if plan is None or not analysis.sound:
        return findings(options, analysis.diagnostics, [analysis.source])
    region = plan.system.regions.primary
    with asking_aws(("studio",)) as aws:
        _sweep(options, aws.session(region, plan.system.account), plan)
    return findings(options, located(aws.refused, analysis), [analysis.source])


def _sweep(options: Namespace, session: Any, plan: Plan) -> None:
    from landform.operate.studio import end, networks, orphans, remove, running
    from landform.passes.resolve.studio import domain_name

    def client(service: str, region: str) -> Any:
        return session.client(service, region_name=region)

    system, region, name = plan.system, plan.system.regions.primary, domain_name(plan)
    existing = system.network.existing.get(region)
    vpcs = (existing.vpc,) if existing else networks(client, region, system.system, system.environment)
    apps, groups = running(client, region, name), orphans(client, region, vpcs)
    for each in (*apps, *groups):
        say(options, f"{'ends' if options.yes else 'would end'}: {each}")
    if not apps and not groups:
        say(options, f"nothing of Studio is in the way in {region}")
    elif not options.yes:
        say(options, "nothing is changed; with --yes it is")
    if options.yes and apps:
        end(client, region, name, apps, time.sleep)
    if options.yes and groups:
        remove(client, region, groups)
