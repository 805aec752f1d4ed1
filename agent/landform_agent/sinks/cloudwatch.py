"""The watch's figures as CloudWatch metrics, once a minute, zeros too: a metric that stops is an alarm of its own."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from landform_agent import aws
from landform_agent.sinks import Carries, DeliveryError
from landform_agent.store import Store

# Every custom metric is billed by the month: these few, the rest on /metrics.
FIGURES: Final = (
    *("up", "healthy", "commit_age_seconds", "outbox", "sinks_down", "accepted_total", "rejected_total"),
    *("duplicates_total", "late_total", "lost_total", "alarms_total", "reject_share", "event_age_seconds", "armed"),
    *("standing", "outbox_age_seconds", "outbox_aside", "label_age_seconds", "label_coverage"),
)
# PutMetricData takes 1,000 metrics a call, none older than two weeks
# (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html, read November 2026).
METRICS: Final = 1_000
OLDEST: Final = 14 * 86_400 - 3_600


class CloudWatchSink:
    """Figures by the minute; those of an outage follow after it."""

    carries: Carries = "metrics"

    def __init__(self, namespace: str, watch: str, region: str, clock: Callable[[], float] = time.time) -> None:
        self.name = f"cloudwatch:{namespace}"
        self._namespace, self._watch, self._clock = namespace, watch, clock
        self._client = aws.client("cloudwatch", region)

    def start(self, store: Store) -> None:
        """A minute that is put twice has the same average, least and most; its sum and its count are not to be used."""

    def deliver(self, store: Store) -> int:
        """Put the oldest minutes."""
        minutes = store.outgoing(self.name, METRICS // len(FIGURES))
        data = [datum for _, body in minutes for datum in self._data(msgspec.json.decode(body))]
        if data:
            try:
                self._client.put_metric_data(Namespace=self._namespace, MetricData=data)
            except aws.FAILURES as failure:
                raise DeliveryError(aws.code(failure)) from failure
        if minutes:
            with store.write():
                store.sent([number for number, _ in minutes])
        return len(minutes)

    def _data(self, minute: dict[str, Any]) -> list[dict[str, Any]]:
        if self._clock() - minute["at"] > OLDEST:
            return []
        return [
            {
                "MetricName": "".join(word.capitalize() for word in name.split("_")),
                "Dimensions": [{"Name": "Watch", "Value": self._watch}],
                "Timestamp": datetime.fromtimestamp(minute["at"], UTC),
                "Value": float(minute["figures"][name]),
            }
            for name in FIGURES
            if math.isfinite(minute["figures"].get(name, math.nan))
        ]
