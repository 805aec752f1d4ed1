"""The section `budget`: what a month may cost, and who is told when it does not."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from landform.spec.model import Model, Text
from landform.spec.units import Money, fault

MOST_ADDRESSES = 10
"""Addresses of one notification (AWS Billing user guide, "Quotas and restrictions", AWS Budgets, read 2026-11-29)."""


def _address(value: str) -> str:
    local, at, domain = value.partition("@")
    if not (local and at and "." in domain) or "@" in domain or any(c.isspace() for c in value) or len(value) > 254:
        raise fault(f"{value!r} is not an e-mail address: write it like risk-ml@example.com")
    return value


def _reached(addresses: tuple[str, ...]) -> tuple[str, ...]:
    if len(addresses) > MOST_ADDRESSES:
        raise fault(
            f"AWS Budgets tells {MOST_ADDRESSES} addresses at most, not {len(addresses)}: name a list of people"
        )
    if len(set(addresses)) < len(addresses):
        raise fault("an address stands twice in `notify`: leave one out")
    return addresses


class Budget(Model):
    """A limit of a calendar month, watched by AWS Budgets and by `landform check`.

    It counts what the account costs; with `by_tag: active`, what carries the tag of the system, once the tag is active.
    """

    monthly: Money
    notify: Annotated[
        tuple[Annotated[Text, AfterValidator(_address)], ...],
        Field(strict=False, min_length=1, json_schema_extra={"maxItems": MOST_ADDRESSES}),
        AfterValidator(_reached),
    ]
    by_tag: Literal["active"] | None = None
