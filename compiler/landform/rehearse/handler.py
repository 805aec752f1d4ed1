"""The process of a function: hands each event, a line on standard input, to the handler named as its argument.

Started in the folder of the function's code by `process`, and kept, as Lambda keeps one, for the next event. The answer
is a line on standard output, whatever the handler itself prints: what it returned, or what it raised.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler of the invocation, as far as it is the same everywhere."""

    function_name: str
    function_version: str = "$LATEST"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"


def main() -> None:
    """Answer until the input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    handler: Callable[[Any, Context], Any] | None = None
    for line in sys.stdin:
        try:
            handler = handler or _handler(sys.argv[1])
            answer = {"answer": handler(json.loads(line), Context(os.environ["AWS_LAMBDA_FUNCTION_NAME"]))}
            told = json.dumps(answer)
        except Exception as failure:
            traceback.print_exc()
            told = json.dumps({"error": type(failure).__name__, "message": str(failure)})
        print(told, file=answers, flush=True)


def _handler(name: str) -> Callable[[Any, Context], Any]:
    module, _, function = name.rpartition(".")
    sys.path.insert(0, str(Path.cwd()))
    handler: Callable[[Any, Context], Any] = getattr(importlib.import_module(module.replace("/", ".")), function)
    return handler


if __name__ == "__main__":
    main()
