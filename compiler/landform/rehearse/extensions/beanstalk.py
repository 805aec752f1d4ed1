"""Elastic Beanstalk: applications with a description and tags, and versions of their code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.elasticbeanstalk.exceptions import InvalidParameterValueError, ResourceNotFoundException
from moto.elasticbeanstalk.models import EBBackend
from moto.elasticbeanstalk.responses import EBResponse
from moto.elasticbeanstalk.utils import make_arn
from moto.s3.models import s3_backends

from landform.rehearse.extensions import method_of

Thing = dict[str, Any]
"""An application, a version or an environment, as answers have it."""


def known(backend: EBBackend, kind: str) -> dict[str, Thing]:
    """Return the applications, versions or environments of a region, by ARN."""
    found: dict[str, Thing] = vars(backend).setdefault(f"landform_{kind}", {})
    return found


def arn_of(backend: EBBackend, kind: str, *names: str) -> str:
    """Return the ARN of a thing."""
    return str(make_arn(backend.region_name, backend.account_id, kind, "/".join(names)))


def tags_of(response: EBResponse) -> list[dict[str, str]]:
    """Return the tags that a request gives to what it makes."""
    return list(response._get_param("Tags", []))


def dated() -> dict[str, datetime]:
    """Return the two dates that everything has."""
    return {"DateCreated": utcnow(), "DateUpdated": utcnow()}


def shown(things: Iterable[Thing]) -> list[Thing]:
    """Return things as answers have them: without tags, and what is kept for landform's own use."""
    return [{key: value for key, value in one.items() if key != "Tags" and not key.startswith("_")} for one in things]


@method_of(EBResponse)
def create_application(self: EBResponse) -> ActionResult:
    """moto forgets the description and the tags of an application."""
    backend, name = self.elasticbeanstalk_backend, self._get_param("ApplicationName")
    backend.create_application(application_name=name)
    own = {
        "ApplicationArn": arn_of(backend, "application", name),
        "ApplicationName": name,
        "Description": self._get_param("Description"),
        "Tags": tags_of(self),
        **dated(),
    }
    known(backend, "applications")[own["ApplicationArn"]] = own
    return ActionResult({"Application": shown([own])[0]})


@method_of(EBResponse)
def describe_applications(self: EBResponse) -> ActionResult:
    """moto answers with all applications, whichever were asked for."""
    asked = self._get_param("ApplicationNames", [])
    every = known(self.elasticbeanstalk_backend, "applications").values()
    return ActionResult({"Applications": shown(a for a in every if not asked or a["ApplicationName"] in asked)})


@method_of(EBResponse)
def update_application(self: EBResponse) -> ActionResult:
    """moto changes no application."""
    name = self._get_param("ApplicationName")
    own = known(self.elasticbeanstalk_backend, "applications")[
        arn_of(self.elasticbeanstalk_backend, "application", name)
    ]
    own |= {"Description": self._get_param("Description"), "DateUpdated": utcnow()}
    return ActionResult({"Application": shown([own])[0]})


_delete_application = EBResponse.delete_application


@method_of(EBResponse)
def delete_application(self: EBResponse) -> ActionResult:
    """moto lets go of an application whose environments run."""
    backend, name = self.elasticbeanstalk_backend, self._get_param("ApplicationName")
    for own in known(backend, "environments").values():
        if own["ApplicationName"] == name and own["Status"] != "Terminated":
            raise InvalidParameterValueError(f"{own['EnvironmentName']} runs the application {name}.")
    known(backend, "applications").pop(arn_of(backend, "application", name), None)
    return _delete_application(self)


@method_of(EBResponse)
def create_application_version(self: EBResponse) -> ActionResult:
    """moto knows no versions."""
    backend, label = self.elasticbeanstalk_backend, self._get_param("VersionLabel")
    name, bundle = self._get_param("ApplicationName"), self._get_param("SourceBundle")
    arn = arn_of(backend, "applicationversion", name, label)
    if arn in known(backend, "versions"):
        raise InvalidParameterValueError(f"Application Version {label} already exists.")
    s3 = s3_backends[backend.account_id]["aws"]
    if s3.head_object(bundle["S3Bucket"], bundle["S3Key"]) is None:
        raise InvalidParameterValueError(f"Unable to download from S3 location (Key: {bundle['S3Key']}).")
    own = {
        "ApplicationVersionArn": arn,
        "ApplicationName": name,
        "VersionLabel": label,
        "Description": self._get_param("Description"),
        "SourceBundle": bundle,
        "Status": "UNPROCESSED",
        "Tags": tags_of(self),
        **dated(),
    }
    known(backend, "versions")[arn] = own
    return ActionResult({"ApplicationVersion": shown([own])[0]})


@method_of(EBResponse)
def describe_application_versions(self: EBResponse) -> ActionResult:
    """moto knows no versions."""
    name, labels = self._get_param("ApplicationName"), self._get_param("VersionLabels", [])
    found = [
        one
        for one in known(self.elasticbeanstalk_backend, "versions").values()
        if (not name or one["ApplicationName"] == name) and (not labels or one["VersionLabel"] in labels)
    ]
    return ActionResult({"ApplicationVersions": shown(found)})


@method_of(EBResponse)
def delete_application_version(self: EBResponse) -> ActionResult:
    """moto knows no versions; AWS keeps one that an environment runs."""
    backend, label = self.elasticbeanstalk_backend, self._get_param("VersionLabel")
    for own in known(backend, "environments").values():
        if own["VersionLabel"] == label and own["Status"] != "Terminated":
            raise InvalidParameterValueError(f"{own['EnvironmentName']} runs the version {label}.")
    known(backend, "versions").pop(arn_of(backend, "applicationversion", self._get_param("ApplicationName"), label))
    return EmptyResult()


def _tagged(backend: EBBackend, arn: str) -> Thing:
    for kind in ("applications", "versions", "environments"):
        if arn in known(backend, kind):
            return known(backend, kind)[arn]
    raise ResourceNotFoundException(f"Resource not found for ARN '{arn}'.")


@method_of(EBResponse)
def list_tags_for_resource(self: EBResponse) -> ActionResult:
    """moto knows the tags of environments only."""
    arn = self._get_param("ResourceArn")
    return ActionResult({"ResourceArn": arn, "ResourceTags": _tagged(self.elasticbeanstalk_backend, arn)["Tags"]})


@method_of(EBResponse)
def update_tags_for_resource(self: EBResponse) -> ActionResult:
    """moto knows the tags of environments only."""
    own = _tagged(self.elasticbeanstalk_backend, self._get_param("ResourceArn"))
    tags = {tag["Key"]: tag["Value"] for tag in own["Tags"]}
    tags |= {tag["Key"]: tag["Value"] for tag in self._get_param("TagsToAdd", [])}
    gone = self._get_param("TagsToRemove", [])
    own["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items() if key not in gone]
    return EmptyResult()
