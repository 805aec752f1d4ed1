"""Bounds that the configuration and the engine share."""

from __future__ import annotations

from typing import Final

MOST: Final = 250
"""Segments that a watch may have: the number of an event's segment is a byte."""
