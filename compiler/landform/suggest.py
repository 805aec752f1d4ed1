"""What a misspelt name was meant to be."""

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the known names that come nearest, the best first; none where nothing is near."""
    # Imported here: most specs misspell nothing, and `check` is to be quick.
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=most, cutoff=0.6)
