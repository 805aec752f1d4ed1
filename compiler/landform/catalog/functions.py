"""AWS Lambda: its runtimes, and what it counts.

Read 2026-11-23. Sources: Lambda developer guide, "Lambda runtimes" and "Lambda quotas"
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), "Using Lambda environment variables",
and for queues "Using Lambda with Amazon SQS". Runtimes: those that need no build and that AWS provider 5.100 knows.
"""

from typing import Final, Literal

Runtime = Literal["python3.11", "python3.12", "python3.13", "nodejs22.x"]

SOURCES: Final[dict[str, tuple[str, ...]]] = {"python": (".py", "/__init__.py"), "nodejs": (".js", ".mjs", ".cjs")}
"""Language of a runtime → what stands behind the name of the module that holds the handler."""

LEAST_MEMORY: Final = 128
MOST_MEMORY: Final = 10_240
"""MiB that a function can have."""

MOST_SECONDS: Final = 900
"""The longest that one invocation lasts."""

MOST_ZIP_BYTES: Final = 52_428_800
"""An archive of code that is sent with the function (50 MB)."""

MOST_ENVIRONMENT_BYTES: Final = 4_096
"""Names and values of all environment variables together (4 KB)."""

RESERVED_VARIABLES: Final = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
"""Variables that Lambda sets itself, and refuses to be told."""

VISIBILITY: Final = 6
"""A queue should hide a message for so many times the function's timeout: Lambda tries again when it is throttled."""

MOST_BATCH: Final = 10_000
MOST_BATCH_AT_ONCE: Final = 10
"""Messages of a batch; more than the second only where Lambda waits for them."""

LEAST_POLLED: Final = 2
"""Invocations at once that a queue's messages are fetched for, at least (Lambda API, ScalingConfig; 2026-11-30)."""

MOST_WAIT: Final = 300
"""Seconds that Lambda gathers messages for one batch."""
