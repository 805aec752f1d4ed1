"""Clients of AWS that give up soon: the loop asks again, and meanwhile goes on with what it has."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, InvalidRegionError, NoRegionError

from landform_agent.config import ConfigError

FAILURES: Final = (BotoCoreError, ClientError)


def client(service: str, region: str) -> Any:
    """A client of a service; credentials and endpoints come from the environment, as boto3 finds them.

    `ConfigError` where neither the configuration nor the environment says which region.
    """
    limits = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 2})
    try:
        return boto3.client(service, region_name=region or None, config=limits)
    except (NoRegionError, InvalidRegionError) as failure:
        raise ConfigError(f"region: {failure} Write `region: eu-central-1` or the like") from failure


def code(failure: Exception) -> str:
    """What AWS calls the failure; the kind of failure where AWS was not reached."""
    if isinstance(failure, ClientError):
        return str(failure.response.get("Error", {}).get("Code", "unknown"))
    return type(failure).__name__
