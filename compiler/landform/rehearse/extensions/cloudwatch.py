"""CloudWatch: composite alarms, whose rules name alarms that are there."""

from __future__ import annotations

import re

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from landform.rehearse.extensions import method_of

_NAMED = re.compile(r'(?:ALARM|OK|INSUFFICIENT_DATA)\("([^"]+)"\)')


@method_of(CloudWatchResponse)
def put_composite_alarm(self: CloudWatchResponse) -> ActionResult:
    """moto has no composite alarms; AWS refuses a rule that names what is not there."""
    rule = self._get_param("AlarmRule")
    missing = [name for name in _NAMED.findall(rule) if name not in self.cloudwatch_backend.alarms]
    if missing:
        raise ValidationError(f"AlarmRule names {missing[0]}, which does not exist.")
    answer = self.put_metric_alarm()
    vars(self.cloudwatch_backend.alarms[self._get_param("AlarmName")])["alarm_rule"] = rule
    return answer


_delete_alarms = CloudWatchBackend.delete_alarms


@method_of(CloudWatchBackend)
def delete_alarms(self: CloudWatchBackend, alarm_names: list[str]) -> None:
    """moto deletes alarms that a composite alarm still names; AWS refuses that."""
    ruling: list[Alarm] = [a for a in self.alarms.values() if a.rule and a.name not in alarm_names]
    for alarm in ruling:
        still = set(_NAMED.findall(alarm.rule or "")) & set(alarm_names)
        if still:
            raise ValidationError(f"Cannot delete {min(still)} as there are composite alarm(s) depending on it.")
    _delete_alarms(self, alarm_names)
