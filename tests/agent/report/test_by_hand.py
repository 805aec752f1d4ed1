"""The five minutes of docs/agent.md, typed line by line by somebody who does not know the agent."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..conftest import PROGRAM, ROOT

PAGE = ROOT / "docs" / "agent.md"
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Step:
    """What somebody types, and what the page says that they see."""

    command: str
    shown: str


def steps(text: str) -> Iterator[Step]:
    """Commands begin with `$`; a here-document goes on to its end."""
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = one.partition("\nEND\n" if "<< 'END'" in one else "\n")
            yield Step(command + ("\nEND" if "<< 'END'" in one else ""), shown)


def alike(said: str, shown: str) -> bool:
    """The same words, and the same numbers but for their last digit, which may be another processor's."""
    one, other = (re.sub(r'"time":"[^"]+"', '"time":""', text) for text in (said, shown))
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    pairs = zip(*(map(_value, _NUMBER.findall(text)) for text in (one, other)), strict=True)
    return all(abs(a - b) <= max(0.015, 0.02 * b) for a, b in pairs)


def _value(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder in which the demo was run, with the program on the path."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "landform-agent"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT / 'agent')!r})\n{PROGRAM}\n")
    program.chmod(0o755)
    typed(tmp_path, "landform-agent demo")
    return tmp_path


def typed(folder: Path, command: str) -> str:
    """What a command says; both of its streams, as on a terminal."""
    own = os.environ | {"PATH": f"{folder.parent / 'bin'}:{folder / 'bin'}:{os.environ['PATH']}"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=own, text=True, timeout=120, check=False, **streams)
    assert done.returncode == 0, done.stdout
    return done.stdout


def free() -> str:
    """A port that nobody listens on."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return str(own.getsockname()[1])


def test_a_newcomer_gets_what_the_page_shows(shell: Path, request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text()
    _, _, rest = page.partition("## Five minutes")
    part, _, _ = rest.partition("\n## ")
    port, folder, seen = free(), shell, []
    for step in steps(part):
        if step.command.startswith("cd "):
            folder = folder / step.command.removeprefix("cd ")
            continue
        # A browser is nobody's business here, and what is idle after a second is so after five.
        command = step.command.replace(" --open", "").replace("5s", "1s").replace("8080", port)
        said = typed(folder, command)
        seen.append(step.command.split()[0])
        if request.config.getoption("--rewrite-golden") and not alike(said, step.shown):
            page = page.replace(f"$ {step.command}\n{step.shown}", f"$ {step.command}\n{said}", 1)
            PAGE.write_text(page)
        elif not alike(said, step.shown):
            assert said == step.shown, "make golden rewrites docs/agent.md"
    assert seen.count("landform-agent") >= 4
