"""What each edge of a user of Studio stands for, as `meanings` says it of the others: a second statement, on purpose.

Sources as in `studio_permissions`.
"""

from collections.abc import Mapping
from typing import Final

from landform.catalog.meanings import JOB, Clause

_OWN: Final = "arn:aws:sagemaker:{region}:{account}"
_PARAMETER: Final = "arn:aws:ssm:{region}:{account}:parameter"
_HUB: Final = "arn:aws:sagemaker:{region}:aws"
_PUBLIC: Final = "arn:aws:s3:::jumpstart-cache-prod-{region}"
_PLACED: Final = {"Null": {"sagemaker:VpcSecurityGroupIds": ("false",), "sagemaker:VpcSubnets": ("false",)}}
_TO_SAGEMAKER: Final = {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}


def _on(resources: tuple[str, ...], *actions: str, **conditions: Mapping[str, tuple[str, ...]]) -> Clause:
    return Clause(tuple(f"sagemaker:{action}" for action in actions), resources, conditions)


STUDIO: Final[Mapping[str, tuple[Clause, ...]]] = {
    "apps": (
        _on(("*",), "ListApps", "ListDomains", "ListSpaces", "ListUserProfiles"),
        _on((f"{_OWN}:domain/*",), "DescribeDomain"),
        _on((f"{_OWN}:user-profile/*/{{profile}}",), "CreatePresignedDomainUrl", "DescribeUserProfile"),
        _on((f"{_OWN}:space/*/{{space}}",), "DescribeSpace"),
        Clause(
            ("sagemaker:CreateApp",),
            (f"{_OWN}:app/*/{{space}}/jupyterlab/*",),
            {"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": ("{instance}",)}},
        ),
        _on((f"{_OWN}:app/*/{{space}}/jupyterlab/*",), "AddTags", "DeleteApp", "DescribeApp"),
    ),
    "volume": JOB["volume"],
    "studio-logs": (
        Clause(
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            tuple(
                f"arn:aws:logs:{{region}}:{{account}}:log-group:/aws/sagemaker/studio:log-stream:*/{{{whose}}}/*"
                for whose in ("profile", "space")
            ),
        ),
    ),
    "canvas": (
        _on((f"{_OWN}:app/*/{{profile}}/canvas/*",), "AddTags", "CreateApp", "DeleteApp", "DescribeApp"),
        _on((f"{_OWN}:automl-job/Canvas*",), "CreateAutoMLJobV2", **_PLACED),
        _on((f"{_OWN}:automl-job/Canvas*",), "DescribeAutoMLJobV2", "StopAutoMLJob"),
        _on(("*",), "ListCandidatesForAutoMLJob"),
        _on((f"{_OWN}:model/Canvas*",), "CreateModel", **_PLACED),
        _on((f"{_OWN}:model/Canvas*",), "DescribeModel"),
        _on((f"{_OWN}:transform-job/Canvas*",), "CreateTransformJob", "DescribeTransformJob", "StopTransformJob"),
        Clause(("iam:PassRole",), ("{user_role}",), _TO_SAGEMAKER),
        *(clause for use in ("job-logs", "job-metrics", "interfaces") for clause in JOB[use]),
    ),
    "jumpstart": (
        _on((f"{_HUB}:hub/SageMakerPublicHub",), "DescribeHub", "ListHubContents"),
        _on((f"{_HUB}:hub/SageMakerPublicHub", f"{_HUB}:hub-content/SageMakerPublicHub/*"), "DescribeHubContent"),
        Clause(("s3:ListBucket",), (_PUBLIC,)),
        Clause(("s3:GetObject",), (f"{_PUBLIC}/*",)),
    ),
}
"""Of a user, besides the data: the last part of the edge → its clauses."""

TRAINS: Final = (
    _on((f"{_OWN}:training-job/{{jobs}}-*",), "CreateTrainingJob", **_PLACED),
    _on((f"{_OWN}:training-job/{{jobs}}-*",), "DescribeTrainingJob", "StopTrainingJob"),
    Clause(("iam:PassRole",), ("{job_role}",), _TO_SAGEMAKER),
    Clause(("ssm:GetParameter",), (f"{_PARAMETER}{{definition}}",)),
    _on((f"{_OWN}:hyper-parameter-tuning-job/{{searches}}-*",), "CreateHyperParameterTuningJob", **_PLACED),
    _on(
        (f"{_OWN}:hyper-parameter-tuning-job/{{searches}}-*",),
        *("DescribeHyperParameterTuningJob", "StopHyperParameterTuningJob"),
    ),
    Clause(("ssm:GetParameter",), (f"{_PARAMETER}{{tuning}}",)),
    Clause(("sqs:SendMessage",), ("{jobs_queue}",)),
    Clause(
        ("kms:Decrypt", "kms:GenerateDataKey"),
        ("arn:aws:kms:{region}:{account}:key/*",),
        {
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{jobs_alias}",)},
            "StringEquals": {"kms:ViaService": ("sqs.{region}.amazonaws.com",)},
        },
    ),
    Clause(
        ("batch:SubmitJob",),
        (
            "arn:aws:batch:{region}:{account}:job-definition/{queue}",
            "arn:aws:batch:{region}:{account}:job-definition/{queue}:*",
            "arn:aws:batch:{region}:{account}:job-queue/{queue}",
        ),
    ),
)
"""Of starting a training, on whichever platform it is."""

DEPLOYS: Final = (
    _on((f"{_OWN}:model-package/{{packages}}/*",), "CreateModelPackage", "DescribeModelPackage", "ListModelPackages"),
    _on((f"{_OWN}:model-package-group/{{packages}}",), "DescribeModelPackageGroup"),
    _on((f"{_OWN}:model/{{served}}-*",), "CreateModel", **_PLACED),
    _on((f"{_OWN}:model/{{served}}-*",), "DescribeModel"),
    _on((f"{_OWN}:endpoint-config/{{served}}-*",), "CreateEndpointConfig", "DescribeEndpointConfig"),
    _on((f"{_OWN}:endpoint/{{served}}", f"{_OWN}:endpoint-config/{{served}}-*"), "UpdateEndpoint"),
    _on((f"{_OWN}:endpoint/{{served}}",), "DescribeEndpoint"),
    Clause(("iam:PassRole",), ("{model_role}",), _TO_SAGEMAKER),
    Clause(("ssm:GetParameter",), (f"{_PARAMETER}{{served_definition}}",)),
    Clause(("ssm:PutParameter",), (f"{_PARAMETER}{{served_definition}}/model",)),
)
"""Of registering what a training made, and putting it in force where it is served."""
