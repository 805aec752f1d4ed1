"""The section `drift`: its shorthands, what is refused and with which remedy."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from landform.spec.drift import PAGED, RETRAINABLE, Acceptance, Canary, Watch

THEN = {"retrain": "train.tabular", "accept": "recall >= champion - 0.01"}
WATCH: dict[str, Any] = {
    "of": "serve.score",
    "baseline": {"rows": 5000, "span": "2d", "from": "train.tabular"},
    "columns": ["amount", "country"],
    "features": {"amount": {"kind": "numeric"}, "country": {"kind": "categorical"}},
    "prediction": "probability",
    "labels": {"from": "transactions", "prefix": "labels/", "lag": "14d"},
    "season": "1d",
    "false_alarms": "1 per 30d",
    "then": {
        "retrain": "train.tabular",
        "on": ["shift", "spread", "category", "correlation", "performance"],
        "min_labelled": 1000,
        "accept": "recall >= champion - 0.01",
        "deploy": "canary 10% for 30m",
        "rest": "24h",
    },
}
"""The example of the language."""


def watch(**keys: Any) -> Watch:
    return Watch.model_validate({k: v for k, v in {**WATCH, **keys}.items() if v is not None})


def test_the_example_of_the_language_is_read() -> None:
    own = watch()
    assert own.baseline.from_ == "train.tabular"
    assert own.labels and own.labels.lag == 14 * 86_400
    assert own.then
    assert own.then.accept == Acceptance("recall", ">=", True, -0.01)
    assert own.then.deploy == Canary(10, 1_800)
    assert own.then.rest == 86_400


def test_what_says_nothing_has_a_default() -> None:
    own = watch(then=THEN, baseline=None, labels=None, season=None, false_alarms=None)
    assert own.false_alarms == "1 per 30d"
    assert own.baseline.rows == 5_000
    assert own.then
    assert own.then.on == RETRAINABLE
    assert own.then.deploy == Canary(10, 1_800)


def test_a_word_is_the_kind_of_a_feature_and_of_a_prediction() -> None:
    long = watch(prediction={"kind": "probability"})
    assert watch(features={"amount": "numeric", "country": "categorical"}) == watch() == long


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("recall >= champion", Acceptance("recall", ">=", True, 0)),
        ("recall > champion + 0.01", Acceptance("recall", ">", True, 0.01)),
        ("loss <= champion - 0.5", Acceptance("loss", "<=", True, -0.5)),
        ("auc >= 0.9", Acceptance("auc", ">=", False, 0.9)),
        ("score-2 < -3", Acceptance("score-2", "<", False, -3)),
    ],
)
def test_a_comparison_is_read_and_written_alike(text: str, meant: Acceptance) -> None:
    own = watch(then={**THEN, "accept": text}).then
    assert own and own.accept == meant
    assert str(meant) == text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"of": "score"}, "'score' is not a service: write it like serve.score"),
    ({"season": 1}, "1 has no unit: write 1 events or 1d"),
    ({"season": "1 day"}, "'1 day' is not a time or a number of events: write it like 1d"),
    ({"false_alarms": "1 in 30d"}, "'1 in 30d' is not a rate: write it like 1 per 30d"),
    ({"labels": {"from": "transactions"}}, "nothing says how late a label may come"),
    ({"prediction": None}, "there is nothing that `labels` could judge: add `prediction: probability`"),
    ({"columns": ["amount", "amount"]}, "a name stands twice in `columns`"),
    ({"segments": {"by": "amount"}}, "`amount` is no categorical feature"),
    ({"segments": {"by": "region"}}, "`region` is no categorical feature"),
    (
        {"segments": {"by": "country"}, "features": {"country": {"kind": "categorical", "class": "pii"}}},
        "`country` is sensitive",
    ),
    ({"season": None, "baseline": {"span": "2 seasons"}}, "`baseline` counts seasons"),
    ({"then": {**THEN, "retrain": "tabular"}}, "'tabular' is not a training: write it like train.tabular"),
    ({"then": {**THEN, "accept": "recall better"}}, "is not a comparison with the champion"),
    ({"then": {**THEN, "accept": "recall >= champion * 2"}}, "write it like recall >= champion - 0.01"),
    ({"then": {**THEN, "deploy": "canary 60% for 30m"}}, "a canary of 60% is none that SageMaker makes"),
    ({"then": {**THEN, "deploy": "canary 10% for 2h"}}, "SageMaker observes a canary for at most 1h, not 2h"),
    ({"then": {**THEN, "deploy": "at once"}}, "'at once' is not a way to deploy: write it like canary 10% for 30m"),
    ({"then": {**THEN, "rest": 24}}, "24 has no unit: write 24m, 24h or 24d"),
    *(({"then": {**THEN, "on": [kind]}}, f"`{kind}` says that the data are broken") for kind in PAGED),
]


@pytest.mark.parametrize(("keys", "said"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_what_does_not_fit_is_refused_with_a_remedy(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as failure:
        watch(**keys)
    assert said in str(failure.value)
