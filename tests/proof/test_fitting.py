"""One text for each way in which patterns fit together."""

import re
from fnmatch import fnmatchcase
from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.proof.fitting import fitting
from landform.proof.patterns import PolicyError, free, narrow_pattern, narrow_tokens, resource_pattern, resource_tokens

TEXTS = st.lists(st.text("ab*?", min_size=1, max_size=4), min_size=1, max_size=3, unique=True)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_way_in_which_short_texts_fit_is_there(patterns: list[str]) -> None:
    def fits(text: str) -> tuple[bool, ...]:
        return tuple(free(p).fullmatch(text) is not None for p in patterns)

    found = fitting(tuple(map(tuple, patterns)))
    short = {fits("".join(letters)) for length in range(1, 6) for letters in product("abc", repeat=length)}
    assert short <= set(map(fits, found))
    assert len(found) == len(set(map(fits, found)))


@settings(max_examples=300, deadline=None)
@given(st.text("ab:*?", max_size=8), st.text("ab:", max_size=8))
def test_a_text_fits_a_pattern_as_file_names_do(pattern: str, text: str) -> None:
    assert (free(pattern).fullmatch(text) is not None) is fnmatchcase(text, pattern)


@settings(max_examples=300, deadline=None)
@given(st.text("a:*?", max_size=8), st.text("a:", max_size=10))
def test_an_arn_fits_a_pattern_as_it_would_with_every_place_tried(pattern: str, text: str) -> None:
    for read, compiled in ((resource_tokens, resource_pattern), (narrow_tokens, narrow_pattern)):
        try:
            tokens = read(f"arn:{pattern}:*")
        except PolicyError:
            continue
        classes = {"*": ".*", "?": ".", "*:": "[^:]*", "?:": "[^:]"}
        tried = "".join(classes.get(token) or re.escape(token) for token in tokens)
        expected = re.fullmatch(tried, f"arn:{text}:a", re.DOTALL) is not None
        assert (compiled(f"arn:{pattern}:*").fullmatch(f"arn:{text}:a") is not None) is expected


def test_many_asterisks_are_soon_read() -> None:
    began = process_time()
    assert free("*a" * 40).fullmatch("a" * 60 + "b") is None
    assert process_time() - began < 1


def test_a_text_begins_as_it_is_told_and_goes_on() -> None:
    tokens = tuple(map(resource_tokens, ("arn:aws:s3:::data/raw/*", "arn:aws:s3:::other/*", "arn:aws:s3:::*")))
    found = fitting(tokens, "arn:aws:s3:::data/")
    assert sorted(found) == ["arn:aws:s3:::data/b", "arn:aws:s3:::data/raw/"]


def test_a_wildcard_within_a_segment_takes_no_colon() -> None:
    text = "arn:aws:sqs:*-1:1:a"
    fits = [resource_pattern(text).fullmatch(each) is not None for each in fitting((resource_tokens(text),))]
    assert sorted(fits) == [False, True]


def test_what_overlaps_in_too_many_ways_is_said() -> None:
    with pytest.raises(PolicyError, match="too many ways"):
        fitting(tuple(tuple(f"*{letter}*") for letter in "abcdefghijklm"))
