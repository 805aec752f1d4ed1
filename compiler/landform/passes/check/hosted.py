"""Rules about services on hosts of their own: who finds them, who calls, what answers."""

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Path, Related, dotted, error, warning
from landform.plan import Host, Plan, Site
from landform.spec.compute import OwnImage
from landform.spec.serve import HostService


def a_name_falls_over_to_one_region(plan: Plan) -> Iterator[Diagnostic]:
    """A name has one primary and one secondary record (Route 53 API, ResourceRecordSet, read 2026-11-29)."""
    replicas = plan.system.regions.active[1:]
    for own, spec in _hosted(plan):
        if spec.routing == "failover" and len(replicas) != 1:
            said = f"there are {len(replicas)}: {', '.join(replicas)}" if replicas else "there is none"
            fact = f"{own.label} is to fall over to one other region, and {said}."
            remedy = "With one replica `failover` works; `routing: latency` leads to whichever is near and well."
            yield error("LF0309", (*own.path, "routing"), fact, remedy, Related("they stand here", ("regions",)))


def the_world_finds_a_way(plan: Plan) -> Iterator[Diagnostic]:
    """A network without a way out has no way in: nobody comes, and nothing inside reaches what is public."""
    if plan.system.network.egress != "none":
        return
    closed = Related("the network has no way out", ("network", "egress"))
    for own, spec in _hosted(plan):
        network = plan.networks.get(own.region)
        if spec.public and network and not network.existing:
            fact = f"with `egress: none` the network has no way to the internet, and the world none to {own.label}."
            yield error("LF0605", (*own.path, "public"), fact, "Leave `public` out, or use a NAT.", closed)
    for edge in (edge for each in plan.workloads for edge in each.edges if edge.verb == "calls"):
        network = plan.networks.get(edge.store.region)
        if isinstance(edge.store, Site) and edge.store.public and network and not network.existing:
            fact = f"with `egress: none` nothing inside reaches {dotted(edge.store.path)}, which has public addresses."
            yield error("LF0605", edge.path, fact, f"Leave `public` out of {dotted(edge.store.path)}.", closed)


def services_are_called(plan: Plan) -> Iterator[Diagnostic]:
    """Security groups admit whoever has an edge: without one nobody reaches a service inside."""
    called = {edge.store.path for each in plan.workloads for edge in each.edges if edge.verb == "calls"}
    for own, spec in _hosted(plan):
        if not spec.public and own.path not in called and not plan.broken:
            fact = f"nothing calls {own.label}, and only who does is let in."
            yield warning("LF0209", own.path, fact, f"Add `calls: [{own.label}]` to who needs it, or make it `public`.")


def personal_data_stays_inside(plan: Plan) -> Iterator[Diagnostic]:
    """What the world may ask can be made to tell: least privilege ends at the code of the service."""
    for own, spec in _hosted(plan):
        personal = next((e for e in own.edges if e.store.personal and e.verb != "writes"), None)
        if spec.public and personal:
            fact = f"{own.label} is public and {personal.verb} {dotted(personal.store.path)}, which is personal data."
            yield warning("LF0634", personal.path, fact, "Let it read what is made of it, or check who asks.")


def something_answers(plan: Plan) -> Iterator[Diagnostic]:
    """A host of a plain image listens on no port: its group would replace hosts for ever."""
    for own, spec in _hosted(plan):
        if not spec.command and not spec.setup and not isinstance(spec.image, OwnImage):
            fact = f"nothing on the hosts of {own.label} answers on port {spec.port}."
            remedy = "Add `command`, a `setup` script that starts a service, or an image of your own."
            yield error("LF0207", own.path, fact, remedy)


def the_base_of_a_service_fits(plan: Plan) -> Iterator[Diagnostic]:
    """An on-demand base above the number of hosts says that nothing is spot, in a roundabout way."""
    for own, spec in _hosted(plan):
        if spec.capacity.on_demand_base > spec.scale.most:
            fact = f"the on-demand base of {own.label} is {spec.capacity.on_demand_base}, and it has at most"
            path = (*own.path, "capacity", "on_demand_base")
            yield error("LF0608", path, f"{fact} {spec.scale.most} hosts.", f"Write at most {spec.scale.most}.")


def some_hosts_stay(plan: Plan) -> Iterator[Diagnostic]:
    """AWS takes spot capacity back with two minutes' notice, all of a kind at once if need be."""
    for own, spec in _hosted(plan):
        if spec.capacity.spot == 100 and not spec.capacity.on_demand_base:
            fact = f"all hosts of {own.label} are spot capacity, and may go at once."
            yield warning("LF0635", (*own.path, "capacity"), fact, "Add `on_demand_base: 1`, or a smaller share.")


def _hosted(plan: Plan) -> Iterator[tuple[Host, HostService]]:
    """Yield each service on hosts of its own once, in the first of its regions."""
    seen = set[Path]()
    for each in plan.hosts:
        if isinstance(each.spec, HostService) and each.path not in seen:
            seen.add(each.path)
            yield each, each.spec


RULES = (
    a_name_falls_over_to_one_region,
    the_world_finds_a_way,
    services_are_called,
    personal_data_stays_inside,
    something_answers,
    the_base_of_a_service_fits,
    some_hosts_stay,
)
