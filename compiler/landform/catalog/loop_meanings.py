"""What the loop's roles are for, said anew and apart from what grants them: the proof holds one against the other.

The names in braces come from the plan: from the definitions of the two machines, from what the module is given, and
from the roles and keys that stand beside. A clause with a name that the plan does not know means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from landform.catalog.meanings import Clause

_SAGEMAKER: Final = "arn:aws:sagemaker:{place}:{account}"
_SSM: Final = "arn:aws:ssm:{place}:{account}:parameter"
_BATCH: Final = "arn:aws:batch:{region}:{account}"
_EVENTS: Final = "arn:aws:events:{region}:{account}:rule/StepFunctionsGetEventsFor"
_OF_BATCH: Final = (
    f"{_BATCH}:job-definition/{{submitted}}",
    f"{_BATCH}:job-definition/{{submitted}}:*",
    f"{_BATCH}:job-queue/{{submitted}}",
)
_KEYS: Final = "arn:aws:kms:{region}:{account}:key/*"
_TO_SAGEMAKER: Final = {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}


def _key(service: str, **more: tuple[str, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    via = {"kms:ViaService": (f"{service}.{{region}}.amazonaws.com",), **more}
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{volume_alias}",)}, "StringEquals": via}


def _tagged(key: str) -> dict[str, dict[str, tuple[str, ...]]]:
    known = ("entry", "environment", "system")
    return {"StringEquals": {f"aws:{key}/landform:{name}": (f"{{job_{name}}}",) for name in known}}


def _grant(place: str) -> Clause:
    return Clause(
        ("kms:CreateGrant",),
        (_KEYS.replace("{region}", place),),
        {
            "Bool": {"kms:GrantIsForAWSResource": ("true",)},
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{disk_alias}",)},
            "StringEquals": {"kms:ViaService": (f"sagemaker.{place}.amazonaws.com",)},
        },
    )


_PACKAGES: Final = (f"{_SAGEMAKER}:model-package-group/{{packages}}", f"{_SAGEMAKER}:model-package/{{packages}}/*")
_TRACES: Final = Clause(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",))

STEPS: Final[Mapping[str, tuple[Clause, ...]]] = {
    "logs": (
        Clause(
            ("logs:CreateLogStream", "logs:PutLogEvents"), ("arn:aws:logs:{region}:{account}:log-group:{own_logs}:*",)
        ),
    ),
    "traces": (_TRACES,),
    "environment": (
        Clause(
            ("kms:Decrypt",),
            (_KEYS,),
            _key(
                "lambda",
                **{
                    "kms:EncryptionContext:aws:lambda:FunctionArn": (
                        "arn:aws:lambda:{region}:{account}:function:{own_steps}",
                    )
                },
            ),
        ),
    ),
}
"""Of both functions of steps."""

RETRAIN: Final[Mapping[str, tuple[Clause, ...]]] = {
    **STEPS,
    "ledger": (
        Clause(
            ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
            ("arn:aws:dynamodb:{region}:{account}:table/{table}",),
        ),
        Clause(("kms:Decrypt",), (_KEYS,), _key("dynamodb")),
    ),
    "definitions": (
        Clause(("ssm:GetParameter",), (f"{_SSM}{{training_parameter}}",)),
        Clause(("ssm:GetParameter",), (f"{_SSM}{{parameter}}",)),
    ),
    "judged": (
        Clause(("sagemaker:AddTags", "sagemaker:CreateModel"), (f"{_SAGEMAKER}:model/{{judged}}-*",)),
        Clause(("iam:PassRole",), ("{model_role}",), _TO_SAGEMAKER),
    ),
    "champion": (Clause(("sagemaker:DescribeEndpoint",), (f"{_SAGEMAKER}:endpoint/{{endpoint}}",)),),
    "registered": (Clause(("sagemaker:CreateModelPackage",), _PACKAGES),),
}
"""Of the steps of a retraining, besides the buckets."""

ROLLBACK: Final = Clause(("cloudwatch:DescribeAlarms",), ("arn:aws:cloudwatch:{place}:{account}:alarm:{alarm}",))
"""Of each alarm that brings an old model back: of who deploys, and of the endpoint's own role."""

DEPLOY: Final[Mapping[str, tuple[Clause, ...]]] = {
    **STEPS,
    "shift": (Clause(("ssm:PutParameter",), ("arn:aws:ssm:{region}:{account}:parameter{shift}",)),),
    "definitions": (Clause(("ssm:GetParameter",), (f"{_SSM}{{parameter}}",)),),
    "in-force": (Clause(("ssm:PutParameter",), (f"{_SSM}{{parameter}}/model",)),),
    "models": (
        Clause(("sagemaker:AddTags", "sagemaker:CreateModel"), (f"{_SAGEMAKER}:model/{{deployed}}-*",)),
        Clause(("iam:PassRole",), ("{model_role}",), _TO_SAGEMAKER),
    ),
    "packages": (
        Clause(("sagemaker:DescribeModelPackage",), _PACKAGES[1:]),
        Clause(("sagemaker:CreateModelPackage",), tuple(each.replace("{place}", "{elsewhere}") for each in _PACKAGES)),
    ),
    "endpoint": (
        Clause(("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"), (f"{_SAGEMAKER}:endpoint/{{endpoint}}",)),
        Clause(
            ("sagemaker:AddTags", "sagemaker:CreateEndpointConfig", "sagemaker:UpdateEndpoint"),
            (f"{_SAGEMAKER}:endpoint-config/{{deployed}}-*",),
        ),
    ),
    "disks": (_grant("{place}"),),
    "rollback": (ROLLBACK,),
    "compared": (
        Clause(("cloudwatch:PutMetricData",), ("*",), {"StringEquals": {"cloudwatch:namespace": ("{metrics}",)}}),
    ),
}
"""Of the steps of a deployment, in each region: `place`, which is `elsewhere` where it is not the watch's."""

_LOGGED: Final = Clause(
    (
        *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:GetLogDelivery"),
        *("logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "logs:PutResourcePolicy"),
        "logs:UpdateLogDelivery",
    ),
    ("*",),
)
MACHINE: Final[Mapping[str, tuple[Clause, ...]]] = {
    "steps": (Clause(("lambda:InvokeFunction",), ("arn:aws:lambda:{region}:{account}:function:{own_steps}",)),),
    "logs": (_LOGGED,),
    "traces": (_TRACES, Clause(("xray:GetSamplingRules", "xray:GetSamplingTargets"), ("*",))),
    "training": (
        Clause(
            (
                *("sagemaker:AddTags", "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob"),
                "sagemaker:StopTrainingJob",
            ),
            ("arn:aws:sagemaker:{region}:{account}:training-job/{training}-*",),
        ),
        Clause(("iam:PassRole",), ("{training_role}",), _TO_SAGEMAKER),
    ),
    "submitted": (
        Clause(("batch:SubmitJob",), _OF_BATCH),
        Clause(("batch:TagResource",), _OF_BATCH, _tagged("RequestTag")),
        Clause(
            ("batch:TagResource",),
            (f"{_BATCH}:job/*",),
            {"Null": {"aws:ResourceTag/landform:system": ("true",)}, **_tagged("RequestTag")},
        ),
        Clause(("batch:DescribeJobs",), ("*",)),
        Clause(("batch:TerminateJob",), (f"{_BATCH}:job/*",), _tagged("ResourceTag")),
    ),
    "queued": (
        Clause(("sqs:SendMessage",), ("arn:aws:sqs:{region}:{account}:{queued}",)),
        Clause(("kms:Decrypt", "kms:GenerateDataKey"), (_KEYS,), _key("sqs")),
    ),
    "judged": (
        Clause(
            (
                *("sagemaker:AddTags", "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob"),
                "sagemaker:StopTransformJob",
            ),
            ("arn:aws:sagemaker:{region}:{account}:transform-job/{judged}-*",),
        ),
    ),
    "disks": (_grant("{region}"),),
    "deployment": (
        Clause(("states:StartExecution",), ("{deployer}",)),
        Clause(("states:DescribeExecution", "states:StopExecution"), ("{deployments}",)),
    ),
    "followed": (
        Clause(
            ("events:DescribeRule", "events:PutRule", "events:PutTargets"),
            (f"{_EVENTS}SageMakerTransformJobsRule", f"{_EVENTS}StepFunctionsExecutionRule"),
        ),
        Clause(("events:DescribeRule", "events:PutRule", "events:PutTargets"), (f"{_EVENTS}{{training_rule}}",)),
    ),
    "telling": (
        Clause(("sns:Publish",), ("{topic}",)),
        Clause(("kms:Decrypt", "kms:GenerateDataKey"), (_KEYS,), _key("sns")),
    ),
}
"""Of the two machines; what one of them does not start, it knows no name of."""

RULE: Final[Mapping[str, tuple[Clause, ...]]] = {
    "started": (Clause(("states:StartExecution",), ("arn:aws:states:{region}:{account}:stateMachine:{retrain}",)),)
}
"""Of the rule that alarms come by."""

BUCKETS: Final[Mapping[str, tuple[str, str]]] = {
    "traffic": ("capture", "captured"),
    "labels": ("labels", "labels"),
    "old-rows": ("train", "captured"),
    "work": ("work", "judged"),
    "records": ("records", "followed"),
}
"""Of the steps of a retraining: use → which place of the machine's settings it leads to, and by which verb."""

WORKED_ON: Final[Mapping[str, str]] = {"judged": "work", "retrained": "given"}
"""Of the model that is judged and of the training: verb → which place of those settings it leads to.

What a model is judged by lies beside what its training is given, not in it.
"""
