"""The dashboard of a region, and the one of all."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from support.picture import drawn
from support.specs import module, outcome
from support.watches import NOTIFY, variables, watched

from landform.lower.root import lower


def test_panels_neither_overlap_nor_leave_the_board() -> None:
    widgets = variables(watched("").sound)["dashboard"]["widgets"]
    taken = set()
    for widget in widgets:
        assert widget["x"] + widget["width"] <= 24
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells
    assert {w["properties"]["title"] for w in widgets if w["type"] == "metric"} >= {
        "data.features: traffic",
        "machines.box: cpu and memory",
        "machines.box: network",
    }


def test_what_is_counted_in_another_unit_has_a_scale_of_its_own() -> None:
    widgets = variables(watched("  alarms: {slow: {of: machines.box, when: disk io > 1MiB/s for 5m}}\n").sound)[
        "dashboard"
    ]["widgets"]
    (panel,) = [w["properties"] for w in widgets if w["properties"].get("title") == "machines.box: disk"]
    assert {side: axis["label"] for side, axis in panel["yAxis"].items()} == {"left": "%", "right": "bytes/s"}
    sides = {line[-1]["label"]: line[-1]["yAxis"] for line in panel["metrics"] if "label" in line[-1]}
    assert sides == {"disk": "left", "disk io": "right"}
    limits = {limit["value"]: limit["yAxis"] for limit in panel["annotations"]["horizontal"]}
    assert limits == {90: "left", 2**20: "right"}


@pytest.mark.parametrize(
    ("when", "label"),
    [
        ("p99 latency > 5s for 5m", "alarm: latency > this"),
        ("p95 latency > 5s for 5m", "alarm: p95 latency > this"),
        ("average latency > 5s for 5m", "alarm: average latency > this"),
    ],
)
def test_a_threshold_says_of_which_statistic_it_is_where_the_line_is_of_another(when: str, label: str) -> None:
    service = "serve: {explain: {platform: lambda, code: code, handler: app.handler}}\n"
    plan = outcome(service + f"{NOTIFY}  alarms: {{slow: {{of: serve.explain, when: {when}}}}}\n").plan
    assert plan is not None
    (panel,) = [
        w["properties"]
        for w in variables(plan)["dashboard"]["widgets"]
        if w["properties"].get("title") == "serve.explain: latency"
    ]
    assert [line[-1]["label"] for line in panel["metrics"]] == ["latency p99"]
    assert [limit["label"] for limit in panel["annotations"]["horizontal"]] == [label]


def test_a_panel_has_the_unit_that_cloudwatch_has() -> None:
    plan = outcome("data: {work: {kind: queue, retain: 4d}}\n" + NOTIFY).sound
    (panel,) = [
        w["properties"]
        for w in variables(plan)["dashboard"]["widgets"]
        if w["properties"].get("title") == "data.work: latency"
    ]
    assert panel["yAxis"]["left"]["label"] == "s"
    assert panel["annotations"]["horizontal"][0]["value"] == 2 * 86_400


def test_what_users_meet_first_stands_on_top() -> None:
    widgets = variables(watched("").sound)["dashboard"]["widgets"]
    rows = [w["properties"]["markdown"].split("\n")[0] for w in widgets if w["type"] == "text"]
    assert rows == ["## machines.box", "## data.clicks", "## data.features", "## network", "## cost"]


SEVERAL = "{primary: us-east-1, replicas: [eu-west-1]}"
SHARED = (
    "data: {shared: {kind: table, key: id, replicate: true}}\nmachines: {box: {instance: t3.large, reads: [shared]}}\n"
)


def test_one_dashboard_shows_all_regions_beside_each_other() -> None:
    root = lower(outcome(SHARED + NOTIFY, regions=SEVERAL).sound)
    home, abroad = module(root, "monitor").variables, module(root, "monitor_eu_west_1").variables
    assert home["overview"]["name"] == "demo-dev" and "overview" not in abroad
    panels = {w["properties"].get("title"): w["properties"] for w in home["overview"]["widgets"]}
    (title,) = [t for t in panels if t and t.startswith("data.shared: ") and "error" in t]
    lines = [line[-1] for line in panels[title]["metrics"] if "label" in line[-1]]
    assert [line["region"] for line in lines] == ["us-east-1", "eu-west-1"]
    assert [line["label"].split(":")[0] for line in lines] == ["us-east-1", "eu-west-1"]
    for panel in panels.values():
        ids = [line[-1]["id"] for line in panel.get("metrics", ())]
        assert len(set(ids)) == len(ids)


def test_what_is_charged_is_asked_for_where_aws_says_it_and_stands_once() -> None:
    money = "budget: {monthly: 6000 USD, notify: [a@example.com]}\n"
    root = lower(outcome(SHARED + NOTIFY + money, regions="{primary: eu-west-1, replicas: [us-east-1]}").sound)
    boards = [
        m.variables[b]
        for m in root.modules
        if m.source == "monitor"
        for b in ("dashboard", "overview")
        if b in m.variables
    ]
    charged = [
        w["properties"] for board in boards for w in board["widgets"] if "cost:" in w["properties"].get("title", "")
    ]
    (panel,) = charged
    assert panel["region"] == "us-east-1"
    assert panel["metrics"][0][:4] == ["AWS/Billing", "EstimatedCharges", "Currency", "USD"]
    assert panel["annotations"]["horizontal"] == [{"label": "budget of a month", "value": 6000.0}]


def test_without_a_dashboard_there_is_none_of_all_regions() -> None:
    root = lower(outcome(SHARED + NOTIFY + "  dashboard: none\n", regions=SEVERAL).sound)
    assert not {"dashboard", "overview"} & module(root, "monitor").variables.keys()


def test_the_picture_of_a_dashboard_shows_every_panel() -> None:
    widgets = variables(watched("").sound)["dashboard"]["widgets"]
    picture = drawn(json.loads(json.dumps(widgets, default=str)))
    for widget in widgets:
        assert widget["properties"].get("title", "") in picture
    ElementTree.fromstring(picture)


def test_ids_in_a_panel_are_unique_and_those_that_its_formulas_name() -> None:
    for widget in variables(watched("").sound)["dashboard"]["widgets"]:
        lines = widget["properties"].get("metrics", ())
        ids = [line[-1]["id"] for line in lines]
        assert len(set(ids)) == len(ids)
        for line in lines:
            named = re.findall(r"\bw\d+[a-z]\d*\b", line[-1].get("expression", ""))
            assert set(named) <= set(ids)
