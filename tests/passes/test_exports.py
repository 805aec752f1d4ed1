"""Tables as inputs: who reads an export."""

from __future__ import annotations

import pytest
from support.specs import outcome

TRAINED = """\
data: {{orders: {{kind: table, key: id}}, models: {{kind: bucket}}}}
train:
  tabular:
    {{platform: sagemaker, instance: ml.m5.large, image: {image}, output: models, inputs: {{train: {inputs}}}}}
"""
EXPORT = "{from: orders, via: models}"
PYTORCH = "pytorch-2.10, command: run"


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
    told = outcome(TRAINED.format(image=image, inputs=inputs)).found
    found = [d.path for d in told if "reads no DynamoDB JSON" in d.message]
    assert found == ([] if read else [("train", "tabular", "inputs", "train", "from")])
