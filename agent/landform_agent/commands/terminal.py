"""What a person at a terminal sees of a replay: how far it is, and the alarms as they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from landform_agent.report import sentences, words
from landform_agent.report.sight import Sight

MOST: Final = 40
_STYLES: Final = {"critical": "red", "warning": "yellow"}


class Terminal:
    """Prints alarms, the first of them all; one that is only told again is not printed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._raised = self._cleared = 0

    def alarm(self, alarm: Mapping[str, Any]) -> None:
        """One line, or two where the terminal is narrow."""
        state = alarm.get("state")
        self._raised += state == "raised"
        self._cleared += state == "cleared"
        if state != "ongoing" and self._raised + self._cleared <= MOST:
            self._console.print(sentence(alarm), highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A line as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def progress(self, size: int) -> Iterator[Callable[[int], None]]:
        """A bar over so many bytes: below the alarms on a terminal, on standard error where they go elsewhere."""
        columns = (TextColumn("replay"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        console = self._console if self._console.is_terminal else Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("replay", total=size)
            yield lambda done: bar.update(task, completed=done)

    def table(self, sight: Sight) -> None:
        """What a watch can see, in columns."""
        table = Table("", *sight.kinds, "events for twice", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in table.columns[1:]:
            column.justify = "right"
        for name, cells, events in sight.rows:
            table.add_row(escape(printable(name)), *cells, events)
        self._console.print(table, highlight=False)

    def found(self) -> str:
        """How many there were, in words."""
        gone = f", {self._cleared:,} of them gone back" if self._cleared else ""
        more = self._raised + self._cleared - MOST
        return f"{words.count(self._raised, 'alarm')}{gone}{f' ({more:,} lines not printed)' if more > 0 else ''}"


def sentence(alarm: Mapping[str, Any]) -> str:
    """An alarm in a line of rich's markup; what comes from outside is escaped."""
    at, since = (words.told_at(alarm, *of) for of in (("at", "seq"), ("since", "since_seq")))
    name = escape(printable(sentences.name(alarm)))
    if alarm.get("state") == "cleared":
        return f"{at}  [green]{'gone back':9}[/]  [bold]{name}[/]  {words.kind_of(alarm)}"
    severity = str(alarm.get("severity", "warning"))
    style = _STYLES.get(severity, "yellow")
    said = escape(printable(sentences.change(alarm)))
    return f"{at}  [{style}]{severity:9}[/]  [bold]{name}[/]  {said} [dim]Since {since}.[/]"


def printable(text: str) -> str:
    """Names come with the data: nothing in them moves the cursor."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
