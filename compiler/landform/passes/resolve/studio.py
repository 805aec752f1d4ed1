"""Studio: its domain, and every user with the edges of the section."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from landform.catalog.studio_permissions import LOG_GROUP
from landform.diagnostics import Diagnostic, Path
from landform.passes.resolve.edges import edges_of
from landform.passes.resolve.implied import with_implied
from landform.passes.resolve.naming import SHARED, bucket_name, physical, role_arn
from landform.plan import Bucket, Domain, Edge, Plan, StudioUser
from landform.spec.names import DOMAIN, HOST, NUMBERED_ROLE, address

STUDIO: Final = "studio"
CANVAS: Final = "canvas"


def domain(plan: Plan, found: list[Diagnostic]) -> Domain | None:
    """Return the domain of the primary region with its users; None where nobody asks for one."""
    spec, region = plan.system.studio, plan.system.regions.primary
    if spec is None:
        return None
    bucket = _canvas(plan, region) if spec.canvas else None
    role = physical(plan, STUDIO, region, limit=NUMBERED_ROLE)
    return Domain(
        spec=spec,
        region=region,
        name=domain_name(plan),
        role=role,
        role_arn=role_arn(plan, role),
        users=tuple(_users(plan, bucket, found)),
        canvas=bucket,
    )


def domain_name(plan: Plan) -> str:
    """Return the name of the domain, whether the spec has one or had one."""
    return physical(plan, STUDIO, limit=DOMAIN)


def _users(plan: Plan, bucket: Bucket | None, found: list[Diagnostic]) -> Iterator[StudioUser]:
    spec, region = plan.system.studio, plan.system.regions.primary
    assert spec is not None
    for user, login in sorted(spec.logins.items()):
        told: list[Diagnostic] = []
        edges = tuple(edges_of(plan, (STUDIO, user), spec, region, told))
        found += [replace(each, path=_in_section(each.path)) for each in told]
        role = physical(plan, STUDIO, user, region, limit=NUMBERED_ROLE)
        named = tuple(replace(edge, path=_in_section(edge.path)) for edge in with_implied(STUDIO, user, (), edges))
        yield StudioUser(
            section=STUDIO,
            entry=user,
            platform=STUDIO,
            region=region,
            address=address(STUDIO, user),
            physical=physical(plan, user, limit=HOST),
            known_as=user,
            role=role,
            role_arn=role_arn(plan, role),
            log_group=LOG_GROUP,
            edges=(*named, *_workspace(bucket, user)),
            spec=spec,
            login=login,
            space=physical(plan, user, "space", limit=HOST),
        )


def _in_section(path: Path) -> Path:
    """Return where the section says for all users what is found of one: ``studio.ana.reads.0`` → ``studio.reads.0``."""
    return (STUDIO, *path[2:]) if path[:1] == (STUDIO,) else path


def _workspace(bucket: Bucket | None, user: str) -> Iterator[Edge]:
    """Yield the edge to the part of Canvas's bucket that a user has."""
    if bucket:
        yield Edge(CANVAS, bucket, (STUDIO, CANVAS), f"{STUDIO}.{user}.{CANVAS}", f"{CANVAS}/{STUDIO}-{user}/")


def _canvas(plan: Plan, region: str) -> Bucket:
    return Bucket(
        entry=CANVAS,
        path=(STUDIO,),
        region=region,
        account=plan.system.account,
        address=address(STUDIO, CANVAS),
        name=bucket_name(plan, CANVAS, region),
        key=plan.key(region, SHARED),
    )
