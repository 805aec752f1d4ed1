"""Service Quotas: an account has what AWS gives at first, and every request for more is granted at once."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from landform.catalog import load
from landform.catalog.quotas import Quota, known, machines
from landform.rehearse.extensions import method_of

USES = ("endpoint", "training job", "spot training job")
"""What SageMaker has a quota for, for each type of machine."""

_Quota = dict[str, Any]


def _quotas(backend: ServiceQuotasBackend) -> dict[tuple[str, str], _Quota]:
    """Return the quotas of a region by service and code; moto knows the VPC's alone."""
    held: dict[tuple[str, str], _Quota] = vars(backend).setdefault("held", {})
    if not held:
        of_machines = (machines(f"ml.{name}", use) for name in load().types for use in USES)
        for quota in (*known(), *of_machines):
            # AWS's own codes of these stand nowhere but in an account: a checksum stands in.
            code = quota.code or f"L-{crc32(quota.name.encode()):08X}"
            held[quota.service, code] = _told(quota, code)
    return held


def _told(quota: Quota, code: str) -> _Quota:
    return {
        "ServiceCode": quota.service,
        "QuotaCode": code,
        "QuotaName": quota.name,
        "Value": float(quota.initial),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _asked(response: ServiceQuotasResponse) -> _Quota:
    params = json.loads(response.body)
    quota = _quotas(response.backend).get((params["ServiceCode"], params["QuotaCode"]))
    if quota is None:
        raise NoSuchResource
    return quota


@method_of(ServiceQuotasResponse)
def get_service_quota(self: ServiceQuotasResponse) -> str:
    """moto knows the VPC's quotas alone."""
    return json.dumps({"Quota": _asked(self)})


@method_of(ServiceQuotasResponse)
def get_aws_default_service_quota(self: ServiceQuotasResponse) -> str:
    """moto lacks the operation."""
    return json.dumps({"Quota": _asked(self)})


@method_of(ServiceQuotasResponse)
def list_service_quotas(self: ServiceQuotasResponse) -> str:
    """moto lacks the operation."""
    service = json.loads(self.body)["ServiceCode"]
    return json.dumps({"Quotas": [quota for (of, _), quota in _quotas(self.backend).items() if of == service]})


@method_of(ServiceQuotasResponse)
def request_service_quota_increase(self: ServiceQuotasResponse) -> str:
    """moto lacks the operation; AWS takes days, and may refuse."""
    quota = _asked(self)
    quota["Value"] = float(json.loads(self.body)["DesiredValue"])
    asked = {name: quota[name] for name in ("ServiceCode", "QuotaCode", "QuotaName")}
    return json.dumps({"RequestedQuota": asked | {"DesiredValue": quota["Value"], "Status": "APPROVED"}})
