"""JSON as every file of the output has it."""

import json


def written(document: object) -> bytes:
    """Return JSON as every file of the output has it: sorted, two spaces, a last line feed."""
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
