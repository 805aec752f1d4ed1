"""IAM Access Analyzer: analyzers of an account. moto has no such service at all, so this is one."""

from __future__ import annotations

import json
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from urllib.parse import unquote

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse

_HOST: Final = r"https?://access-analyzer\.(.+)\.amazonaws\.com"
_MOST: Final = 1
"""Analyzers of external access of one account in a region (IAM user guide, quotas of Access Analyzer)."""


class AccessAnalyzerBackend(BaseBackend):
    """The analyzers of a region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.analyzers: dict[str, dict[str, Any]] = {}

    @property
    def _url_module(self) -> Any:
        answer = AccessAnalyzerResponse.dispatch
        paths = (r"{0}/analyzer$", r"{0}/analyzer/(?P<name>[^/]+)$", r"{0}/tags/(?P<arn>.+)$")
        return SimpleNamespace(url_bases=[_HOST], url_paths=dict.fromkeys(paths, answer))


class AccessAnalyzerResponse(BaseResponse):
    """What the service answers."""

    def __init__(self) -> None:
        super().__init__(service_name="accessanalyzer")

    @property
    def _own(self) -> dict[str, dict[str, Any]]:
        return accessanalyzer_backends[self.current_account][self.region].analyzers

    def create_analyzer(self) -> str:
        """Make one; an account has one in a region."""
        said = json.loads(self.body)
        name = said["analyzerName"]
        if len(self._own) >= _MOST:
            raise JsonRESTError("ServiceQuotaExceededException", "There is an analyzer in this region already.")
        arn = f"arn:aws:access-analyzer:{self.region}:{self.current_account}:analyzer/{name}"
        made = {"arn": arn, "name": name, "type": said["type"], "tags": said.get("tags") or {}, "status": "ACTIVE"}
        self._own[name] = made | {"createdAt": "2026-01-01T00:00:00Z"}
        return json.dumps({"arn": arn})

    def get_analyzer(self) -> str:
        """Say what one is."""
        return json.dumps({"analyzer": self._named(unquote(self.path.rpartition("/")[2]))})

    def list_analyzers(self) -> str:
        """Say which there are."""
        return json.dumps({"analyzers": list(self._own.values())})

    def delete_analyzer(self) -> str:
        """Take one away."""
        self._own.pop(self._named(unquote(self.path.rpartition("/")[2]))["name"])
        return "{}"

    def list_tags_for_resource(self) -> str:
        """Say what one is tagged with."""
        return json.dumps({"tags": self._tags()})

    def tag_resource(self) -> str:
        """Tag one."""
        self._tags().update(json.loads(self.body)["tags"])
        return "{}"

    def untag_resource(self) -> str:
        """Take tags off one."""
        for key in self.querystring.get("tagKeys", ()):
            self._tags().pop(key, None)
        return "{}"

    def _tags(self) -> dict[str, str]:
        tags: dict[str, str] = self._named(unquote(self.path).rpartition("/")[2])["tags"]
        return tags

    def _named(self, name: str) -> dict[str, Any]:
        if name not in self._own:
            raise _MissingError("ResourceNotFoundException", f"There is no analyzer {name}.")
        return self._own[name]


class _MissingError(JsonRESTError):
    code = 404


accessanalyzer_backends = BackendDict(AccessAnalyzerBackend, "accessanalyzer")


def _register() -> None:
    """Put the service where moto looks for those that it has."""
    package = ModuleType("moto.accessanalyzer")
    vars(package)["accessanalyzer_backends"] = accessanalyzer_backends
    sys.modules[package.__name__] = package
    backend_index.backend_url_patterns.append(("accessanalyzer", re.compile(_HOST)))


_register()
