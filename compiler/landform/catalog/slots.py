"""The place of every region in a system's address space.

Append only: a slot decides which block of addresses a region gets, so one that moved would renumber standing
networks. Slots stay below 64. The list holds the commercial regions that moto 5.2.5 (2026-10-27) knows; those
that it has no offerings for hold their place until `landform catalog refresh` records them.
"""

from __future__ import annotations

_REGIONS = (
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-2",
    "us-west-1",
)

SLOTS = {region: slot for slot, region in enumerate(_REGIONS)}
