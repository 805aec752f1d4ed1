"""Formats of events: lines of bytes become columns, and what cannot be read gets a reason."""
