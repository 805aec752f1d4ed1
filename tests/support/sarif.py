"""SARIF 2.1.0 as a JSON Schema, as far as logs of landform go."""

# The parts of the SARIF 2.1.0 schema (OASIS) that a log like ours touches, with its own names and limits.
TEXT_SCHEMA = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}
REGION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        name: {"type": "integer", "minimum": 1} for name in ("startLine", "startColumn", "endLine", "endColumn")
    },
}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": -1},
        "message": TEXT_SCHEMA,
        "logicalLocations": {"type": "array", "items": {"required": ["fullyQualifiedName"]}},
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "region": REGION,
                "artifactLocation": {
                    "additionalProperties": False,
                    "properties": {"uri": {"type": "string", "pattern": "^[!#-;=?-Z_a-z~%]*$"}},
                },
            },
        },
    },
}
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT_SCHEMA,
        "locations": {"type": "array", "items": LOCATION},
        "relatedLocations": {"type": "array", "uniqueItems": True, "items": LOCATION},
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "rules": {
            "type": "array",
            "uniqueItems": True,
            "items": {"required": ["id"], "properties": {"shortDescription": TEXT_SCHEMA}},
        }
    },
}
SARIF = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool"],
                "properties": {
                    "tool": {"required": ["driver"], "properties": {"driver": DRIVER}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}
