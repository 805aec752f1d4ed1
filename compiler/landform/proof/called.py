"""What is called: functions, the APIs before them, and the endpoints of models."""

from __future__ import annotations

from collections.abc import Iterable

from landform.proof.callers import API, FUNCTION, ends_of, policy_of
from landform.proof.planned import Planned
from landform.proof.store import Store


def urls(planned: Planned) -> Iterable[str]:
    """Yield the addresses of the functions that have a URL of their own."""
    for url in planned.of_type("aws_lambda_function_url"):
        yield from (target.address for target in planned.targets(url, "function_name"))


def functions(planned: Planned, account: str) -> Iterable[Store]:
    """Yield what Lambda runs, each with the policy that its permissions make."""
    for function in planned.of_type(FUNCTION):
        arn = f"arn:aws:lambda:{function.region}:{account}:function:{function.values.get('function_name')}"
        keys = planned.referred(function, "kms_key_arn", kind="aws_kms_key")
        yield Store(
            kind="lambda",
            arn=arn,
            address=function.address,
            module=function.module,
            region=function.region,
            policy=policy_of(planned, function, arn),
            key=keys[0].address if keys else "",
        )


def apis(planned: Planned, account: str) -> Iterable[Store]:
    """Yield the APIs, by the names of their modules: AWS has yet to give them ids."""
    for api in planned.of_type(API):
        yield Store(
            kind="execute-api",
            arn=f"arn:aws:execute-api:{api.region}:{account}:{api.module.removeprefix('module.')}",
            address=api.address,
            module=api.module,
            region=api.region,
            policy=None,
            ends=ends_of(planned, api),
        )


def endpoints(planned: Planned, account: str) -> Iterable[Store]:
    """Endpoints, whether they are in the plan or wait for a model: their log groups stand before them."""
    for group in planned.of_type("aws_cloudwatch_log_group"):
        _, is_one, name = str(group.values.get("name")).partition("/aws/sagemaker/Endpoints/")
        if is_one:
            yield Store(
                kind="sagemaker",
                arn=f"arn:aws:sagemaker:{group.region}:{account}:endpoint/{name}",
                address=group.address,
                module=group.module,
                region=group.region,
                policy=None,
            )
