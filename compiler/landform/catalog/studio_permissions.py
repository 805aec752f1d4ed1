"""What a user of SageMaker Studio needs besides the edges: their own apps, trainings to start, models to put in force.

Read 2026-11-29. Sources, all of the SageMaker developer guide: "Give your users access to spaces" (apps, spaces, lists,
tags on what is made), "Encrypt data at rest: Studio" (disks of spaces), "AWS managed policies for Amazon SageMaker
Canvas" (jobs and models of Canvas have names that begin with Canvas), "SageMaker JumpStart pretrained models" and
"CreateTrainingJob API: execution role permissions"; resources and condition keys from the Service Authorization
Reference. AWS chooses the id of a domain: in its place stands a pattern, and names tell whose things are whose.
"""

from typing import Final

from landform.catalog.job_permissions import job_permissions
from landform.catalog.schedule_permissions import starting
from landform.plan import Conditions, Statement

Use = str
"""What a permission is for: apps, volume, studio-logs, canvas, jumpstart, trains, deploys."""

Uses = tuple[tuple[Use, Statement], ...]

LOG_GROUP: Final = "/aws/sagemaker/studio"
"""Where the apps of all domains of an account and region write."""

HUB: Final = "SageMakerPublicHub"
JUMPSTART: Final = "jumpstart-cache-prod-{region}"
"""The public hub of JumpStart, and the bucket that its models and notebooks lie in; both are AWS's own."""

CANVAS_JOBS: Final = "Canvas"
"""What the names of all that Canvas makes begin with."""

IN_THE_NETWORK: Final[Conditions] = {
    "Null": {"sagemaker:VpcSecurityGroupIds": ("false",), "sagemaker:VpcSubnets": ("false",)}
}
"""Only with a place in a VPC: a job without one has a way to the internet that the domain has not."""

PASSED: Final[Conditions] = {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}


def studio_permissions(region: str, account: str, *, profile: str, space: str, instance: str, volume_key: str) -> Uses:
    """What every user needs: to find and start their own apps, a disk for those, and somewhere to log.

    `volume_key`: alias of the key of the disks.
    """
    own = f"arn:aws:sagemaker:{region}:{account}"
    apps, said = (f"{own}:app/*/{space}/jupyterlab/*",), f"arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}"
    kinds: Conditions = {"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": (instance,)}}
    grants: Conditions = {
        "Bool": {"kms:GrantIsForAWSResource": ("true",)},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (volume_key,)},
    }
    listed = tuple(f"sagemaker:List{what}" for what in ("Apps", "Domains", "Spaces", "UserProfiles"))
    signed_in = ("sagemaker:CreatePresignedDomainUrl", "sagemaker:DescribeUserProfile")
    kept = ("sagemaker:AddTags", "sagemaker:DeleteApp", "sagemaker:DescribeApp")
    streams = tuple(f"{said}:log-stream:*/{name}/*" for name in (profile, space))
    return (
        ("apps", Statement("Lists", listed, ("*",))),
        ("apps", Statement("TheDomain", ("sagemaker:DescribeDomain",), (f"{own}:domain/*",))),
        ("apps", Statement("OwnProfile", signed_in, (f"{own}:user-profile/*/{profile}",))),
        ("apps", Statement("OwnSpace", ("sagemaker:DescribeSpace",), (f"{own}:space/*/{space}",))),
        ("apps", Statement("OwnAppsStart", ("sagemaker:CreateApp",), apps, kinds)),
        ("apps", Statement("OwnApps", kept, apps)),
        ("volume", Statement("Volume", ("kms:CreateGrant",), (f"arn:aws:kms:{region}:{account}:key/*",), grants)),
        ("studio-logs", Statement("StudioLogs", ("logs:CreateLogStream", "logs:PutLogEvents"), streams)),
    )


def canvas_permissions(region: str, account: str, *, profile: str, role_arn: str) -> Uses:
    """What Canvas does as a user: its app, and jobs and models under the user's own role, in the network."""
    own, named = f"arn:aws:sagemaker:{region}:{account}", f"{CANVAS_JOBS}*"
    made = {what: (f"{own}:{what}/{named}",) for what in ("automl-job", "model", "transform-job")}
    statements = (
        Statement(
            "CanvasApp", _actions("AddTags CreateApp DeleteApp DescribeApp"), (f"{own}:app/*/{profile}/canvas/*",)
        ),
        Statement("CanvasTrains", _actions("CreateAutoMLJobV2"), made["automl-job"], IN_THE_NETWORK),
        Statement("CanvasJobs", _actions("DescribeAutoMLJobV2 StopAutoMLJob"), made["automl-job"]),
        Statement("CanvasCandidates", _actions("ListCandidatesForAutoMLJob"), ("*",)),
        Statement("CanvasMakesModels", _actions("CreateModel"), made["model"], IN_THE_NETWORK),
        Statement("CanvasModels", _actions("DescribeModel"), made["model"]),
        Statement(
            "CanvasPredicts",
            _actions("CreateTransformJob DescribeTransformJob StopTransformJob"),
            made["transform-job"],
        ),
        Statement("CanvasWorksAsTheUser", ("iam:PassRole",), (role_arn,), PASSED),
    )
    jobs = job_permissions(region, account, image="", volume_key=None, output_key=None)
    return tuple(("canvas", statement) for statement in (*statements, *(each for _, each in jobs)))


def jumpstart_permissions(region: str) -> Uses:
    """What looking at JumpStart, and fetching its models, takes; what runs a model is an edge."""
    hub, bucket = f"arn:aws:sagemaker:{region}:aws:hub/{HUB}", f"arn:aws:s3:::{JUMPSTART.format(region=region)}"
    content = (hub, f"arn:aws:sagemaker:{region}:aws:hub-content/{HUB}/*")
    statements = (
        Statement("Hub", ("sagemaker:DescribeHub", "sagemaker:ListHubContents"), (hub,)),
        Statement("HubContent", ("sagemaker:DescribeHubContent",), content),
        Statement("HubBucket", ("s3:ListBucket",), (bucket,)),
        Statement("HubObjects", ("s3:GetObject",), (f"{bucket}/*",)),
    )
    return tuple(("jumpstart", statement) for statement in statements)


def training_permissions(
    region: str,
    account: str,
    *,
    platform: str,
    name: str,
    role_arn: str,
    definition: str,
    tuned: bool,
    queue: str,
    key: str,
) -> tuple[Statement, ...]:
    """What starting a training takes; of SageMaker's also to follow and stop it, and to search hyper-parameters.

    `definition`: the SSM parameter that says what a job is, `tuned`: whether one beside it says what a search is.
    """
    if platform != "sagemaker":
        return starting(region, account, platform=platform, name=name, queue=queue, key=key, role_arn=role_arn)
    own = f"arn:aws:sagemaker:{region}:{account}"
    jobs, searches = (f"{own}:training-job/{name}-*",), (f"{own}:hyper-parameter-tuning-job/{name}-*",)
    searching = (
        Statement("StartSearches", _actions("CreateHyperParameterTuningJob"), searches, IN_THE_NETWORK),
        Statement("FollowSearches", _actions("DescribeHyperParameterTuningJob StopHyperParameterTuningJob"), searches),
    )
    parameters = (definition, *((f"{definition}/tuning",) if tuned else ()))
    return (
        Statement("StartJobs", _actions("CreateTrainingJob"), jobs, IN_THE_NETWORK),
        Statement("FollowJobs", _actions("DescribeTrainingJob StopTrainingJob"), jobs),
        *(searching if tuned else ()),
        Statement("PassTheRoleOfTheJob", ("iam:PassRole",), (role_arn,), PASSED),
        Statement("ReadDefinitions", ("ssm:GetParameter",), parameter_arns(region, account, parameters)),
    )


def deploying_permissions(
    region: str, account: str, *, name: str, role_arn: str, definition: str, packages: str
) -> tuple[Statement, ...]:
    """What registering a model takes, and putting it in force at one endpoint; `packages`: the group."""
    own = f"arn:aws:sagemaker:{region}:{account}"
    models, configurations, endpoint = (f"{own}:{what}/{name}" for what in ("model", "endpoint-config", "endpoint"))
    models, configurations = f"{models}-*", f"{configurations}-*"
    group = (f"{own}:model-package-group/{packages}",)
    packed = _actions("CreateModelPackage DescribeModelPackage ListModelPackages")
    return (
        Statement("Registry", packed, (f"{own}:model-package/{packages}/*",)),
        Statement("RegistryGroup", _actions("DescribeModelPackageGroup"), group),
        Statement("MakeModels", _actions("CreateModel"), (models,), IN_THE_NETWORK),
        Statement("LookAtModels", _actions("DescribeModel"), (models,)),
        Statement("Configure", _actions("CreateEndpointConfig DescribeEndpointConfig"), (configurations,)),
        Statement("PutInForce", _actions("UpdateEndpoint"), (endpoint, configurations)),
        Statement("LookAtTheEndpoint", _actions("DescribeEndpoint"), (endpoint,)),
        Statement("PassTheRoleOfTheModel", ("iam:PassRole",), (role_arn,), PASSED),
        Statement("ReadDefinitions", ("ssm:GetParameter",), parameter_arns(region, account, (definition,))),
        Statement("SayWhatIsInForce", ("ssm:PutParameter",), parameter_arns(region, account, (f"{definition}/model",))),
    )


def _actions(names: str) -> tuple[str, ...]:
    return tuple(f"sagemaker:{name}" for name in names.split())


def parameter_arns(region: str, account: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ARNs of SSM parameters, whose names begin with a slash."""
    return tuple(f"arn:aws:ssm:{region}:{account}:parameter{name}" for name in names)
