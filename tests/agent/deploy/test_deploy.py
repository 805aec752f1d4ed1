"""What keeps the agent running says only what the agent understands."""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from landform_agent import cli
from landform_agent.config import parse
from landform_agent.deploy.needs import needs
from landform_agent.health import COUNTED, GAUGES, Health
from landform_agent.sinks.cloudwatch import FIGURES

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "agent" / "landform_agent" / "deploy"
UNIT = (DEPLOY / "landform-agent@.service").read_text()
CONTAINER = (DEPLOY / "Containerfile").read_text()
SCRIPT = (DEPLOY / "user-data.sh").read_text()


class _Unit(configparser.RawConfigParser):
    """Options of a unit keep their case, and may stand twice."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def service() -> configparser.SectionProxy:
    unit = _Unit(strict=False)
    unit.read_string(UNIT)
    return unit["Service"]


def _instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", CONTAINER, flags=re.MULTILINE))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def test_the_unit_calls_the_agent_as_it_wants_to_be_called(service: configparser.SectionProxy) -> None:
    program, *arguments = shlex.split(service["ExecStart"].replace("%i", "score"))
    assert program == "/opt/landform-agent/bin/landform-agent"
    options = cli.parser().parse_args(arguments)
    assert (options.command, options.config) == ("run", Path("/etc/landform-agent/score.yaml"))
    assert service["RestartPreventExitStatus"].split() == [str(cli.WRONG_CALL), str(cli.REFUSED)]
    assert service["KillSignal"] == "SIGTERM"
    assert service["Restart"] == "always"
    assert service["WorkingDirectory"] == f"%S/{service['StateDirectory']}"


def test_systemd_takes_the_unit_and_finds_little_exposed(tmp_path: Path) -> None:
    here = tmp_path / "landform-agent@.service"
    here.write_text(UNIT.replace("/opt/landform-agent/bin/landform-agent", sys.executable))
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        # Without systemd there is nothing that could take it; what it says is held true by the other tests.
        assert "ProtectSystem=strict" in UNIT
        return
    done = subprocess.run([analyze, "verify", "--man=no", here], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    command = [analyze, "security", "--offline=true", "--threshold=20", here]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_container_runs_the_agent_as_nobody_and_asks_for_its_health() -> None:
    told = _instructions()
    entry, command = (json.loads(dict(told)[name]) for name in ("ENTRYPOINT", "CMD"))
    assert cli.parser().parse_args([*entry, *command][1:]).command == "run"
    last = max(place for place, (name, _) in enumerate(told) if name == "FROM")
    users = [value for name, value in told[last:] if name == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    check = dict(told)["HEALTHCHECK"]
    code = json.loads(check[check.index("[") :])[2]
    ast.parse(code)
    assert "/healthz" in code
    assert dict(told)["STOPSIGNAL"] == "SIGTERM"
    for source in [value.split()[:-1] for name, value in told[:last] if name == "COPY"]:
        assert all((ROOT / one).exists() for one in source)


def test_the_container_has_all_that_the_agent_imports() -> None:
    names = {re.split(r"[^\w-]", one)[0].lower() for one in needs((ROOT / "pyproject.toml").read_text())}
    names |= {"botocore", "pydantic_core", "yaml", "landform_agent", *sys.stdlib_module_names}
    imported = set()
    for file in (ROOT / "agent").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    assert imported <= names


def test_the_user_data_is_sound_and_starts_the_unit_that_is_packaged() -> None:
    done = subprocess.run(["bash", "-n"], input=SCRIPT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    check = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([check, "-"], input=SCRIPT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert files("landform_agent.deploy").joinpath("landform-agent@.service").is_file()
    joined = SCRIPT.replace("\\\n", " ").replace("$watch", "score")
    called = re.findall(r"/opt/landform-agent/bin/landform-agent (.+)", joined)
    assert [cli.parser().parse_args(shlex.split(line)).command for line in called] == ["fit"]


@pytest.mark.parametrize("page", ["docs/agent.md", "README.md"])
def test_commands_of_the_documentation_are_understood(page: str) -> None:
    lines = re.findall(r"^(?:\$ |ExecStart=\S*/)(landform-agent .+)$", (ROOT / page).read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        cli.parser().parse_args(shlex.split(line, comments=True)[1:])


def test_configurations_of_the_documentation_are_valid() -> None:
    text = (ROOT / "docs" / "agent.md").read_text()
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "watch:" in block]
    assert blocks
    for block in blocks:
        parse(block)


def test_every_figure_is_documented() -> None:
    text = (ROOT / "docs" / "agent.md").read_text()
    figures = {*Health(1.0).figures(), *FIGURES, *GAUGES, *(f"{name}_total" for name in COUNTED)}
    assert [name for name in sorted(figures) if f"`{name}`" not in text] == []
