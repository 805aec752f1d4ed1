"""One service on four platforms: the same edges, the same callers, another word."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from support.specs import module, outcome

from landform.lower.root import lower
from landform.root import Output

PLATFORMS = {
    "lambda": ("code: one, handler: app.handler, http: {auth: iam}", "function", Output("serve_one", "url")),
    "ec2": ("instance: t3.small, code: one, command: python3 app.py", "web", Output("serve_one", "url")),
    "beanstalk": ("stack: python-3.12, code: one", "beanstalk", Output("serve_one", "url")),
    "sagemaker": ("image: xgboost-1.7, initial: model.tar.gz, instance: ml.m5.large", "endpoint", "demo-dev-one"),
}
"""Platform → what it asks for besides, the module that it becomes, and what a caller is told."""


@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_service_on_each_platform(platform: str, tmp_path: Path) -> None:
    own, source, told = PLATFORMS[platform]
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "app.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "one" / "Procfile").write_text("web: python3 app.py\n")
    (tmp_path / "model.tar.gz").write_bytes(gzip.compress(b"model"))
    text = (
        "data: {rows: {kind: table, key: id}}\n"
        f"serve: {{one: {{platform: {platform}, {own}, reads: [rows], scale: {{min: 2, max: 2}}}}}}\n"
        "functions: {asks: {code: one, handler: app.handler, trigger: {schedule: rate(1 hour)}, calls: [serve.one]}}\n"
    )
    plan = outcome(text, file=tmp_path / "spec.yaml").sound
    root = lower(plan)
    assert module(root, "serve_one").source == source
    assert module(root, "functions_asks").variables["environment"]["LANDFORM_SERVE_ONE"] == told
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/demo-dev-rows"
    (reads,) = {
        grant.statement.actions
        for grant in plan.grants
        if grant.edge == "serve.one.reads.rows"
        if table in grant.statement.resources
    }
    assert reads == ("dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query")
