"""`python -m landform` is `landform`."""

from landform.cli import entry

entry()
