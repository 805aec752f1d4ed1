"""What an alarm says: evidence within the bounds of privacy, severity, incidents, and the two of operation."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.engine import Alarm, Season, Settings, fit, schema_alarm, silence_alarm
from landform_agent.engine.alarms import Evidence

REFERENCE, CHANGE, END = 5_000, 6_000, 9_000


def first(settings: Settings, numeric: dict[str, np.ndarray], names: np.ndarray | None = None) -> Alarm:  # type: ignore[type-arg]
    stream = block(numeric, None if names is None else {"country": names})
    alarms = fit(stream.slice(0, REFERENCE), settings).update(stream.slice(REFERENCE, END)).alarms
    return next(alarm for alarm in alarms if alarm.state == "raised")


def shifted(size: float, names: str = "ab") -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    numeric = normal(1, END, names)
    numeric["a"][CHANGE:] += size
    return numeric


def test_the_evidence_shows_before_and_now_the_distance_and_the_share_of_traffic() -> None:
    evidence = first(Settings(features={"a": "numeric", "b": "numeric"}), shifted(1.0)).evidence
    before, now, bins = (evidence[name] for name in ("before", "now", "bins"))
    assert isinstance(before, list) and isinstance(now, list) and isinstance(bins, list)
    assert sum(map(float, before)) == pytest.approx(1, abs=0.01)
    assert sum(map(float, now)) == pytest.approx(1, abs=0.01)
    assert float(now[-1]) > 2 * float(before[-1])
    assert float(str(evidence["psi"])) > 0.2
    assert (evidence["share"], evidence["moved"]) == (1.0, ["a"])


def test_the_bins_of_a_number_hold_a_tenth_each_or_a_value_of_few() -> None:
    """Codes between the outermost quantiles and what is absurd took up bins, and hold next to nothing."""
    numeric = shifted(1.0)
    before = first(Settings(features={"a": "numeric"}), numeric).evidence["before"]
    assert before == pytest.approx([0.1] * 10, abs=0.01)
    numeric["a"] = np.random.default_rng(2).poisson(4, END).astype(np.float64)
    numeric["a"][CHANGE:] += 2
    evidence = first(Settings(features={"a": "numeric"}), numeric).evidence
    assert evidence["bins"] == [str(number) for number in range(1, 10)]


def test_all_that_moved_is_named_the_farthest_first() -> None:
    numeric = shifted(1.5, "abcd")
    numeric["c"][CHANGE:] += 0.9
    alarm = first(Settings(features=dict.fromkeys("abcd", "numeric")), numeric)
    assert alarm.feature == "a"
    assert alarm.evidence["moved"] in (["a", "c"], ["a"])
    assert "b" not in msgspec.to_builtins(alarm.evidence["moved"])


@pytest.mark.parametrize(("size", "severity"), [(0.16, "warning"), (1.0, "critical")])
def test_a_change_of_twice_the_least_effect_is_critical(size: float, severity: str) -> None:
    numeric = normal(12, 30_000, "a")
    numeric["a"][12_000:] += size
    stream = block(numeric)
    bank = fit(stream.slice(0, 10_000), Settings(features={"a": "numeric"}))
    alarms = bank.update(stream.slice(10_000, 30_000)).alarms
    assert [alarm.severity for alarm in alarms if alarm.state == "raised"][:1] == [severity]


def test_an_alarm_is_small_and_names_few_categories_whatever_the_column_holds() -> None:
    random = np.random.default_rng(4)
    many = np.array([f"{'n' * 200}{number}" for number in range(3_000)], np.object_)
    names = many[(3_000 * random.random(END) ** 6).astype(np.int64)]
    names[CHANGE:] = many[(3_000 * random.random(END - CHANGE) ** 2).astype(np.int64)]
    alarm = first(Settings(features={"a": "numeric", "country": "categorical"}), shifted(0.0), names)
    assert alarm.feature == "country"
    assert len(msgspec.json.encode(alarm)) < 16_384
    bins = alarm.evidence["bins"]
    assert isinstance(bins, list) and len(bins) <= 12


def test_of_a_sensitive_feature_only_distances_leave() -> None:
    names = np.concatenate([countries(5, CHANGE), countries(6, END - CHANGE, (0.1, 0.1, 0.8))])
    settings = Settings(features={"country": "categorical"}, sensitive=frozenset(["country"]))
    evidence = first(settings, normal(7, END, "a"), names).evidence
    assert not {"bins", "before", "now", "category"} & set(evidence)
    assert float(str(evidence["psi"])) > 0.2
    assert b"IT" not in msgspec.json.encode(evidence)


def test_alarms_within_a_season_are_one_incident_and_later_ones_another() -> None:
    numeric = normal(8, 20_000)
    numeric["a"][6_000:] += 1.0
    numeric["b"][6_100:] += 1.0
    numeric["c"][14_000:] += 1.0
    stream = block(numeric)
    settings = Settings(features=dict.fromkeys("abc", "numeric"), season=Season(1_000, "seconds"))
    told = fit(stream.slice(0, REFERENCE), settings).update(stream.slice(REFERENCE, 20_000)).alarms
    incidents = {alarm.feature: alarm.incident for alarm in told if alarm.state == "raised" and alarm.feature}
    assert incidents["a"] == incidents["b"] != incidents["c"]
    assert incidents["a"] in {alarm.id for alarm in told}


def test_operation_has_alarms_of_its_own_with_stable_ids() -> None:
    settings = Settings(features={"a": "numeric"}, watch="score", model="fraud")
    evidence: Evidence = {"reason": "one column more"}
    one = schema_alarm(settings, "v1", 100, 5.0, 1, 4.0, 100.0, 100.0, evidence)
    again = schema_alarm(settings, "v1", 170, 9.0, 1, 4.0, 170.0, 100.0, evidence)
    quiet = silence_alarm(settings, "v1", 100, 5.0, 1, 4.0, 1_000.0, 900.0, {})
    assert (one.kind, one.channel, one.feature, one.watch, one.model) == ("schema", "data", None, "score", "fraud")
    assert one.id == again.id != quiet.id
    assert quiet.kind == "silence"
