"""Bounds that the configuration and the engine share."""

from __future__ import annotations

from typing import Final

MOST: Final = 250
"""Segments that a watch may have: the number of an event's segment is a byte."""

LEAST_SEGMENT: Final = 500
"""Rows of the reference without which a segment is not watched by itself."""
