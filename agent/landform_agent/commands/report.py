"""`landform-agent report`: one page that a person reads."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console

from landform_agent import commands, training
from landform_agent.commands.terminal import Terminal, printable
from landform_agent.config import Config
from landform_agent.engines import Fitted
from landform_agent.intake import Mark
from landform_agent.kept import bank_of
from landform_agent.report.gather import gather
from landform_agent.report.page import write
from landform_agent.report.story import tell
from landform_agent.report.training import told
from landform_agent.store import StateError, Store


def run(config: Config, options: argparse.Namespace) -> int:
    """Write the page of what the state holds; a running agent is not disturbed."""
    with _state(config) as path, Store(path, fresh=False) as store, store.reading():
        engine = commands.engine(options.engine, config, commands.fitted_schema(config, store))
        bank, kept = bank_of(store, engine), store.kept("intake")
        mark = msgspec.msgpack.decode(kept, type=Mark) if kept else Mark()
        if not isinstance(bank, Fitted):
            learning = f"still learning, {mark.seq:,} events so far; the report comes with the reference"
            raise StateError(f"{commands.state_path(config)}: {learning}")
        story = tell(gather(config, store, bank, mark))
        if options.training:
            rows = training.read(options.training, config, commands.fitted_schema(config, store), bank.beside())
            story = replace(story, training=told(rows))
    write(story, options.out)
    print(f"{story.verdict} The report is {options.out}")
    terminal = Terminal(Console())
    for sentence in story.training.said if story.training else ():
        terminal.say(printable(sentence))
    show(options.out, options.open)
    return 0


@contextmanager
def _state(config: Config) -> Iterator[Path]:
    """Where the state lies; for who calls from elsewhere, its copy, which stays its owner's."""
    path, state = commands.state_path(config), config.state
    if path.exists() or state is None or state.snapshots is None:
        yield path
        return
    from landform_agent.snapshots import Snapshots

    copies = Snapshots(state.snapshots, config.watch, config.region, state.every)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        made = copies.look(copy)
        if made is None:
            raise StateError(f"{path}: no state, and no copy of one at {copies.place}; `landform-agent fit` makes it")
        print(f"No state lies here. Told is its copy of {made:%Y-%m-%d %H:%M} UTC, {copies.place}", file=sys.stderr)
        yield copy


def show(page: Path, wanted: bool) -> None:
    """Open a page in the browser of a person who asked for it."""
    if wanted and not webbrowser.open(page.resolve().as_uri()):
        print("No browser was found here; open the file with one.")
