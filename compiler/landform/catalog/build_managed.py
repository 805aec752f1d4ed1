"""Build the catalog of SageMaker: ``python -m landform.catalog.build_managed --images DIR --images-date DATE``.

Offline and repeatable. In: `DIR`, the folder `sagemaker/core/image_uri_config` of an unpacked wheel of sagemaker-core
(AWS's own table of container images, Apache-2.0), and the service model of the installed botocore, which lists the
instance types that SageMaker takes. Out: `managed.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from landform.catalog.managed import FILE

# Framework → the oldest version that is worth offering: what is older has long had its last patch.
_SINCE = {"xgboost": (1, 5), "sklearn": (1, 2), "pytorch": (2, 6), "tensorflow": (2, 18)}


def build(images: Path, dated: str) -> dict[str, Any]:
    """Return the catalog of SageMaker: instance types by what they are for, images, and the accounts that hold them."""
    import botocore
    import botocore.session

    model = botocore.session.Session().get_service_model("sagemaker")
    registries: list[Mapping[str, str]] = []
    trained, served = (
        {
            name: entry
            for framework in sorted(_SINCE)
            for name, entry in _images(framework, _config(images, framework, scope), registries)
        }
        for scope in ("training", "inference")
    )
    return {
        "sources": {
            "images": f"sagemaker-core, image_uri_config, {dated}",
            "types": f"botocore {botocore.__version__}, service model of SageMaker",
        },
        "training": _types(model, "TrainingInstanceType"),
        "hosting": _types(model, "ProductionVariantInstanceType"),
        "registries": registries,
        "images": trained,
        "serving": served,
    }


def _config(images: Path, framework: str, scope: str) -> Mapping[str, Any]:
    config: Mapping[str, Any] = json.loads((images / f"{framework}.json").read_text())[scope]
    return config


def _types(model: Any, shape: str) -> list[str]:
    return sorted(name.removeprefix("ml.") for name in model.shape_for(shape).enum)


def _images(
    framework: str, config: Mapping[str, Any], registries: list[Mapping[str, str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the images of a framework under the names that specs use: ``pytorch-2.10``; of equal names the newest.

    A version for one Python comes before those for the usual one, so that it counts only where it stands alone.
    """
    for version, entry in sorted(config["versions"].items(), key=lambda named: "-py" not in named[0]):
        numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2])
        if numbers < _SINCE[framework]:
            continue
        if entry["registries"] not in registries:
            registries.append(entry["registries"])
        tags = {
            processor: "-".join((version, *([processor] if suffixed else ()), *entry.get("py_versions", ())))
            for processor, suffixed in _processors(config, entry)
        }
        name = f"{framework}-{numbers[0]}.{numbers[1]}"
        yield name, {"repository": entry["repository"], "registry": registries.index(entry["registries"]), "tags": tags}


def _processors(config: Mapping[str, Any], entry: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return what an image is for; one that does not say so is for CPUs, and its tag does not say it either."""
    named = entry.get("processors") or config.get("processors")
    return [(processor, True) for processor in named] if named else [("cpu", False)]


def main() -> None:
    """Write `managed.json`."""
    parser = argparse.ArgumentParser(prog="python -m landform.catalog.build_managed", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, help="folder image_uri_config of sagemaker-core")
    parser.add_argument("--images-date", required=True, help="the day that wheel was made: 2026-10-21")
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    text = json.dumps(build(options.images, options.images_date), indent=1, sort_keys=True)
    options.out.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
