"""CloudWatch: composite alarms, whose rules name alarms that are there, and alarms that ring by what is put."""

from __future__ import annotations

import re
from operator import ge, gt, le, lt
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from landform.rehearse.extensions import method_of

_OVER = {
    "GreaterThanThreshold": gt,
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}
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


_put_metric_data = CloudWatchBackend.put_metric_data


@method_of(CloudWatchBackend)
def put_metric_data(self: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """moto looks at no metric; here an alarm on a metric of the system's own goes by each value as it comes."""
    _put_metric_data(self, namespace, metric_data)
    for datum in metric_data:
        named = {each["Name"]: each["Value"] for each in datum.get("Dimensions", ())}
        for alarm in self.alarms.values():
            over = _OVER.get(alarm.comparison_operator or "")
            its_own = {each.name: each.value for each in alarm.dimensions}
            if (
                over
                and "Value" in datum
                and (alarm.namespace, alarm.metric_name, its_own) == (namespace, datum["MetricName"], named)
            ):
                state = "ALARM" if over(float(datum["Value"]), float(alarm.threshold)) else "OK"
                alarm.update_state(f"the value is {datum['Value']}", "{}", state)
