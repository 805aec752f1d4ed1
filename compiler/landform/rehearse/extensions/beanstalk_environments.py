"""Elastic Beanstalk: environments, and all that AWS makes for one behind one's back.

That is a load balancer and a group of instances, which go with the environment; log groups, which stay where they
are to be kept; and one bucket for the account and region, which stays for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from moto.autoscaling.models import autoscaling_backends
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.elasticbeanstalk.exceptions import InvalidParameterValueError
from moto.elasticbeanstalk.models import EBBackend
from moto.elasticbeanstalk.responses import EBResponse
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends

from landform.catalog.beanstalk import STREAMED
from landform.catalog.beanstalk import logs as log_groups
from landform.rehearse.extensions import method_of
from landform.rehearse.extensions.beanstalk import Thing, arn_of, dated, known, shown, tags_of

Options = dict[tuple[str, str], str]
"""Namespace and name → value."""

_LAUNCH, _VPC, _SIZE = "aws:autoscaling:launchconfiguration", "aws:ec2:vpc", "aws:autoscaling:asg"
_LOGS, _ENVIRONMENT = "aws:elasticbeanstalk:cloudwatch:logs", "aws:elasticbeanstalk:environment"


@method_of(EBResponse)
def create_environment(self: EBResponse) -> ActionResult:
    """moto makes a name, and keeps neither version, settings nor description."""
    backend, name = self.elasticbeanstalk_backend, self._get_param("EnvironmentName")
    options = _said(self._get_param("OptionSettings", []))
    _refuse_what_is_absent(self, backend, options)
    id_, prefix = f"e-{uuid4().hex[:10]}", self._get_param("CNAMEPrefix")
    application = self._get_param("ApplicationName")
    own = {
        "EnvironmentName": name,
        "EnvironmentId": id_,
        "EnvironmentArn": arn_of(backend, "environment", application, name),
        "ApplicationName": application,
        "VersionLabel": self._get_param("VersionLabel"),
        "SolutionStackName": self._get_param("SolutionStackName"),
        "PlatformArn": f"arn:aws:elasticbeanstalk:{backend.region_name}::platform/{uuid4().hex[:8]}/1.0.0",
        "Description": self._get_param("Description"),
        "CNAME": f"{prefix or f'{name}.eba-{id_[2:10]}'}.{backend.region_name}.elasticbeanstalk.com",
        "Status": "Ready",
        "AbortableOperationInProgress": False,
        "Health": "Green",
        "HealthStatus": "Ok",
        "Tier": {"Name": "WebServer", "Type": "Standard", "Version": "1.0"},
        "EnvironmentLinks": [],
        "Tags": tags_of(self),
        "_options": options,
        **dated(),
    }
    own["_made"] = _made(backend, own, options)
    own["EndpointURL"] = own["_made"]["endpoint"]
    known(backend, "environments")[own["EnvironmentArn"]] = own
    return ActionResult(shown([own])[0])


def _said(settings: list[Mapping[str, str]]) -> Options:
    return {(one["Namespace"], one["OptionName"]): one["Value"] for one in settings}


def _refuse_what_is_absent(response: EBResponse, backend: EBBackend, options: Options) -> None:
    """AWS looks at what an environment is made of; moto does not."""
    application = response._get_param("ApplicationName")
    version = arn_of(backend, "applicationversion", application, response._get_param("VersionLabel"))
    iam = iam_backends[backend.account_id]["aws"]
    profile, role = options.get((_LAUNCH, "IamInstanceProfile")), options.get((_ENVIRONMENT, "ServiceRole"))
    absent = {
        f"No Application named '{application}' found.": application not in backend.applications,
        f"No Application Version named '{response._get_param('VersionLabel')}' found.": version
        not in known(backend, "versions"),
        f"The instance profile {profile} does not exist.": profile
        not in {one.name for one in iam.instance_profiles.values()},
        f"Service role {role} does not exist.": role not in {one.arn for one in iam.roles.values()},
        "The instance profile and the environment have to be named.": not (profile and role),
    }
    for message, is_so in absent.items():
        if is_so:
            raise InvalidParameterValueError(message)


def _made(backend: EBBackend, own: Thing, options: Options) -> dict[str, Any]:
    """Make what AWS makes for an environment: its bucket, its logs, its balancer, its group of instances."""
    account, region, stem = backend.account_id, backend.region_name, f"awseb-{own['EnvironmentId']}"
    _storage(account, region)
    groups = [f"{log_groups(own['EnvironmentName'])}{file}" for file in STREAMED]
    logs = logs_backends[account][region]
    for group in groups if options.get((_LOGS, "StreamLogs")) == "true" else ():
        if group not in logs.groups:
            logs.create_log_group(group, {})
        # moto hands on what it is told, and clients expect a number.
        logs.groups[group].set_retention_policy(int(options[_LOGS, "RetentionInDays"]))  # type: ignore[arg-type]
    balancer = elbv2_backends[account][region].create_load_balancer(
        name=stem,
        security_groups=options["aws:elbv2:loadbalancer", "SecurityGroups"].split(","),
        subnet_ids=options[_VPC, "ELBSubnets"].split(","),
        scheme="internal" if options[_VPC, "ELBScheme"] == "internal" else "internet-facing",
        loadbalancer_type="application",
    )
    template = ec2_backends[account][region].create_launch_template(stem, "", _launched(options), {})
    autoscaling_backends[account][region].create_auto_scaling_group(
        name=stem,
        availability_zones=[],
        desired_capacity=options[_SIZE, "MinSize"],
        min_size=options[_SIZE, "MinSize"],
        max_size=options[_SIZE, "MaxSize"],
        launch_config_name="",
        launch_template={"LaunchTemplateId": template.id, "Version": "$Latest"},
        vpc_zone_identifier=options[_VPC, "Subnets"],
        default_cooldown=None,
        health_check_period=None,
        health_check_type=None,
        load_balancers=[],
        target_group_arns=[],
        placement_group=None,
        termination_policies=[],
        tags=_handed_on(own, stem),
    )
    return {"balancer": balancer.arn, "endpoint": balancer.dns_name, "group": stem, "template": template.id}


def _handed_on(own: Thing, group: str) -> list[dict[str, Any]]:
    """Instances carry an environment's tags, and three of Beanstalk's ("Tagging resources in your Elastic Beanstalk
    environments", developer guide)."""
    name = own["EnvironmentName"]
    beanstalks = {"elasticbeanstalk:environment-name": name, "elasticbeanstalk:environment-id": own["EnvironmentId"]}
    told = {tag["Key"]: tag["Value"] for tag in own["Tags"]} | beanstalks | {"Name": name}
    on = {"PropagateAtLaunch": True, "ResourceId": group, "ResourceType": "auto-scaling-group"}
    return [{"Key": key, "Value": value, **on} for key, value in told.items()]


def _launched(options: Options) -> dict[str, Any]:
    return {
        "ImageId": "ami-12c6146b",
        "InstanceType": options["aws:ec2:instances", "InstanceTypes"].split(",")[0],
        "SecurityGroupIds": options[_LAUNCH, "SecurityGroups"].split(","),
        "MetadataOptions": {"HttpTokens": "required" if options.get((_LAUNCH, "DisableIMDSv1")) else "optional"},
    }


def _storage(account: str, region: str) -> None:
    """Make the bucket that Beanstalk has in every account and region, which nobody may delete."""
    s3, name = s3_backends[account]["aws"], f"elasticbeanstalk-{region}-{account}"
    if name not in s3.buckets:
        s3.create_bucket(name, region)
        deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:DeleteBucket"}
        policy = {"Version": "2008-10-17", "Statement": [deny | {"Resource": f"arn:aws:s3:::{name}"}]}
        s3.put_bucket_policy(name, json.dumps(policy).encode())


@method_of(EBResponse)
def describe_environments(self: EBResponse) -> ActionResult:
    """moto answers with all environments, whichever were asked for; those that ended are told by their id alone."""
    ids, names = self._get_param("EnvironmentIds", []), self._get_param("EnvironmentNames", [])
    found = [
        one
        for one in known(self.elasticbeanstalk_backend, "environments").values()
        if (one["EnvironmentId"] in ids if ids else one["Status"] != "Terminated")
        and (not names or one["EnvironmentName"] in names)
    ]
    return ActionResult({"Environments": shown(found)})


def _named(response: EBResponse) -> Thing:
    id_, name = response._get_param("EnvironmentId"), response._get_param("EnvironmentName")
    for own in known(response.elasticbeanstalk_backend, "environments").values():
        if own["Status"] != "Terminated" and (own["EnvironmentId"] == id_ or own["EnvironmentName"] == name):
            return own
    raise _not_found(name or id_)


def _not_found(name: str) -> InvalidParameterValueError:
    return InvalidParameterValueError(f"No Environment found for EnvironmentName = '{name}'.")


@method_of(EBResponse)
def describe_events(self: EBResponse) -> ActionResult:
    """moto tells of no events; here nothing goes wrong that one would tell of."""
    return ActionResult({"Events": []})


@method_of(EBResponse)
def describe_environment_resources(self: EBResponse) -> ActionResult:
    """moto makes none."""
    own = _named(self)
    made = own["_made"]
    return ActionResult(
        {
            "EnvironmentResources": {
                "EnvironmentName": own["EnvironmentName"],
                "AutoScalingGroups": [{"Name": made["group"]}],
                "Instances": [],
                "LaunchConfigurations": [],
                "LaunchTemplates": [{"Id": made["template"]}],
                "LoadBalancers": [{"Name": made["balancer"]}],
                "Queues": [],
                "Triggers": [],
            }
        }
    )


@method_of(EBResponse)
def describe_configuration_settings(self: EBResponse) -> ActionResult:
    """moto keeps no settings; AWS tells of its defaults as well, of which there are hundreds."""
    own = _named(self)
    settings = [{"Namespace": n, "OptionName": o, "Value": value} for (n, o), value in own["_options"].items()]
    configuration = {
        key: own[key] for key in ("SolutionStackName", "ApplicationName", "EnvironmentName", "DateCreated")
    }
    return ActionResult({"ConfigurationSettings": [{**configuration, "OptionSettings": settings}]})


@method_of(EBResponse)
def update_environment(self: EBResponse) -> ActionResult:
    """moto changes no environment."""
    own, backend = _named(self), self.elasticbeanstalk_backend
    for key in ("VersionLabel", "SolutionStackName", "Description"):
        own[key] = self._get_param(key) or own[key]
    for gone in self._get_param("OptionsToRemove", []):
        own["_options"].pop((gone["Namespace"], gone["OptionName"]), None)
    own["_options"] |= _said(self._get_param("OptionSettings", []))
    own["DateUpdated"] = utcnow()
    group = autoscaling_backends[backend.account_id][backend.region_name].autoscaling_groups[own["_made"]["group"]]
    group.min_size, group.max_size = (int(own["_options"][_SIZE, size]) for size in ("MinSize", "MaxSize"))
    return ActionResult(shown([own])[0])


@method_of(EBResponse)
def terminate_environment(self: EBResponse) -> ActionResult:
    """moto ends no environment. Terraform would wait 10 s, unless it hears that this one is gone by now."""
    own, backend = _named(self), self.elasticbeanstalk_backend
    account, region, made = backend.account_id, backend.region_name, own["_made"]
    elbv2_backends[account][region].delete_load_balancer(made["balancer"])
    autoscaling_backends[account][region].delete_auto_scaling_group(made["group"])
    ec2_backends[account][region].delete_launch_template("", made["template"])
    if own["_options"].get((_LOGS, "DeleteOnTerminate")) == "true":
        logs = logs_backends[account][region]
        for group in [g for g in logs.groups if g.startswith(f"/aws/elasticbeanstalk/{own['EnvironmentName']}/")]:
            logs.delete_log_group(group)
    own["Status"] = "Terminated"
    if "terraform-provider-aws" in self.headers.get("User-Agent", ""):
        raise _not_found(own["EnvironmentName"])
    return ActionResult(shown([own])[0])
