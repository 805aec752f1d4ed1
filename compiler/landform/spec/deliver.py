"""The section `deliver`: whose pull requests are planned, and what is applied from where."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import fault

Id = Annotated[Text, Field(pattern=r"^[1-9][0-9]{0,18}$")]
"""GitHub's number of an owner or a repository, which no other ever gets."""


class Apply(Model):
    """What is applied: one branch, by name; and the environment of the repository in which somebody says yes.

    With another branch than the repository's default one nobody looks for drift at night: GitHub starts schedules on
    the default branch alone, and no role is for that.
    """

    branch: Annotated[Text, Field(max_length=255, pattern=r"^[A-Za-z0-9_]([A-Za-z0-9._/-]*[A-Za-z0-9_-])?$")] = "main"
    environment: Annotated[Text, Field(max_length=255, pattern=r"^[A-Za-z0-9_.-]+$")] | None = None

    @model_validator(mode="after")
    def _one_branch(self) -> Self:
        if ".." in self.branch or "//" in self.branch or self.branch.endswith(".lock"):
            raise fault(f"{self.branch} is no name of a branch: Git refuses `..`, `//` and a last `.lock`")
        return self


class Deliver(Model):
    """Delivery by pull request: GitHub Actions with OIDC, without stored keys."""

    repo: Annotated[
        Text, Field(pattern=r"^github\.com/[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?/[A-Za-z0-9._-]{1,100}$")
    ]
    owner_id: Id | None = None
    repo_id: Id | None = None
    plan: Literal["pull-request"] = "pull-request"
    apply: Apply

    @model_validator(mode="after")
    def _both_ids(self) -> Self:
        if (self.owner_id is None) != (self.repo_id is None):
            raise fault("a subject holds both ids or none: give `owner_id` and `repo_id` together")
        return self

    @property
    def names(self) -> tuple[str, str]:
        """Owner and repository by name."""
        _, owner, repository = self.repo.split("/")
        return owner, repository
