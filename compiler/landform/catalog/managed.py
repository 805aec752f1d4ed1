"""What SageMaker takes: instance types by purpose, and container images by region.

The facts are those of `managed.json`, which says where they come from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

FILE: Final = Path(__file__).parent / "managed.json"

OWN_METRICS: Final = {"sagemaker-xgboost": "validation:"}
"""Repository of a built-in algorithm → how the names of those of its own metrics begin that a search can aim at.

CreateTrainingJob refuses MetricDefinitions of such an image, for it brings its own. SageMaker developer guide, "Use
Amazon SageMaker AI Built-in Algorithms", "Tune an XGBoost Model: metrics computed by the XGBoost algorithm" (read
2026-11-29). scikit-learn, PyTorch and TensorFlow are frameworks and take what they are given.
"""

Purpose = Literal["training", "hosting"]
Processor = Literal["cpu", "gpu"]


def managed_types(purpose: Purpose) -> tuple[str, ...]:
    """Return the instance types that SageMaker takes for a purpose, without their prefix ``ml.``."""
    return tuple(_facts()[purpose])


def containers(purpose: Purpose = "training") -> tuple[str, ...]:
    """Return the names of the framework images for a purpose: ``xgboost-1.7``."""
    return tuple(_images(purpose))


def processors(image: str, purpose: Purpose = "training") -> tuple[str, ...]:
    """Return what an image exists for: ``cpu``, ``gpu``."""
    return tuple(_images(purpose)[image]["tags"])


def container(image: str, region: str, processor: Processor, purpose: Purpose = "training") -> str | None:
    """Return the URI of a framework's image in a region; None where AWS does not keep it there.

    Raises:
        KeyError: there is no such image, or not for such a processor.
    """
    entry = _images(purpose)[image]
    account = _facts()["registries"][entry["registry"]].get(region)
    if account is None:
        return None
    return f"{account}.dkr.ecr.{region}.amazonaws.com/{entry['repository']}:{entry['tags'][processor]}"


def own_metrics(uri: str) -> str | None:
    """Return how the metrics of a built-in algorithm's image begin; None for an image that brings none."""
    host, _, path = uri.partition("/")
    account = host.partition(".")[0]
    if not any(account in registry.values() for registry in _facts()["registries"]):
        return None
    return OWN_METRICS.get(path.partition(":")[0])


def _images(purpose: Purpose) -> Mapping[str, Any]:
    images: Mapping[str, Any] = _facts()["images" if purpose == "training" else "serving"]
    return images


@lru_cache(maxsize=1)
def _facts() -> Mapping[str, Any]:
    facts: dict[str, Any] = json.loads(FILE.read_bytes())
    return facts
