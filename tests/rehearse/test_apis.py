"""The look at an API that stands: whom it asks who he is, and what it writes down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.inspection import Standing
from landform.rehearse.inspection import apis as check_apis

ACCOUNT, REGION = "123456789012", "eu-west-1"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/x"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


def seen(aws: EmbeddedAws, authorization: str, **stage: object) -> list[str]:
    gateway = aws.client("apigatewayv2", REGION)
    name = gateway.create_api(Name="x", ProtocolType="HTTP")["ApiId"]
    gateway.create_route(ApiId=name, RouteKey="GET /", AuthorizationType=authorization)
    gateway.create_stage(ApiId=name, StageName="$default", **stage)
    applied = Applied("module.serve_x.aws_apigatewayv2_api.this", "aws_apigatewayv2_api", REGION, {"id": name})
    return [finding.message for finding in check_apis(Standing(aws, (REGION,), (applied,), {}))]


def test_one_that_is_as_it_should_be(aws: EmbeddedAws) -> None:
    logged = {"DestinationArn": LOGS, "Format": "$context.requestId"}
    limited = {"ThrottlingRateLimit": 50.0, "ThrottlingBurstLimit": 50}
    assert seen(aws, "AWS_IAM", AccessLogSettings=logged, DefaultRouteSettings=limited) == []


def test_one_that_is_not(aws: EmbeddedAws) -> None:
    assert seen(aws, "NONE", DefaultRouteSettings={"ThrottlingRateLimit": 0.0}) == [
        "lets anybody call GET /",
        "does not write down who calls",
        "has no limit, or one that turns everybody away",
    ]
