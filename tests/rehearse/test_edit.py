"""The input that a rehearsal changes: something, whatever the system is made of."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from support.specs import head, outcome

from landform.rehearse.edit import edit


@pytest.mark.parametrize(
    ("data", "what", "touched"),
    [
        ("{logs: {kind: bucket}, clicks: {kind: stream}}", "data.logs is kept for 3651 days", "module.data_logs"),
        ("{rows: {kind: table, key: id}}", "rows of data.rows end at `ends-in-rehearsal`", "module.data_rows"),
        ("{clicks: {kind: stream}}", "data.clicks is kept for 25 hours", "module.data_clicks"),
        ("{clicks: {kind: stream, retain: 365d}}", "data.clicks is kept for 8759 hours", "module.data_clicks"),
    ],
)
def test_one_input_is_changed_and_the_changed_spec_is_sound(data: str, what: str, touched: str) -> None:
    spec: dict[str, Any] = yaml.safe_load(f"{head()}data: {data}\n")
    made = edit(outcome(f"data: {data}\n").sound, spec)
    assert made is not None
    assert (made.what, made.touches) == (what, {touched})
    assert made.data != spec
    assert outcome(f"data: {yaml.safe_dump(made.data['data'], default_flow_style=True, width=10_000)}").sound


def test_a_service_of_two_regions_is_changed_in_both() -> None:
    regions = "{primary: us-east-1, replicas: [eu-west-1]}"
    serve = "serve: {api: {platform: ec2, instance: c7i.large, command: run, regions: all}}\n"
    made = edit(outcome(serve, regions).sound, yaml.safe_load(f"{head(regions)}{serve}"))
    assert made is not None
    assert made.touches == {"module.serve_api", "module.serve_api_eu_west_1"}


def test_what_watches_a_machine_follows_it() -> None:
    sections = "machines: {box: {instance: t4g.small}}\nmonitor: {notify: {pager: [a@example.com]}}\n"
    made = edit(outcome(sections).sound, yaml.safe_load(head() + sections))
    assert made is not None
    assert made.touches == {"module.machines_box", "module.monitor"}
