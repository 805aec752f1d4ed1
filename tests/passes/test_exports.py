"""Tables as inputs: who reads an export, and who makes it before a job starts."""

from __future__ import annotations

import pytest
from support.specs import outcome

TRAINED = """\
data: {{orders: {{kind: table, key: id}}, models: {{kind: bucket}}}}
train:
  tabular:
    {{platform: sagemaker, instance: ml.m5.large, image: {image}, output: models, inputs: {{train: {inputs}}}}}
"""
RETRAINED = """\
serve: {score: {platform: sagemaker, model: train.tabular, instance: ml.c5.large, scale: {min: 2}, capture: 20%}}
drift: {score: {of: serve.score, features: {amount: numeric}, then: {retrain: train.tabular, accept: auc >= champion}}}
"""
EXPORT = "{from: orders, via: models}"
PYTORCH = "pytorch-2.10, command: run"


def said(image: str, inputs: str, more: str = "") -> list[tuple[tuple[str | int, ...], str]]:
    """What is said of the exports of a training: where, and what."""
    found = outcome(TRAINED.format(image=image, inputs=inputs) + more).found
    return [(d.path, d.message) for d in found if "export" in d.message or "reads no" in d.message]


@pytest.mark.parametrize(
    ("image", "inputs", "read"),
    [
        ("xgboost-1.7", EXPORT, False),
        ("xgboost-1.7, command: run", EXPORT, True),
        (PYTORCH, EXPORT, True),
        ("xgboost-1.7", "{from: models, prefix: train/, format: csv}", True),
    ],
)
def test_an_algorithm_of_sagemaker_reads_no_export(image: str, inputs: str, read: bool) -> None:
    found = [path for path, message in said(image, inputs) if "reads no DynamoDB JSON" in message]
    assert found == ([] if read else [("train", "tabular", "inputs", "train", "from")])


def test_a_loop_starts_no_job_before_which_a_table_must_be_exported() -> None:
    path = ("train", "tabular", "inputs", "train", "from")
    told = "the loop of drift.score starts train.tabular, and nobody exports data.orders before."
    assert said(PYTORCH, EXPORT, RETRAINED) == [(path, told)]
    assert said(PYTORCH, EXPORT) == []
    assert said(PYTORCH, "{from: models, prefix: train/}", RETRAINED) == []
