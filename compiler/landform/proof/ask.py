"""A call by a role of the system: which policies have a say, and in what circumstances it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from landform.catalog.endpoints import OUTSIDE, leads_to
from landform.proof.conditions import Context
from landform.proof.evaluate import Decision, Request, Situation, decide
from landform.proof.patterns import exemplar
from landform.proof.store import Store
from landform.proof.system import Endpoint, Role, System


def ask(system: System, role: Role, request: Request) -> Decision:
    """Decide a role's call by all policies of the system that have a say in it."""
    return decide(request, situation(system, role, request, find_store(system, request)))


def situation(system: System, role: Role, request: Request, store: Store | None) -> Situation:
    """The policies that have a say; the same for all calls of a role to one service on one store."""
    return Situation(
        identity=tuple(a.policy for a in role.policies),
        resource=store.policy if store else None,
        owner=system.account if store else "",
        closed=store is not None and store.kind == "kms",
        limits=tuple(e.policy for e in _on_the_way(system, role, request, store)),
        boundary=role.boundary,
    )


def find_store(system: System, request: Request) -> Store | None:
    """The planned store that a request's ARN denotes; a key may be known by its alias alone."""
    aliases = request.context.get("kms:resourcealiases", ())
    region = _region(request.resource)
    for store in system.stores:
        if request.resource == store.arn or request.resource.startswith((f"{store.arn}/", f"{store.arn}:")):
            return store
        if store.kind == "kms" and store.region == region and set(store.aliases) & set(aliases):
            return store
    return None


def _on_the_way(system: System, role: Role, request: Request, store: Store | None) -> Iterator[Endpoint]:
    """Endpoints that a workload's call to a service of its region passes; what S3 asks of KMS passes none."""
    if "loop" in role.definition:
        # The steps of a loop stand in no network.
        return
    prefix = request.action.split(":")[0]
    if "kms:viaservice" in request.context or not any(s in OUTSIDE and prefix not in OUTSIDE[s] for s in role.services):
        return
    region = (store.region if store else _region(request.resource)) or role.region
    if region == role.region:
        for endpoint in system.endpoints:
            if endpoint.region == region and leads_to(endpoint.service, request.action):
                yield endpoint


def _region(arn: str) -> str:
    return arn.split(":")[3] if arn.count(":") >= 5 else ""


def circumstances(system: System, principal: str) -> dict[str, tuple[str, ...]]:
    """The condition keys that every call of a workload carries: over TLS, as itself, within the account."""
    return {
        "aws:securetransport": ("true",),
        "aws:principalarn": (principal,),
        "aws:principalaccount": (system.account,),
        "aws:resourceaccount": (system.account,),
        "kms:calleraccount": (system.account,),
    }


def fulfilled(system: System, principal: str, conditions: Mapping[str, Mapping[str, Sequence[str]]]) -> Context:
    """The circumstances in which a workload calls, with the conditions of a grant fulfilled."""
    context = circumstances(system, principal)
    for operator, keys in conditions.items():
        for key, values in keys.items():
            if (operator, *values) != ("Null", "true"):  # That key is to be absent.
                context[key.lower()] = (exemplar(str(values[0])),)
    return context
