"""Statements are merged to as few as say exactly the same."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from landform.passes.grant import merge
from landform.plan import Conditions, Statement

ACTIONS = ("s3:GetObject", "s3:ListBucket", "s3:PutObject")
RESOURCES = ("b", "b/*", "b/own/*", "c/*")
CONDITIONS: tuple[Conditions, ...] = (
    {},
    {"StringLike": {"s3:prefix": ("own/*",)}},
    {"StringEquals": {"kms:ViaService": ("s3",)}},
    {"StringLike": {"s3:prefix": ("own/*",)}, "StringEquals": {"kms:ViaService": ("s3",)}},
)

sids = st.sampled_from(["Read", "Read2", "List"])


def statements(resources: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[list[Statement]]:
    one = st.builds(
        Statement,
        sids,
        st.lists(st.sampled_from(ACTIONS), min_size=1, unique=True).map(tuple),
        resources,
        st.sampled_from(CONDITIONS),
    )
    return st.lists(one, max_size=6)


several = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3, unique=True).map(tuple)
single = st.sampled_from(RESOURCES).map(lambda resource: (resource,))


CALLS = [
    (action, resource, frozenset(met))
    for action in ACTIONS
    for resource in ("b", "b/x", "b/own/x", "c/x")
    for met in ((), ("StringLike",), ("StringEquals",), ("StringLike", "StringEquals"))
]
"""A call: what is done to what, and the conditions that it fulfils."""


def admitted(allow: Iterable[Statement]) -> set[tuple[str, str, frozenset[str]]]:
    def matches(pattern: str, name: str) -> bool:
        return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern

    return {
        call
        for call in CALLS
        for s in allow
        if call[0] in s.actions and any(matches(r, call[1]) for r in s.resources) and set(s.conditions) <= call[2]
    }


@given(statements(several))
def test_merging_allows_exactly_the_same(given_: list[Statement]) -> None:
    assert admitted(merge(given_)) == admitted(given_)


@given(statements(single))
def test_nothing_in_a_merged_policy_could_be_dropped(given_: list[Statement]) -> None:
    merged = merge(given_)
    for index, statement in enumerate(merged):
        for action in statement.actions:
            less = replace(statement, actions=tuple(a for a in statement.actions if a != action))
            assert admitted([*merged[:index], less, *merged[index + 1 :]]) < admitted(merged)


@given(statements(several))
def test_every_statement_has_a_sid_of_its_own(given_: list[Statement]) -> None:
    merged = merge(given_)
    assert len({s.sid for s in merged}) == len(merged)
