"""SageMaker Studio: profiles, spaces, apps and scripts, and what keeps each of them from going.

moto knows domains alone, and nobody in them. What a domain makes behind one's back stands in `sagemaker_domain`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceInUseException, ResourceNotFound
from moto.sagemaker.responses import SageMakerResponse

from landform.rehearse.extensions import method_of

Thing = dict[str, Any]
Place = tuple[str, ...]
"""What a thing goes by: of a profile domain and name, of an app domain, owner, type and name."""

_responses: Any = SageMakerResponse


def things(self: SageMakerResponse, kind: str) -> dict[Place, Thing]:
    """All of a kind in this account and region, by what they go by."""
    held: dict[str, dict[Place, Thing]] = vars(self.sagemaker_backend).setdefault("landform_studio", {})
    return held.setdefault(kind, {})


def asked(self: SageMakerResponse) -> Thing:
    """The request."""
    said: Thing = json.loads(self.body)
    return said


def arn_of(self: SageMakerResponse, kind: str, place: Place) -> str:
    """Types of apps stand there in lower case."""
    path = "/".join(part.lower() if kind == "app" and i == 2 else part for i, part in enumerate(place))
    return f"arn:aws:sagemaker:{self.region}:{self.current_account}:{kind}/{path}"


def made(self: SageMakerResponse, kind: str, place: Place, said: Thing) -> ActionResult:
    """Keep a thing that is new, and answer as SageMaker does."""
    held = things(self, kind)
    if place in held:
        raise ResourceInUseException(message=f"{place[-1]} already exists.")
    word = "".join(part.capitalize() for part in kind.split("-"))
    arn = arn_of(self, kind, place)
    tags = said.pop("Tags", [])
    held[place] = {
        **said,
        f"{word}Arn": arn,
        "Status": "InService",
        "CreationTime": utcnow(),
        "LastModifiedTime": utcnow(),
    }
    self.sagemaker_backend.landform_tags = {**_tags(self), arn: {tag["Key"]: tag["Value"] for tag in tags}}  # type: ignore[attr-defined]
    return ActionResult({f"{word}Arn": arn})


def found(self: SageMakerResponse, kind: str, place: Place) -> Thing:
    """A thing that is there, or what SageMaker says of one that is not."""
    try:
        return things(self, kind)[place]
    except KeyError:
        raise ResourceNotFound(message=f"{kind} {'/'.join(place)} does not exist.") from None


def _tags(self: SageMakerResponse) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = vars(self.sagemaker_backend).setdefault("landform_tags", {})
    return tags


_list_tags = SageMakerResponse.list_tags


@method_of(SageMakerResponse)
def list_tags(self: SageMakerResponse) -> ActionResult:
    """moto tags none of these."""
    own = _tags(self).get(self._get_param("ResourceArn"))
    if own is None:
        return _list_tags(self)
    return ActionResult({"Tags": [{"Key": key, "Value": value} for key, value in sorted(own.items())]})


def _operations(kind: str, word: str, *keys: str) -> None:
    """Teach moto to make, describe, change and end a kind of thing that goes by these keys of a request."""

    def place(said: Thing) -> Place:
        return tuple(said[key] for key in keys)

    def create(self: SageMakerResponse) -> ActionResult:
        said = asked(self)
        return made(self, kind, place(said), said)

    def describe(self: SageMakerResponse) -> ActionResult:
        return ActionResult(found(self, kind, place(asked(self))))

    def update(self: SageMakerResponse) -> ActionResult:
        said = asked(self)
        own = found(self, kind, place(said))
        own |= said | {"LastModifiedTime": utcnow()}
        return ActionResult({key: value for key, value in own.items() if key.endswith("Arn")})

    def delete(self: SageMakerResponse) -> ActionResult:
        where = place(asked(self))
        found(self, kind, where)
        for keeps in _KEEPERS[kind](self, where):
            raise ResourceInUseException(message=f"Unable to delete {kind} {where[-1]}: {keeps}.")
        del things(self, kind)[where]
        return EmptyResult()

    for verb, operation in (("create", create), ("describe", describe), ("update", update), ("delete", delete)):
        setattr(_responses, f"{verb}_{word}", operation)


def _keeps_nothing(self: SageMakerResponse, place: Place) -> Iterator[str]:
    del self, place
    yield from ()


def _keeps_space(self: SageMakerResponse, place: Place) -> Iterator[str]:
    """A space goes when no app of it is there any more."""
    yield from (f"app {app[3]} is there" for app in things(self, "app") if app[:2] == place)


def _keeps_profile(self: SageMakerResponse, place: Place) -> Iterator[str]:
    """A profile goes when no app and no space of its own is there any more."""
    yield from _keeps_space(self, place)
    for (domain, name), space in things(self, "space").items():
        if domain == place[0] and space.get("OwnershipSettings", {}).get("OwnerUserProfileName") == place[1]:
            yield f"space {name} is there"


def _keeps_script(self: SageMakerResponse, place: Place) -> Iterator[str]:
    """A script goes when no domain and nobody in one has it any more."""
    arn = arn_of(self, "studio-lifecycle-config", place)
    for kind in ("domain", "user-profile", "space"):
        yield from (f"{kind} {own[-1]} has it" for own, thing in things(self, kind).items() if arn in str(thing))


_KEEPERS: dict[str, Callable[[SageMakerResponse, Place], Iterator[str]]] = {
    "app": _keeps_nothing,
    "space": _keeps_space,
    "studio-lifecycle-config": _keeps_script,
    "user-profile": _keeps_profile,
}

_operations("user-profile", "user_profile", "DomainId", "UserProfileName")
_operations("space", "space", "DomainId", "SpaceName")
_operations("studio-lifecycle-config", "studio_lifecycle_config", "StudioLifecycleConfigName")


def _app(said: Thing) -> Place:
    owner = said.get("SpaceName") or said["UserProfileName"]
    return said["DomainId"], owner, said["AppType"], said["AppName"]


def _create_app(self: SageMakerResponse) -> ActionResult:
    """Start an app of a space or a profile that is there."""
    said = asked(self)
    kind = "space" if said.get("SpaceName") else "user-profile"
    found(self, kind, _app(said)[:2])
    return made(self, "app", _app(said), said)


def _describe_app(self: SageMakerResponse) -> ActionResult:
    return ActionResult(found(self, "app", _app(asked(self))))


def _delete_app(self: SageMakerResponse) -> ActionResult:
    """End an app; SageMaker tells of it for a day, as deleted, and here it is gone at once."""
    found(self, "app", _app(asked(self)))
    del things(self, "app")[_app(asked(self))]
    return EmptyResult()


def _list_apps(self: SageMakerResponse) -> ActionResult:
    domain = asked(self).get("DomainIdEquals")
    return ActionResult({"Apps": [app for place, app in things(self, "app").items() if domain in (None, place[0])]})


def _list(kind: str, answer: str) -> Callable[[SageMakerResponse], ActionResult]:
    def listed(self: SageMakerResponse) -> ActionResult:
        domain = asked(self).get("DomainIdEquals")
        return ActionResult({answer: [own for at, own in things(self, kind).items() if domain in (None, at[0])]})

    return listed


# moto has none of these operations.
_responses.create_app = _create_app
_responses.describe_app = _describe_app
_responses.delete_app = _delete_app
_responses.list_apps = _list_apps
_responses.list_spaces = _list("space", "Spaces")
_responses.list_user_profiles = _list("user-profile", "UserProfiles")
_responses.list_studio_lifecycle_configs = _list("studio-lifecycle-config", "StudioLifecycleConfigs")
