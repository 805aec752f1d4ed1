"""What AWS refuses when it is applied, and the embedded AWS accepts: found in the plan, before anybody waits for it.

Each rule is dated by this module: as of 2026-11. docs/refusals.md is written from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from landform.catalog.quotas import ADDRESSES
from landform.diagnostics import Diagnostic, error, warning
from landform.proof.planned import Resource
from landform.scan.refusals import compute, names, network, stores
from landform.scan.refusals.model import Refusal
from landform.scan.subject import Subject

DATED: Final = "2026-11"
REFUSALS: Final[tuple[Refusal, ...]] = (*names.REFUSALS, *stores.REFUSALS, *network.REFUSALS, *compute.REFUSALS)


def refused(subject: Subject) -> Iterator[Diagnostic]:
    """Apply every rule: a green rehearsal proves nothing about what is in this list."""
    for refusal in REFUSALS:
        for resource, why in refusal.find(subject):
            found = error(
                "LF0817",
                subject.places.path(resource.address),
                f"{resource.address} {why} ({refusal.name}).",
                f"AWS refuses it when it is applied: {refusal.says} ({refusal.source}).",
            )
            yield replace(found, rule=refusal.name)


def many_addresses(subject: Subject) -> Iterator[Diagnostic]:
    """An account begins with few public addresses in a region; it may have been given more, which no plan shows."""
    most = int(ADDRESSES.initial)
    by_region: dict[str, list[Resource]] = {}
    for address in subject.planned.of_type("aws_eip"):
        by_region.setdefault(address.region, []).append(address)
    for region, several in by_region.items():
        if len(several) > most:
            found = several[most].address
            fact = f"{found} is one of {len(several)} public addresses in {region}: an account begins with {most}."
            remedy = "`landform preflight` says how many this account may have."
            yield replace(warning("LF0817", subject.places.path(found), fact, remedy), rule="public-addresses")
