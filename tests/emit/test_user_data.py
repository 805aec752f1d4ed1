"""The text of the script: quoting, size, what shellcheck says."""

import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.emit.user_data import (
    LIMIT_BYTES,
    Checkpoint,
    Code,
    DataVolume,
    HostScript,
    SetupScript,
    agent_config,
    compressed_bytes,
    render,
)
from landform.passes.check.limits import PLENTY

from .hosts import BARE, FULL, TRAINING, VARIANTS
from .sandbox import Sandbox

HOSTILE = [
    "'; rm -rf / #",
    "`touch /tmp/x`",
    "$(touch /tmp/x) ${HOME} $HOME",
    "line\nbreak\r\n\ttab",
    "{{ 7 * 7 }} {% for x in y %} {%# no comment #%}",
    "${file('/etc/passwd')} %{ if true }",
    "LANDFORM\nEOF\nEOT",
    "'\"\\'\"' \\",
    "müllwagen 日本 \u202e\u00a0“”",
    " blanks at both ends ",
    "",
    "#",
    "!history !! ~ *",
]

SHELLCHECK = Path(sys.executable).parent / "shellcheck"

texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40)


def shellcheck(script: str) -> str:
    found = subprocess.run(
        [SHELLCHECK, "--shell=bash", "-"],
        input=script.encode(),
        capture_output=True,
        check=False,
    )
    return found.stdout.decode()


def heredocs(script: str) -> list[str]:
    """The bash scripts that the script writes to the host, with the values that they find there."""
    bodies = re.findall(r"<<'LANDFORM'\n(#!/bin/bash\n.*?\n)LANDFORM\n", script, re.DOTALL)
    names = "region entry namespace user group local_mount checkpoint_uri checkpoint_directory"
    declared = "export " + " ".join(f"{name}=''" for name in names.split())
    return [body.replace("#!/bin/bash\n", f"#!/bin/bash\n{declared}\n") for body in bodies]


def with_values(value: str) -> HostScript:
    """A host with the same text wherever text may stand."""
    return replace(
        FULL,
        system=value,
        entry=value,
        region=value,
        environment=(("MESSAGE", value),),
        data_volume=DataVolume("/dev/sdf", value),
        instance_store=value,
        log_group=value,
        namespace=value,
        setup=SetupScript(value, value.encode()),
        code=Code(value),
        command=value,
        checkpoint=Checkpoint(value, 60, value),
        groups=(value,),
    )


@pytest.mark.parametrize("name", VARIANTS)
def test_shellcheck_finds_nothing(name: str) -> None:
    script = render(VARIANTS[name])
    assert [shellcheck(text) for text in [script, *heredocs(script)] if shellcheck(text)] == []


def test_shellcheck_would_find_something() -> None:
    assert "SC2086" in shellcheck("#!/bin/bash\nrm $1\n")


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_keep_shellcheck_silent(value: str) -> None:
    assert shellcheck(render(with_values(value))) == ""


@settings(max_examples=12, deadline=None)
@given(texts)
def test_no_text_changes_the_script(value: str) -> None:
    assert shellcheck(render(with_values(value))) == ""


@pytest.mark.parametrize("value", HOSTILE)
def test_values_arrive_as_they_are(sandbox: Sandbox, value: str) -> None:
    """The block of values under bash, printed NUL-separated, gives back the same bytes."""
    block = render(with_values(value)).split("\n\n")[1]
    told = sandbox.run(f'{block}\nprintf "%s\\0" "$region" "$data_mount" "$code_uri"').stdout
    assert told == (value.encode() + b"\0") * 3


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
def test_any_value_arrives_as_it_is(sandbox: Sandbox, value: str) -> None:
    block = render(replace(BARE, region=value)).split("\n\n")[1]
    assert sandbox.run(f'{block}\nprintf %s "$region"').stdout == value.encode()


@pytest.mark.parametrize("name", VARIANTS)
def test_it_is_small_and_plain(name: str) -> None:
    script = render(VARIANTS[name])
    assert script.startswith("#!/bin/bash\n")
    assert script.isascii()
    assert "\r" not in script
    assert script.endswith("\n")
    assert compressed_bytes(script) < LIMIT_BYTES - PLENTY


def test_same_host_same_bytes() -> None:
    assert render(FULL) == render(replace(FULL))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (replace(BARE, os="plan9"), "operating system"),
        (replace(BARE, user="root; rm"), "user name"),
        (replace(BARE, environment=(("A B", ""),)), "environment variable"),
        (replace(BARE, region="a\0b"), "NUL"),
        (replace(BARE, environment=(("A", "a\0b"),)), "NUL"),
    ],
)
def test_what_no_quoting_carries_is_refused(script: HostScript, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        render(script)


def test_agent_measures_what_the_spec_promises() -> None:
    config = json.loads(json.dumps(agent_config(FULL)))
    collected = config["metrics"]["metrics_collected"]
    assert set(collected) == {"cpu", "mem", "disk", "diskio", "net", "nvidia_gpu"}
    assert config["metrics"]["namespace"] == "landform/fraud-detection"
    assert {tuple(section["append_dimensions"].items()) for section in collected.values()} == {
        (("entry", "train.graph"),)
    }
    assert collected["disk"]["resources"] == ["/", "/data", "/local"]
    assert "nvidia_gpu" not in json.dumps(agent_config(BARE))


def test_agent_config_stands_in_the_script(sandbox: Sandbox) -> None:
    """Also with a namespace that tries to leave its JSON string and its here-document."""
    script = replace(BARE, namespace='"}\nLANDFORM\ntouch /tmp/x\n')
    written = re.search(r"cloudwatch-agent.json <<'LANDFORM'\n(.*?)\nLANDFORM\n", render(script), re.DOTALL)
    assert written is not None
    assert json.loads(written[1]) == agent_config(script)


def test_hook_has_the_name_that_the_fleet_gives_it() -> None:
    fleet = Path("modules/fleet/main.tf").read_text()
    hook = re.search(r'initial_lifecycle_hook {\s+name += "(\w+)"', fleet)
    assert hook is not None
    assert f"--lifecycle-hook-name {hook[1]} " in render(TRAINING)


def test_a_spec_may_bring_as_much_as_the_check_takes_for_granted() -> None:
    """`check` renders nothing below PLENTY: that much, which hardly compresses, fits beside the fullest script."""
    setup = SetupScript("setup.sh", random.Random(1).randbytes(PLENTY))
    assert compressed_bytes(render(replace(FULL, os="ubuntu", setup=setup))) < LIMIT_BYTES
