"""`landform schema`: the JSON Schema of the language, for editors."""

import json
from argparse import Namespace

from landform.spec.schema import json_schema


def run(options: Namespace) -> int:
    """Print the schema."""
    del options
    print(json.dumps(json_schema(), indent=2))
    return 0
