"""What the loop's five roles may do besides what their edges to buckets give: steps, machines, and the rule.

Read 2026-11-29. Sources: Step Functions developer guide, "IAM policies for integrated services" (jobs of SageMaker or
Batch that are followed to their end take a rule of a fixed name in EventBridge; nested machines another) and "Run AWS
Batch workloads with Step Functions" (which job is ended is known at run time alone, so it is known by its tags),
"Logging using CloudWatch Logs" and "X-Ray tracing" (both without resources); SageMaker developer guide, "API
permissions reference" (who makes or updates an endpoint with a key grants its use, and so does who starts a job whose
role may not) and "Auto-rollback configuration" (its alarms are described); the Service Authorization Reference for the
rest.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from landform.catalog.schedule_permissions import starting
from landform.plan import Conditions, Statement

Use = str
"""What a permission is for."""
Uses = tuple[tuple[Use, Statement], ...]

_LOGGED: Final = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_TRACED: Final = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
_FOLLOWED: Final = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
_TAG: Final = "sagemaker:AddTags"
"""Asked of whoever makes something with tags (SageMaker developer guide, "AddTags", read 2026-11-29)."""
TRAINING_RULES: Final = {
    "batch": ("StepFunctionsGetEventsForBatchJobsRule",),
    "ec2": (),
    "sagemaker": ("StepFunctionsGetEventsForSageMakerTrainingJobsRule",),
}
"""Platform → what tells Step Functions of the end of a training; of nodes of our own the steps know it."""
TRANSFORM_RULE: Final = "StepFunctionsGetEventsForSageMakerTransformJobsRule"
MACHINE_RULE: Final = "StepFunctionsGetEventsForStepFunctionsExecutionRule"


def step_permissions(region: str, account: str, *, name: str, log_group: str, key: str) -> Uses:
    """What every function of steps needs: somewhere to log, traces, its environment; `key` is an alias."""
    arn = f"arn:aws:lambda:{region}:{account}:function:{name}"
    streams = f"arn:aws:logs:{region}:{account}:log-group:{log_group}:*"
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {
            "kms:EncryptionContext:aws:lambda:FunctionArn": (arn,),
            "kms:ViaService": (f"lambda.{region}.amazonaws.com",),
        },
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    return (
        ("logs", Statement("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), (streams,))),
        ("traces", Statement("Traces", ("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",))),
        ("environment", Statement("Environment", ("kms:Decrypt",), keys, conditions)),
    )


def retraining_permissions(
    region: str,
    account: str,
    *,
    table: str,
    key: str,
    endpoint: str,
    judged: str,
    packages: str,
    parameters: Sequence[str],
    role: str,
) -> Uses:
    """What the steps of a retraining do: the ledger, the definitions, a model to be judged, a package.

    `parameters` are names in SSM, `role` the ARN of the endpoint's, under which the model to be judged runs as well.
    """
    made = f"arn:aws:sagemaker:{region}:{account}"
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {"kms:ViaService": (f"dynamodb.{region}.amazonaws.com",)},
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    ledger = ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem")
    groups = (f"{made}:model-package-group/{packages}", f"{made}:model-package/{packages}/*")
    return (
        ("ledger", Statement("Ledger", ledger, (f"arn:aws:dynamodb:{region}:{account}:table/{table}",))),
        ("ledger", Statement("LedgerKey", ("kms:Decrypt",), keys, conditions)),
        ("definitions", _parameters("Definitions", ("ssm:GetParameter",), region, account, parameters)),
        ("champion", Statement("Champion", ("sagemaker:DescribeEndpoint",), (f"{made}:endpoint/{endpoint}",))),
        ("judged", Statement("Judged", (_TAG, "sagemaker:CreateModel"), (f"{made}:model/{judged}-*",))),
        ("judged", _passed("PassTheRoleOfTheModel", role)),
        ("registered", Statement("Register", ("sagemaker:CreateModelPackage",), groups)),
    )


def deploying_permissions(
    region: str,
    account: str,
    *,
    endpoint: str,
    deployed: str,
    packages: str,
    definition: str,
    role: str,
    alarms: Sequence[str],
    disks: str,
    where: str = "",
) -> Uses:
    """What the steps of a deployment do in one region; `where` ends the ids of what they do elsewhere.

    `alarms` are the names of those that bring the old model back; `disks` is the alias of the key of the endpoint's
    disks, empty where they have none.
    """
    made = f"arn:aws:sagemaker:{region}:{account}"
    groups = (f"{made}:model-package-group/{packages}", f"{made}:model-package/{packages}/*")
    return (
        ("definitions", _parameters(f"Definition{where}", ("ssm:GetParameter",), region, account, (definition,))),
        ("in-force", _parameters(f"InForce{where}", ("ssm:PutParameter",), region, account, (f"{definition}/model",))),
        (
            "models",
            Statement(f"Models{where}", (_TAG, "sagemaker:CreateModel"), (f"{made}:model/{deployed}-*",)),
        ),
        ("models", _passed(f"PassTheRoleOfTheModel{where}", role)),
        ("packages", Statement(f"Packages{where}", ("sagemaker:DescribeModelPackage",), groups[1:])),
        *((("packages", Statement(f"Register{where}", ("sagemaker:CreateModelPackage",), groups)),) if where else ()),
        (
            "endpoint",
            Statement(
                f"Endpoint{where}",
                ("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint"),
                (f"{made}:endpoint/{endpoint}",),
            ),
        ),
        (
            "endpoint",
            Statement(
                f"Configuration{where}",
                (_TAG, "sagemaker:CreateEndpointConfig", "sagemaker:UpdateEndpoint"),
                (f"{made}:endpoint-config/{deployed}-*",),
            ),
        ),
        *_disks(f"Disks{where}", region, account, disks),
        *rollback_permission(region, account, alarms, where),
    )


def rollback_permission(region: str, account: str, alarms: Sequence[str], where: str = "") -> Uses:
    """Look at the alarms that bring the old model back, by their names."""
    named = tuple(f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}" for name in alarms)
    return (("rollback", Statement(f"Rollback{where}", ("cloudwatch:DescribeAlarms",), named)),) if named else ()


def compared_permission(namespace: str) -> Uses:
    """Say how far the answers of the new version lie from where they should."""
    only: Conditions = {"StringEquals": {"cloudwatch:namespace": (namespace,)}}
    return (("compared", Statement("Compared", ("cloudwatch:PutMetricData",), ("*",), only)),)


def shift_permission(region: str, account: str, parameter: str) -> Uses:
    """Say that traffic shifts."""
    return (("shift", _parameters("Shift", ("ssm:PutParameter",), region, account, (parameter,))),)


def machine_permissions(region: str, account: str, *, function: str) -> Uses:
    """What every machine does: call its steps, be logged and traced."""
    arn = f"arn:aws:lambda:{region}:{account}:function:{function}"
    return (
        ("steps", Statement("Steps", ("lambda:InvokeFunction",), (arn,))),
        ("logs", Statement("Delivery", _LOGGED, ("*",))),
        ("traces", Statement("Traces", _TRACED, ("*",))),
    )


def training_permissions(
    region: str,
    account: str,
    *,
    platform: str,
    name: str,
    role: str,
    key: str,
    tags: Mapping[str, str],
    queue: str = "",
) -> Uses:
    """What starting a training takes, and following it; arguments as of `schedule_permissions.starting`.

    Of SageMaker's jobs `name` is what their names begin with; of their disks their role grants the use. Jobs of Batch
    have ids that it chooses: they are known by `tags`, which the loop gives them and nobody else's job has.
    """
    if platform == "sagemaker":
        jobs = f"arn:aws:sagemaker:{region}:{account}:training-job/{name}-*"
        start = (_TAG, "sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob")
        return (
            ("training", Statement("Train", start, (jobs,))),
            ("training", _passed("PassTheRoleOfTheJob", role)),
        )
    asked = starting(region, account, platform=platform, name=name, role_arn=role, key=key, queue=queue)
    if platform == "ec2":
        return tuple(("queued", statement) for statement in asked)
    return tuple(("submitted", statement) for statement in (*asked, *_tagged(region, account, asked, tags)))


def _tagged(region: str, account: str, asked: Sequence[Statement], tags: Mapping[str, str]) -> tuple[Statement, ...]:
    """Submit jobs with tags, follow them, and end none but these.

    Batch asks who submits with tags for batch:TagResource on the definition (github.com/wri/gfw-data-api/pull/175); by
    the Service Authorization Reference it may be on the job. A job that bears a system's tags is given no others.
    """
    jobs = (f"arn:aws:batch:{region}:{account}:job/*",)
    given = {f"aws:RequestTag/{name}": (value,) for name, value in tags.items()}
    borne = {f"aws:ResourceTag/{name}": (value,) for name, value in tags.items()}
    new = {"aws:ResourceTag/landform:system": ("true",)}
    places = tuple(place for statement in asked for place in statement.resources)
    return (
        Statement("TagJobs", ("batch:TagResource",), jobs, {"Null": new, "StringEquals": given}),
        Statement("TagJobsOfTheTraining", ("batch:TagResource",), places, {"StringEquals": given}),
        Statement("LookAtJobs", ("batch:DescribeJobs",), ("*",)),
        Statement("EndJobs", ("batch:TerminateJob",), jobs, {"StringEquals": borne}),
    )


def following_permissions(
    region: str,
    account: str,
    *,
    platform: str,
    training: Uses,
    judged: str,
    deployer: str,
    topics: Sequence[str],
    key: str,
    disks: str,
) -> Uses:
    """What the machine that retrains starts, follows and tells; `training` is what starting one takes, on `platform`.

    `disks` is the alias of the key of the disks of the machines that judge, empty where they have none. Jobs of
    SageMaker bear the system's tags, and MANAGED_BY_AWS of Step Functions.
    """
    made, events = f"arn:aws:sagemaker:{region}:{account}", f"arn:aws:events:{region}:{account}:rule"
    answers = f"{made}:transform-job/{judged}-*"
    machine = f"arn:aws:states:{region}:{account}:stateMachine:{deployer}"
    runs = f"arn:aws:states:{region}:{account}:execution:{deployer}:*"
    rules = tuple(f"{events}/{rule}" for rule in (MACHINE_RULE, *TRAINING_RULES[platform], TRANSFORM_RULE))
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {"kms:ViaService": (f"sns.{region}.amazonaws.com",)},
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    ask = (_TAG, "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob")
    told = tuple(f"arn:aws:sns:{region}:{account}:{topic}" for topic in topics)
    telling: Uses = (
        ("telling", Statement("Tell", ("sns:Publish",), told)),
        ("telling", Statement("TellKey", ("kms:Decrypt", "kms:GenerateDataKey"), keys, conditions)),
    )
    return (
        *training,
        ("judged", Statement("Judge", ask, (answers,))),
        *_disks("Disks", region, account, disks),
        ("deployment", Statement("Deploy", ("states:StartExecution",), (machine,))),
        ("deployment", Statement("FollowDeployments", ("states:DescribeExecution", "states:StopExecution"), (runs,))),
        ("followed", Statement("Follow", _FOLLOWED, rules)),
        *(telling if told else ()),
    )


def rule_permissions(region: str, account: str, *, machine: str) -> Uses:
    """What the rule does: start the machine that retrains."""
    arn = f"arn:aws:states:{region}:{account}:stateMachine:{machine}"
    return (("started", Statement("Start", ("states:StartExecution",), (arn,))),)


def _parameters(sid: str, actions: tuple[str, ...], region: str, account: str, names: Sequence[str]) -> Statement:
    return Statement(sid, actions, tuple(f"arn:aws:ssm:{region}:{account}:parameter{name}" for name in names))


def _disks(sid: str, region: str, account: str, alias: str) -> Uses:
    conditions: Conditions = {
        "Bool": {"kms:GrantIsForAWSResource": ("true",)},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (alias,)},
        "StringEquals": {"kms:ViaService": (f"sagemaker.{region}.amazonaws.com",)},
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    return (("disks", Statement(sid, ("kms:CreateGrant",), keys, conditions)),) if alias else ()


def _passed(sid: str, role: str) -> Statement:
    to: Conditions = {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}
    return Statement(sid, ("iam:PassRole",), (role,), to)
