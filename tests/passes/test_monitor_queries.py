"""Saved queries: a filter over one log group, and nothing that would leave it."""

from __future__ import annotations

import pytest
from support.watches import one, watched

from landform.passes.monitor.queries import expression, quoted
from landform.spec.condition import TextError


def test_a_query_is_a_filter_over_one_log_group() -> None:
    own = "  queries: {failures: {of: machines.box, where: 'level = \"ERROR | ${x}\"', count_by: exception kind}}\n"
    (query,) = one(watched(own).sound).queries
    assert query.log_group == "/landform/demo/development/machines/box"
    assert query.text == (
        "fields @timestamp, @message\n"
        '| filter level = "ERROR | ${x}"\n'
        "| stats count(*) as hits by `exception kind`\n"
        "| sort hits desc\n"
        "| limit 100"
    )


@pytest.mark.parametrize(
    "text",
    ['a = "|"', "a = '#'", "message like /a|b/", "`a|b` = 1", 'a = "\\"|"', "f(a, /x#y/) and (b or c)", "a / b > 2"],
)
def test_what_stands_in_quotes_is_text(text: str) -> None:
    assert expression(text) == text


@pytest.mark.parametrize("text", ["a | b", "a # b", 'a = "', "(a", "a)", 'a = "\\"', "a / b | c", "a like /x"])
def test_what_would_leave_the_filter_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        expression(text)


def test_a_line_break_does_not_begin_a_command() -> None:
    assert expression("a = 1\nand b = 2") == "a = 1 and b = 2"


def test_a_name_cannot_leave_its_back_ticks() -> None:
    assert quoted("a` | delete `b") == "`a | delete b`"
    assert quoted("@message") == "@message"
