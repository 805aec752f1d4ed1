"""Texts that patterns fit or do not fit together: one for each way in which some of them do and the others do not.

All patterns read a text at once, letter by letter, and which places of each have been reached is all that counts of
what was read. Of letters that no pattern spells one stands for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from landform.proof.patterns import MANY_WITHIN, ONE_WITHIN, PolicyError, Tokens

MOST: Final = 4_000
"""How many ways to have read a beginning are followed."""
_MANY: Final = ("*", MANY_WITHIN)
_WITHIN: Final = (MANY_WITHIN, ONE_WITHIN)
_Places = tuple[frozenset[int], ...]


@lru_cache(maxsize=4096)
def fitting(patterns: tuple[Tokens, ...], start: str = "") -> tuple[str, ...]:
    """Return texts that begin in a given way and go on, the shortest of each kind.

    Raises PolicyError where patterns overlap in too many ways.
    """
    places: _Places = tuple(_after_any(p, {0}) for p in patterns)
    for letter in start:
        places = _read(patterns, places, letter)
    letters = _letters(patterns, places)
    seen, found = {places}, dict[tuple[bool, ...], str]()
    waiting = deque([(places, start)])
    while waiting:
        here, text = waiting.popleft()
        for letter in letters:
            there = _read(patterns, here, letter)
            found.setdefault(tuple(len(p) in at for p, at in zip(patterns, there, strict=True)), text + letter)
            if there not in seen:
                seen.add(there)
                waiting.append((there, text + letter))
        if len(seen) > MOST:
            raise PolicyError("its patterns overlap in too many ways to be told apart")
    return tuple(found.values())


def _letters(patterns: tuple[Tokens, ...], places: _Places) -> list[str]:
    """What is spelt from here on, and something that is not."""
    ahead = (p[min(at) :] for p, at in zip(patterns, places, strict=True) if at)
    spelt = {letter for tokens in ahead for letter in tokens if letter not in ("*", "?", *_WITHIN)} | {":"}
    return [next(letter for letter in map(chr, _ORDINARY) if letter not in spelt), *sorted(spelt)]


_ORDINARY: Final = (*range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1), *range(256, 1024))


def _read(patterns: tuple[Tokens, ...], places: _Places, letter: str) -> _Places:
    return tuple(_after_any(p, _onward(p, at, letter)) if at else at for p, at in zip(patterns, places, strict=True))


def _onward(pattern: Tokens, places: frozenset[int], letter: str) -> Iterator[int]:
    for place in places:
        token = pattern[place] if place < len(pattern) else ""
        if token == letter or (token in ("*", "?", *_WITHIN) and not (token in _WITHIN and letter == ":")):
            yield place if token in _MANY else place + 1


def _after_any(pattern: Tokens, places: Iterator[int] | set[int]) -> frozenset[int]:
    """Add the places behind asterisks, which may stand for nothing."""
    found = set(places)
    waiting = list(found)
    while waiting:
        place = waiting.pop()
        if place < len(pattern) and pattern[place] in _MANY and place + 1 not in found:
            found.add(place + 1)
            waiting.append(place + 1)
    return frozenset(found)
