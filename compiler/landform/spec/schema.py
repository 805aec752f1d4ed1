"""The JSON Schema of the language, made from the models."""

from typing import Any

from landform.spec.names import NAME
from landform.spec.system import System


def json_schema() -> dict[str, Any]:
    """Return the schema that editors check specs with; it admits every shorthand that the compiler admits."""
    schema = System.model_json_schema(by_alias=True)
    for section in ("data", "machines", "train", "serve", "functions", "secrets", "drift"):
        schema["properties"][section]["propertyNames"] = {"pattern": f"^{NAME}$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "landform spec, version 1",
        **{key: value for key, value in schema.items() if key != "title"},
    }
