"""Alarms at a terminal: readable, bounded, and without power over it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from landform_agent.commands.terminal import MOST, Terminal

ALARM = {
    "state": "raised",
    "severity": "critical",
    "feature": "amount",
    "kind": "shift",
    "at": "2026-03-01T12:00:00.000Z",
    "since": "2026-03-01T00:00:00.000Z",
    "evidence": {"effect": 0.5},
}


def told(*alarms: dict[str, object]) -> tuple[str, Terminal]:
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=80))
    for alarm in alarms:
        terminal.alarm(alarm)
    return out.getvalue(), terminal


def test_an_alarm_is_a_line_with_its_times() -> None:
    text, _ = told(ALARM)
    assert text == (
        "2026-03-01 12:00:00  critical   amount  Values are higher: on average one lies above 64 % of the reference’s "
        "(50 % is usual). Since 2026-03-01.\n"
    )


def test_where_nothing_has_a_time_an_alarm_is_told_by_its_event() -> None:
    times = {"seq": 13_079, "at": "1970-01-01T03:37:59.000Z", "since_seq": -1, "since": "1970-01-01T00:00:00.000Z"}
    text, _ = told({**ALARM, **times})
    assert text.startswith("event 13,079  critical")
    assert text.endswith("Since event 0.\n")


def test_reminders_are_not_printed_and_too_many_are_counted() -> None:
    text, terminal = told(*[ALARM] * (MOST + 10), {**ALARM, "state": "ongoing"}, {**ALARM, "state": "cleared"})
    assert len(text.splitlines()) == MOST
    assert terminal.found() == f"{MOST + 10} alarms, 1 of them gone back (11 lines not printed)"


def test_what_comes_from_outside_moves_no_cursor_and_is_no_markup() -> None:
    text, _ = told({**ALARM, "feature": "[red]\x1b[2Ja\nb[/]"})
    assert "\x1b" not in text
    assert len(text.splitlines()) == 1
    assert "[red]" in text


def test_progress_is_seen_on_a_terminal_and_leaves_nothing_behind() -> None:
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=80, force_terminal=True, legacy_windows=False))
    with terminal.progress(1_000) as done:
        done(500)
        terminal.alarm(ALARM)
    text = out.getvalue()
    assert "50%" in text or "0%" in text
    assert "amount" in text
    assert text.endswith("\x1b[2K")


def test_where_nobody_watches_there_is_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(Console(file=io.StringIO()))
    with terminal.progress(1_000) as done:
        done(500)
    assert capsys.readouterr().err == ""
