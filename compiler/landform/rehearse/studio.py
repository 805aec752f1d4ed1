"""Studio in a rehearsal: somebody works there, and what AWS leaves of it goes as `landform sweep` has it go."""

from __future__ import annotations

from collections.abc import Iterable

from landform.operate.studio import end, orphans, remove, running
from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.terraform import Terraform

DOMAIN = "aws_sagemaker_domain"


def begin_work(aws: EmbeddedAws, applied: Iterable[Applied]) -> None:
    """Start an app in every space, as its user does; an app that runs keeps its space, and so the domain."""
    for space in (each for each in applied if each.type == "aws_sagemaker_space"):
        aws.client("sagemaker", space.region).create_app(
            DomainId=space.values["domain_id"],
            SpaceName=space.values["space_name"],
            AppType="JupyterLab",
            AppName="default",
        )


def leave(aws: EmbeddedAws, terraform: Terraform, applied: Iterable[Applied]) -> tuple[str, ...]:
    """Destroy the domains before the rest, end apps before, remove the groups behind them; say what there was."""
    gone: list[str] = []
    for domain in (each for each in applied if each.type == DOMAIN):
        name, region = str(domain.values["domain_name"]), domain.region
        apps = running(aws.client, region, name)
        end(aws.client, region, name, apps, lambda _: None)
        module = domain.address.partition(".aws_")[0]
        terraform.destroy("-refresh=false", f"-target={module}")
        groups = orphans(aws.client, region, [str(domain.values["vpc_id"])])
        remove(aws.client, region, groups)
        gone += [f"{len(apps)} apps", f"{len(groups)} security groups"]
    return tuple(gone)
