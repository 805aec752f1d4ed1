"""Rules about services that are reached over the network: their certificates, and what Beanstalk asks of them."""

from collections.abc import Iterator

from landform.catalog.beanstalk import MOST_ENVIRONMENT, STARTS
from landform.diagnostics import Diagnostic, Path, Related, error, warning
from landform.plan import Plan, Workload
from landform.spec.names import variable
from landform.spec.serve import BeanstalkService, HostService
from landform.spec.serve.site import Named


def certificates_are_of_the_region(plan: Plan) -> Iterator[Diagnostic]:
    """A load balancer, and the name of an API, take a certificate of their own region and account alone."""
    for own, spec, at in named(plan):
        given, path = spec.certificate, (*at, "certificate")
        if isinstance(given, dict):
            if own.region not in given:
                fact = f"{own.label} runs in {own.region} as well, and has no certificate of that region."
                yield error("LF0631", path, fact, f"Add {own.region}: arn:aws:acm:{own.region}:… to `certificate`.")
                continue
            path = (*path, own.region)
        arn = given.get(own.region) if isinstance(given, dict) else given
        if arn and arn.split(":")[3] != own.region:
            fact = f"the certificate is one of {arn.split(':')[3]}, and {own.label} runs in {own.region}."
            remedy = f"Name one of {own.region}; of several regions: certificate: {{{own.region}: …}}."
            yield error("LF0631", path, fact, remedy)
        elif arn and arn.split(":")[4] != plan.system.account:
            fact = f"the certificate belongs to account {arn.split(':')[4]}, and {own.label} to {plan.system.account}."
            yield error("LF0631", path, fact, "Name one of this account.")


def certificates_are_of_a_region(plan: Plan) -> Iterator[Diagnostic]:
    """A certificate of a region in which the service does not run says nothing."""
    running: dict[Path, set[str]] = {}
    for own, _, _ in named(plan):
        running.setdefault(own.path, set()).add(own.region)
    for own, spec, at in named(plan):
        given = spec.certificate
        for region in sorted(set(given) - running[own.path]) if isinstance(given, dict) and _first(plan, own) else ():
            fact = f"{own.label} does not run in {region}."
            yield error("LF0631", (*at, "certificate", region), fact, "Take its certificate out.")


def names_are_of_one_service(plan: Plan) -> Iterator[Diagnostic]:
    """Two records of one name and kind exclude each other, in the middle of an apply."""
    first: dict[str, tuple[Workload, Path]] = {}
    for own, spec, at in named(plan):
        if spec.domain and spec.domain in first and first[spec.domain][0].path != own.path and _first(plan, own):
            other, place = first[spec.domain]
            fact = f"{other.label} and {own.label} would answer under one name, {spec.domain}."
            related = Related("it has the name already", (*place, "domain"))
            yield error("LF0208", (*at, "domain"), fact, "Give one of them another.", related)
        elif spec.domain:
            first.setdefault(spec.domain, (own, at))


def names_of_apis_are_of_one_region(plan: Plan) -> Iterator[Diagnostic]:
    """A signature has a region in it: an API refuses what is signed for another, and callers may call their own alone.

    Source: IAM user guide, "Elements of an AWS API request signature" (read 2026-11-30).
    """
    running: dict[Path, list[str]] = {}
    for own in plan.functions:
        running.setdefault(own.path, []).append(own.region)
    for own in plan.functions:
        http, regions = getattr(own.spec, "http", None), running[own.path]
        if isinstance(http, Named) and http.domain and len(regions) > 1 and own.region == regions[0]:
            fact = (
                f"{http.domain} would lead to the API of {own.label} in {' or '.join(regions)}, whichever is nearest,"
            )
            refused = "which refuses requests that are signed for another region."
            remedy = "Leave `domain` out: callers are told the URL of the API of their own region."
            related = Related("it runs in several regions", (*own.path, "regions"))
            yield error("LF0207", (*own.path, "http", "domain"), f"{fact} {refused}", remedy, related)


def named(plan: Plan) -> Iterator[tuple[Workload, Named, Path]]:
    """Yield what may have a name of its own, each in each of its regions, and where the spec says which."""
    yield from ((own, spec, own.path) for own, spec in reached(plan))
    apis = ((own, getattr(own.spec, "http", None)) for own in plan.functions)
    yield from ((own, http, (*own.path, "http")) for own, http in apis if isinstance(http, Named))


def reached(plan: Plan) -> Iterator[tuple[Workload, BeanstalkService | HostService]]:
    """Yield the services with a URL, each in each of its regions."""
    yield from ((own, own.spec) for own in plan.beanstalks)
    yield from ((host, host.spec) for host in plan.hosts if isinstance(host.spec, HostService))


def _first(plan: Plan, own: Workload) -> bool:
    return own is next(each for each in plan.workloads if each.path == own.path)


def requests_are_encrypted(plan: Plan) -> Iterator[Diagnostic]:
    """Inside the network plain HTTP works, and whoever listens there reads it."""
    for own, spec in reached(plan):
        if spec.certificate is None and _first(plan, own):
            fact = f"{own.label} has no certificate: its callers send and get plain HTTP, inside the network."
            remedy = "Add `domain`, `zone` and `certificate`, if what it is asked is not for everybody there."
            yield warning("LF0632", own.path, fact, remedy)


def balancers_stand_in_two_zones(plan: Plan) -> Iterator[Diagnostic]:
    """AWS makes an application load balancer in two zones at least."""
    for own, spec in reached(plan):
        network = plan.networks.get(own.region)
        if network is None:
            continue
        tier = "public" if spec.public else "private"
        subnets = getattr(network.existing, tier) if network.existing else network.zones
        if len(subnets) < 2:
            fact = f"{own.label} stands behind a load balancer, and {own.region} has {len(subnets)} {tier} subnets."
            at: Path = ("network", "existing", own.region) if network.existing else ("network", "zones")
            yield error("LF0633", at, fact, "A load balancer takes two zones or more: add one.")


def what_beanstalk_needs_is_reached(plan: Plan) -> Iterator[Diagnostic]:
    """Its instances ask CloudFormation and package indexes, which no grant and no endpoint of a network speaks of."""
    for own in plan.beanstalks:
        if plan.system.network.egress == "none" and _first(plan, own):
            fact = f"with `egress: none` the instances of {own.label} do not come up: they install what the code needs."
            remedy = "Use a NAT (`egress: nat-single`), or serve it on `platform: lambda`."
            yield error("LF0605", own.path, fact, remedy)


def code_says_what_starts(plan: Plan) -> Iterator[Diagnostic]:
    """Beanstalk looks for a file by its name, and else shows a page of its own."""
    for own in plan.beanstalks:
        files = plan.files.folders.get((*own.path, "code"))
        language = own.spec.stack.partition("-")[0]
        if files is not None and not {file.name for file in files} & set(STARTS[language]) and _first(plan, own):
            names = ", ".join(STARTS[language])
            fact = f"nothing in '{own.spec.code}' says what Beanstalk is to start."
            remedy = f"Add one of {names}: a Procfile is `web: <command that listens on port 8000>`."
            yield error("LF0210", (*own.path, "code"), fact, remedy)


def properties_fit(plan: Plan) -> Iterator[Diagnostic]:
    """Beanstalk hands the environment over in a parameter of CloudFormation, which holds 4,096 characters."""
    for own in plan.beanstalks:
        told = {variable(str(e.store.path[0]), e.store.entry): e.store.told for e in own.edges}
        size = sum(len(f"{name}={value}") + 1 for name, value in {**told, **own.spec.env}.items()) - 1
        if size > MOST_ENVIRONMENT and _first(plan, own):
            fact = f"the environment of {own.label} has {size} characters; Beanstalk takes {MOST_ENVIRONMENT}."
            yield error("LF0606", (*own.path, "env"), fact, "Put what is long into a file of the code.")


RULES = (
    certificates_are_of_the_region,
    certificates_are_of_a_region,
    names_are_of_one_service,
    names_of_apis_are_of_one_region,
    requests_are_encrypted,
    balancers_stand_in_two_zones,
    what_beanstalk_needs_is_reached,
    code_says_what_starts,
    properties_fit,
)
