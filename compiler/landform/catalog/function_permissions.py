"""What Lambda needs of the role of a function besides its edges: somewhere to log, a network, its environment.

Read 2026-11-23. Sources: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC",
"Securing Lambda environment variables", "Visualize Lambda function invocations using AWS X-Ray" and "Sending Lambda
function logs to CloudWatch Logs"; the scopes from the Service Authorization Reference.
"""

from landform.plan import Conditions, Statement

Use = str
"""What a permission is for: logs, traces, interfaces, environment."""


def function_permissions(
    region: str, account: str, *, log_group: str, arn: str, key: str
) -> tuple[tuple[Use, Statement], ...]:
    """The platform's permissions of a function, each with its use.

    `arn`: of the function. `key`: alias of the key of its environment.
    """
    return (
        _logs(region, account, log_group),
        ("traces", Statement("Traces", ("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",))),
        *_interfaces(region, account),
        _environment(region, account, arn, key),
    )


def _logs(region: str, account: str, log_group: str) -> tuple[Use, Statement]:
    """The group itself is Terraform's, with its key and retention: Lambda makes streams in it only."""
    streams = f"arn:aws:logs:{region}:{account}:log-group:{log_group}:*"
    return "logs", Statement("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), (streams,))


def _interfaces(region: str, account: str) -> tuple[tuple[Use, Statement], ...]:
    """Lambda makes interfaces with the function's role, and asks whether it may without naming one.

    So the guide has all resources of the account, where a narrower scope is refused. The module denies them to the
    code itself.
    """
    making = ("AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface")
    actions = tuple(f"ec2:{action}" for action in (*making, "UnassignPrivateIpAddresses"))
    return (
        ("interfaces", Statement("InterfacesMake", actions, (f"arn:aws:ec2:{region}:{account}:*/*",))),
        ("interfaces", Statement("InterfacesLook", ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"), ("*",))),
    )


def _environment(region: str, account: str, arn: str, key: str) -> tuple[Use, Statement]:
    """Lambda holds a grant for the role as it was; with this, a role that was made anew can start the function too."""
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {
            "kms:EncryptionContext:aws:lambda:FunctionArn": (arn,),
            "kms:ViaService": (f"lambda.{region}.amazonaws.com",),
        },
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    return "environment", Statement("Environment", ("kms:Decrypt",), keys, conditions)
