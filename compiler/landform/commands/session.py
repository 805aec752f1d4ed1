"""A session with AWS for the commands that ask it something, and what it refuses as findings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from landform.diagnostics import Diagnostic, Path, error
from landform.rehearse.terraform import ToolMissing

_NO_URL: Final = "Invalid endpoint: "


@dataclass
class Asked:
    """What AWS refused while it was asked, and the way to ask it."""

    refused: list[Diagnostic] = field(default_factory=list)

    def session(self, region: str, account: str) -> Any:
        """Return a boto3 session with the user's credentials.

        Raises:
            OperationError: they belong to another account than the spec.
        """
        import boto3

        from landform.operate.training import require_account

        session = boto3.Session()
        require_account(session, region, account)
        return session


@contextmanager
def asking_aws(path: Path) -> Iterator[Asked]:
    """Ask AWS for the entry at `path`; a refusal is kept as a finding (LF0910).

    Raises `ToolMissing` where boto3 is not installed (LF0903), no credentials are found, or AWS is to be asked where
    nobody can be (LF0910).
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

        from landform.operate.training import OperationError
    except ModuleNotFoundError as missing:
        fact = f"Asking AWS needs {missing.name}."
        raise ToolMissing(error("LF0903", (), fact, "Install it: pip install 'landform[sandbox]'")) from None
    asked = Asked()
    try:
        yield asked
    except OperationError as failure:
        asked.refused.append(error("LF0910", path, str(failure), failure.remedy))
    except NoCredentialsError:
        remedy = "Choose a profile that has some (AWS_PROFILE), or make one: `aws configure`."
        raise ToolMissing(error("LF0910", (), "AWS is asked for, and no credentials are found.", remedy)) from None
    except EndpointConnectionError as failure:
        remedy = "Check the network and the region, and AWS_ENDPOINT_URL where it is set."
        asked.refused.append(error("LF0910", path, f"AWS: {str(failure).rstrip('.')}.", remedy))
    except ValueError as failure:
        # What botocore says of it: no error of its own.
        if not str(failure).startswith(_NO_URL):
            raise
        fact = f"AWS is to be asked at '{str(failure).removeprefix(_NO_URL)}', which is no URL."
        remedy = (
            "Unset AWS_ENDPOINT_URL, and `endpoint_url` of the profile, or write one such as http://localhost:4566."
        )
        raise ToolMissing(error("LF0910", (), fact, remedy)) from None
    except (BotoCoreError, ClientError) as failure:
        asked.refused.append(
            error("LF0910", path, f"AWS: {str(failure).rstrip('.')}.", "Check credentials and region.")
        )
