"""What a plan runs as its roles: functions, hosts, jobs, whatever else acts by a role that it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.catalog.ways import CLOUDFORMATION, CODEBUILD, EC2, GLUE, LAMBDA, SAGEMAKER, STATES, TASKS
from landform.proof.planned import Planned, Resource


@dataclass(frozen=True, slots=True)
class Runner:
    """Something that acts as a role: its kind, its address and ARN, the role's address, and its tags.

    What AWS gives an id goes by its address: no policy can name it, and every pattern over ids fits it.
    """

    kind: str
    address: str
    arn: str
    role: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Form:
    kind: str
    arn: str
    """The ARN behind region and account; `{name}` is `named`, or the address of what gets an id."""
    argument: tuple[str | int, ...]
    service: str
    """Who assumes the role: where the argument leads to none (through a local), it is the module's that trusts it."""
    named: str = ""


_FORMS: Final[Mapping[str, tuple[_Form, ...]]] = {
    "aws_lambda_function": (_Form("function", "lambda:{}:function:{name}", ("role",), LAMBDA, "function_name"),),
    "aws_sfn_state_machine": (_Form("machine", "states:{}:stateMachine:{name}", ("role_arn",), STATES, "name"),),
    "aws_instance": (_Form("host", "ec2:{}:instance/{name}", ("iam_instance_profile",), EC2),),
    "aws_launch_template": (
        _Form("host", "ec2:{}:instance/{name}", ("iam_instance_profile", 0), EC2),
        _Form("template", "ec2:{}:launch-template/{name}", ("iam_instance_profile", 0), EC2),
    ),
    "aws_batch_job_definition": (
        _Form("job", "batch:{}:job-definition/{name}", ("container_properties",), TASKS, "name"),
        _Form("job", "batch:{}:job-definition/{name}:1", ("container_properties",), TASKS, "name"),
    ),
    "aws_ecs_task_definition": (_Form("task", "ecs:{}:task-definition/{name}", ("task_role_arn",), TASKS, "family"),),
    "aws_sagemaker_user_profile": (
        _Form(
            "profile",
            "sagemaker:{}:user-profile/domain/{name}",
            ("user_settings", 0, "execution_role"),
            SAGEMAKER,
            "user_profile_name",
        ),
    ),
    "aws_sagemaker_notebook_instance": (
        _Form("notebook", "sagemaker:{}:notebook-instance/{name}", ("role_arn",), SAGEMAKER, "name"),
    ),
    "aws_codebuild_project": (_Form("build", "codebuild:{}:project/{name}", ("service_role",), CODEBUILD, "name"),),
    "aws_cloudformation_stack": (
        _Form("stack", "cloudformation:{}:stack/{name}/id", ("iam_role_arn",), CLOUDFORMATION, "name"),
    ),
    "aws_glue_job": (_Form("glue job", "glue:{}:job/{name}", ("role_arn",), GLUE, "name"),),
    "aws_glue_dev_endpoint": (_Form("endpoint", "glue:{}:devEndpoint/{name}", ("role_arn",), GLUE, "name"),),
}
"""ARNs: Service Authorization Reference, read 2026-11-29."""


def read_runners(planned: Planned, account: str, trusted: Mapping[str, frozenset[str]]) -> Iterator[Runner]:
    """Yield what runs as the roles of the plan; `trusted` says which services each of these lets in."""
    for resource in planned.of_type(*_FORMS):
        for form in _FORMS[resource.type]:
            name = str(resource.values.get(form.named) or resource.address)
            arn = f"arn:aws:{form.arn.format(f'{resource.region}:{account}', name=name)}"
            for role in _roles(planned, resource, form, trusted):
                yield Runner(form.kind, resource.address, arn, role, tags_of(resource))


def _roles(planned: Planned, resource: Resource, form: _Form, trusted: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    found = _led_to(planned, resource, form)
    beside = (r.address for r in planned.of_type("aws_iam_role") if resource.module and r.module == resource.module)
    return found or tuple(address for address in beside if form.service in trusted.get(address, ()))


def _led_to(planned: Planned, resource: Resource, form: _Form) -> tuple[str, ...]:
    """The roles that an argument leads to, those of instance profiles among them; or that it writes out."""
    within = ((*form.argument, name) for name in ("arn", "name")) if form.argument[-1] == 0 else (form.argument,)
    targets = [each for argument in within for each in planned.referred(resource, *argument)]
    profiles = [r for r in targets if r.type == "aws_iam_instance_profile"]
    behind = [each for profile in profiles for each in planned.referred(profile, "role")]
    roles = [r.address for r in (*targets, *behind) if r.type == "aws_iam_role"]
    return tuple(dict.fromkeys(roles)) or _written(planned, str(_value(resource.values, form.argument) or ""))


def _written(planned: Planned, text: str) -> tuple[str, ...]:
    if not text:
        return ()
    named = {str(r.values.get("name")): r.address for r in planned.of_type("aws_iam_role")}
    return tuple(address for name, address in named.items() if text == name or text.endswith(f":role/{name}"))


def _value(values: Any, argument: tuple[str | int, ...]) -> Any:
    for step in argument:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def tags_of(resource: Resource) -> Mapping[str, str]:
    """The tags of a resource: of a template's hosts, those that the template gives them."""
    given = [t.get("tags") or {} for t in resource.values.get("tag_specifications") or ()]
    own = resource.values.get("tags_all") or resource.values.get("tags") or {}
    return {**own, **{name: value for tags in given for name, value in tags.items()}}
