"""The process of a function: hands one event, on standard input, to the handler named as its argument.

Started in the folder of the function's code by `handlers`; exits with 1 and the reason where the handler fails.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from landform.frozen import dataclass


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler of the invocation, as far as it is the same everywhere."""

    function_name: str
    function_version: str = "$LATEST"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"


def main() -> None:
    """Run the handler."""
    module, _, name = sys.argv[1].rpartition(".")
    sys.path.insert(0, str(Path.cwd()))
    handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    answer = handler(json.load(sys.stdin), Context(os.environ["AWS_LAMBDA_FUNCTION_NAME"]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
