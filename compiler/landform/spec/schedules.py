"""Times at which something happens by itself."""

import re
from typing import Annotated

from pydantic import AfterValidator

from landform.spec.model import Text
from landform.spec.units import fault


def _schedule(value: str) -> str:
    rate = re.fullmatch(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)", value)
    if rate and (int(rate[1]) > 1) != bool(rate[3]):
        unit = rate[2] + ("s" if int(rate[1]) > 1 else "")
        raise fault(f"{value!r} has the wrong number: write rate({rate[1]} {unit})")
    fields = re.fullmatch(r"cron\(([^()]+)\)", value)
    if not rate and not (fields and len(fields[1].split()) == 6):
        raise fault(f"{value!r} is no schedule: write rate(5 minutes) or cron(0 3 ? * SUN *), which has six fields")
    if fields and "?" not in (fields[1].split()[2], fields[1].split()[4]):
        raise fault(f"{value!r} names days twice: write ? for the day of the month or of the week")
    return value


Schedule = Annotated[Text, AfterValidator(_schedule)]
"""A time, or an interval: ``cron(0 3 ? * SUN *)``, ``rate(12 hours)``."""
