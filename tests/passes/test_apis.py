"""Services on Lambda behind an API: who may call what of it, what is told, what is watched, what is refused."""

from __future__ import annotations

import pytest
from support.specs import module, outcome

from landform.catalog.api import invoked
from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Output

CODE = "code: code, handler: app.handler"
HTTP = "http: {auth: iam, via: api}"
ROUTES = "http: {auth: iam, via: api, routes: ['GET /notes/{id}', POST /notes], limit: 50 requests/s}"
SERVE = f"serve: {{explain: {{platform: lambda, {CODE}, HTTP}}}}\n"
API = "arn:aws:execute-api:us-east-1:123456789012:serve_explain"
CALLERS = {
    "functions": f"{{{CODE}, trigger: {{schedule: rate(1 hour)}}, calls: [serve.explain]}}",
    "machines": "{instance: t3.micro, calls: [serve.explain]}",
}
TRAINED = {
    "sagemaker": "{platform: sagemaker, cpu: 8, image: pytorch-2.10, command: run, code: code, calls: [serve.explain]}",
    "batch": "{platform: batch, cpu: 8, image: pytorch-2.10, command: run, code: code, calls: [serve.explain]}",
    "ec2": "{platform: ec2, cpu: 8, image: al2023, command: run, code: code, calls: [serve.explain]}",
}


def planned(text: str, regions: str = "{primary: us-east-1}") -> Plan:
    """The plan of a spec whose code is not on disk."""
    result = outcome(text, regions)
    assert set(result.errors) <= {"LF0210"}, [d.text for d in result.found]
    assert result.plan is not None
    return result.plan


def granted(plan: Plan, edge: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(g.statement.actions, g.statement.resources) for g in plan.grants if g.edge == edge]


@pytest.mark.parametrize(
    ("http", "ends"),
    [(HTTP, ["$default/*/*"]), (ROUTES, ["$default/GET/notes/*", "$default/POST/notes"])],
    ids=["everything", "two routes"],
)
def test_a_caller_may_call_the_routes_that_there_are_and_nothing_beside_them(http: str, ends: list[str]) -> None:
    plan = planned(SERVE.replace("HTTP", http) + f"functions: {{caller: {CALLERS['functions']}}}\n")
    allowed = granted(plan, "functions.caller.calls.serve.explain")
    assert allowed == [(("execute-api:Invoke",), tuple(f"{API}/{end}" for end in ends))]
    assert not [g for g in plan.grants if any("lambda:Invoke" in a for a in g.statement.actions)]


@pytest.mark.parametrize(
    ("section", "entry"),
    [*CALLERS.items(), *(("train", each) for each in TRAINED.values())],
    ids=[*CALLERS, *TRAINED],
)
def test_whoever_calls_waits_for_the_id_and_is_told_the_url(section: str, entry: str) -> None:
    call = module(
        lower(planned(SERVE.replace("HTTP", ROUTES) + f"{section}: {{caller: {entry}}}\n")), f"{section}_caller"
    ).variables
    (statement,) = call["apis"]["serve_explain"]["statements"]
    assert statement["resources"] == [
        Output("serve_explain", "invoked", (end,)) for end in ("$default/GET/notes/*", "$default/POST/notes")
    ]
    # What is known by name beforehand stays readable in a plan.
    assert not [s for s in call["statements"] if "execute-api:Invoke" in s["actions"]]
    assert Output("serve_explain", "url") in list(_values(call))


def _values(value: object) -> list[object]:
    if isinstance(value, dict):
        return [inner for each in value.values() for inner in _values(each)]
    if isinstance(value, list | tuple):
        return [inner for each in value for inner in _values(each)]
    told = getattr(value, "told", None)
    return [value, *(told or {}).values()]


def test_an_api_has_its_routes_its_limit_and_its_log() -> None:
    call = module(lower(planned(SERVE.replace("HTTP", ROUTES))), "serve_explain").variables
    assert call["service"]["url"] is False
    assert call["api"] == {
        "routes": ["GET /notes/{id}", "POST /notes"],
        "invoked": ["$default/GET/notes/*", "$default/POST/notes"],
        "requests_per_second": 50,
        "log_group": "/aws/vendedlogs/landform/demo/development/serve/explain",
        "domain": None,
    }


NAME = "domain: notes.example.com, zone: Z0123456789ABCDEFGHIJ"
HERE, THERE = (
    f"arn:aws:acm:{region}:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    for region in ("us-east-1", "eu-west-1")
)


def test_an_api_has_a_name_of_its_own() -> None:
    http = f'http: {{auth: iam, via: api, {NAME}, certificate: "{HERE}"}}'
    call = module(lower(planned(SERVE.replace("HTTP", http))), "serve_explain").variables
    named = {"name": "notes.example.com", "zone": "Z0123456789ABCDEFGHIJ", "certificate_arn": HERE}
    assert call["api"]["domain"] == named


@pytest.mark.parametrize(
    ("http", "code"),
    [
        (f'auth: iam, {NAME}, certificate: "{HERE}"', "LF0202"),  # the URL of a function has none
        (f"auth: iam, via: api, {NAME}", "LF0202"),  # no certificate
        (f'auth: iam, via: api, {NAME}, certificate: "{THERE}"', "LF0631"),  # another region's
    ],
)
def test_a_name_that_leads_nowhere_is_refused(http: str, code: str) -> None:
    assert outcome(SERVE.replace("HTTP", f"http: {{{http}}}")).errors[-1] == code


def test_regions_share_no_name_of_an_api() -> None:
    """Where DNS answers with another region, the signature is of the wrong one."""
    http = f'http: {{auth: iam, via: api, {NAME}, certificate: {{us-east-1: "{HERE}", eu-west-1: "{THERE}"}}}}'
    text = SERVE.replace("HTTP", f"{http}, regions: all")
    found = outcome(text, "{primary: us-east-1, replicas: [eu-west-1]}").one("LF0207")
    assert found.path == ("serve", "explain", "http", "domain")
    assert "notes.example.com would lead to the API of serve.explain in us-east-1 or eu-west-1" in found.message
    assert "Leave `domain` out" in found.text
    alone = text.replace(f', eu-west-1: "{THERE}"', "")
    assert "LF0207" not in outcome(alone).errors


def test_without_a_word_it_answers_what_a_url_does() -> None:
    call = module(lower(planned(SERVE.replace("HTTP", HTTP))), "serve_explain").variables
    assert call["api"]["routes"] == ["ANY /", "ANY /{rest+}"]
    assert call["api"]["requests_per_second"] == 1_000


@pytest.mark.parametrize("http", ["http: {auth: iam}", "memory: 1GiB"])
def test_what_has_no_api_has_none(http: str) -> None:
    plan = planned(SERVE.replace("HTTP", http) + f"functions: {{caller: {CALLERS['functions']}}}\n")
    root = lower(plan)
    assert module(root, "serve_explain").variables["api"] is None
    assert module(root, "functions_caller").variables["apis"] is None
    assert not [g for key in plan.keys for g in key.log_groups if "vendedlogs" in g]


def test_the_key_of_its_region_admits_the_log_of_its_requests() -> None:
    plan = planned(
        SERVE.replace("HTTP", f"{HTTP}, regions: all"), "{primary: us-east-1, replicas: [eu-west-1, eu-central-1]}"
    )
    (group,) = {c.variables["api"]["log_group"] for c in lower(plan).modules if c.source == "function"}
    for region in plan.system.regions.active:
        pattern = f"arn:aws:logs:{region}:123456789012:log-group:/aws/vendedlogs/landform/demo/development/*"
        assert pattern in plan.key(region, "shared").log_groups
        assert f"arn:aws:logs:{region}:123456789012:log-group:{group}".startswith(pattern.removesuffix("*"))


def test_each_region_calls_its_own() -> None:
    text = SERVE.replace("HTTP", f"{HTTP}, regions: all")
    other = f"{{platform: lambda, {CODE}, regions: all, calls: [serve.explain]}}"
    text = text.replace("serve: {", f"serve: {{caller: {other}, ")
    plan = planned(text, "{primary: us-east-1, replicas: [eu-west-1]}")
    called = {g.principal[-9:]: g.statement.resources for g in plan.grants if "calls.serve.explain" in g.edge}
    assert called == {
        "us-east-1": (f"{API}/$default/*/*",),
        "eu-west-1": ("arn:aws:execute-api:eu-west-1:123456789012:serve_explain_eu_west_1/$default/*/*",),
    }


def test_callers_see_what_the_dashboard_shows() -> None:
    text = SERVE.replace("HTTP", HTTP) + "monitor: {notify: {pager: [a@example.com]}}\n"
    (watch,) = planned(text).watches
    (own,) = [component for component in watch.components if component.label == "serve.explain"]
    series = {word: metric.series[0] for word, metric in own.metrics.items()}
    for word, name in {"invocations": "Count", "errors": "5xx", "refused": "4xx", "latency": "Latency"}.items():
        assert (series[word].namespace, series[word].name) == ("AWS/ApiGateway", name)
    # How many run at once, and who is turned away by Lambda, the API does not know.
    assert {series[word].namespace for word in ("throttles", "concurrency")} == {"AWS/Lambda"}
    call = module(lower(planned(text)), "monitor").variables
    known = [s["dimensions"] for alarm in call["alarms"].values() for s in alarm["series"].values()]
    assert {"ApiId": Output("serve_explain", "api_id")} in known


def test_nothing_leads_there_without_a_way_out() -> None:
    text = SERVE.replace("HTTP", HTTP) + f"functions: {{caller: {CALLERS['functions']}}}\nnetwork: {{egress: none}}\n"
    found = outcome(text).one("LF0605")
    assert found.path == ("functions", "caller", "calls", 0)
    assert "nothing reaches the URL of serve.explain" in found.message


@pytest.mark.parametrize(("timeout", "codes"), [("30s", set()), ("31s", {"LF0606"})])
def test_an_api_does_not_wait_longer_than_it_can(timeout: str, codes: set[str]) -> None:
    found = outcome(SERVE.replace("HTTP", f"{HTTP}, timeout: {timeout}"))
    assert set(found.errors) - {"LF0210"} == codes
    if codes:
        assert found.one("LF0606").path == ("serve", "explain", "timeout")


@pytest.mark.parametrize(
    ("http", "said"),
    [
        ("{auth: iam, routes: [GET /]}", "the URL of a function knows no `routes`. Add `via: api`"),
        ("{auth: iam, via: url, limit: 5 requests/s}", "the URL of a function knows no `limit`"),
        ("{auth: iam, via: api, routes: [GET /, GET /]}", "answer the same"),
        ("{auth: iam, via: api, routes: ['GET /a/{x}', 'GET /a/{y}']}", "answer the same"),
        ("{auth: iam, via: api, routes: [get /]}", "'get /' is no route. Write it like GET /notes/{id}"),
        ("{auth: iam, via: api, routes: [GET notes]}", ""),
        ("{auth: iam, via: api, routes: ['GET /{rest+}/more']}", ""),
        ("{auth: iam, via: api, routes: []}", ""),
        ("{auth: iam, via: api, limit: 5}", "5 requests/s"),
        ("{auth: iam, via: api, limit: 0 requests/s}", "1 to 10000"),
        ("{auth: none, via: api}", "iam"),
    ],
)
def test_what_an_api_cannot_have_is_refused(http: str, said: str) -> None:
    found = outcome(SERVE.replace("HTTP", f"http: {http}"))
    told = [d.text for d in found.found if d.code == "LF0202"]
    assert len(told) == 1, [d.text for d in found.found]
    assert said in told[0]


def test_of_two_routes_the_wider_one_is_enough() -> None:
    assert invoked(["GET /a", "ANY /a", "GET /b"]) == ("$default/*/a", "$default/GET/b")
