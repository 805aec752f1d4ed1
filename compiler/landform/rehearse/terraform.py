"""The Terraform on the user's machine, driven through its JSON messages; shared by `rehearse` and `scan`."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.rehearse.offline import answering
from landform.rehearse.provider import ProviderSource, find_provider
from landform.rehearse.stage import NOWHERE, Target, sealed, stage

OLDEST: Final = (1, 10)
"""The first version whose S3 backend locks with a file (`use_lockfile`), which compiled trees use."""
INSTALL: Final = "https://developer.hashicorp.com/terraform/install"
NOT_INSTALLED: Final = ("Failed to query available provider packages", "Failed to install provider")
"""What `terraform init` says where a provider cannot be had; a fault in a user's own file is told otherwise."""
PATIENCE: Final = 20
"""Seconds in which an interrupted Terraform writes its state before it is killed."""

Message = dict[str, Any]
Listener = Callable[[Message], None]


class ToolMissing(Exception):  # noqa: N818
    """Something that landform needs is not on this machine; `diagnostic` says what and how to get it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.text)
        self.diagnostic = diagnostic


class TerraformFailed(Exception):  # noqa: N818
    """Terraform reported errors; `diagnostics` (LF0904) carry them, condensed."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n".join(d.text for d in diagnostics))
        self.diagnostics = diagnostics


@dataclass(frozen=True)
class Change:
    """A resource that a plan would touch."""

    address: str
    action: str
    """``create``, ``update``, ``replace``, ``delete``, ``move`` or ``forget``, as Terraform says it."""


@dataclass(frozen=True)
class PlanResult:
    """A saved plan: what it changes, and the file that `apply` and `show_plan_json` take."""

    path: Path
    changes: tuple[Change, ...]
    outputs: tuple[str, ...]
    """Names of root outputs whose value would change."""

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not self.changes and not self.outputs


class Terraform:
    """Terraform in one working directory, with an environment of its own.

    `workdir` is a staged copy (`stage.stage`). Raises `ToolMissing` (LF0901) where Terraform is missing or
    too old. Every command raises `TerraformFailed` (LF0904) on errors; `listen` gets each JSON message as it
    comes.
    """

    def __init__(
        self,
        workdir: Path,
        target: Target = NOWHERE,
        provider: ProviderSource | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.binary = find_terraform(environ)
        self.workdir = workdir
        self.provider = provider or find_provider(environ)
        settings = {
            "TF_CLI_CONFIG_FILE": str(self.provider.write(workdir.parent)),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            # Each command decodes the provider's whole schema: a quarter of its time went into collecting garbage.
            "GOGC": "400",
        }
        # `init` may ask a registry, so it keeps the user's proxies; it never starts the provider.
        kept = {k: v for k, v in environ.items() if not k.startswith(("TF_", "AWS_"))}
        self._online = kept | settings
        self._sealed = sealed(environ, target) | settings

    def beside(self, workdir: Path) -> Terraform:
        """The same Terraform in another working directory."""
        other = copy.copy(self)
        other.workdir = workdir
        return other

    def init(self, listen: Listener | None = None) -> None:
        """Install providers and modules; raises `ToolMissing` (LF0902) where no provider can be had."""
        status, messages = self._run(self._online, "init", "-json", listen=listen)
        if status:
            reported = [m["diagnostic"] for m in messages if m.get("type") == "diagnostic"]
            if any(str(d.get("summary", "")).startswith(NOT_INSTALLED) for d in reported if _is_error(d)):
                raise ToolMissing(_no_provider(self.provider, reported))
            raise TerraformFailed(failures(messages, "init"))

    def validate(self) -> None:
        """Check the configuration against the provider's schema."""
        report = json.loads(self._capture("validate", "-json"))
        if not report["valid"]:
            messages = [{"type": "diagnostic", "diagnostic": d} for d in report["diagnostics"]]
            raise TerraformFailed(failures(messages, "validate"))

    def plan(self, name: str = "plan.tfplan", *options: str, listen: Listener | None = None) -> PlanResult:
        """Plan into the file `name`; `options` go to `terraform plan` (``-destroy``, ``-refresh=false``)."""
        path = self.workdir / name
        command = ("plan", "-json", f"-out={path}", *options)
        messages = self._checked(*command, listen=listen)
        changes = [m["change"] for m in messages if m.get("type") == "planned_change"]
        outputs: Message = next((m["outputs"] for m in messages if m.get("type") == "outputs"), {})
        return PlanResult(
            path,
            tuple(Change(c["resource"]["addr"], c["action"]) for c in changes if c["action"] != "noop"),
            tuple(sorted(name for name, o in outputs.items() if o.get("action", "noop") != "noop")),
        )

    def apply(self, plan: PlanResult | None = None, listen: Listener | None = None) -> None:
        """Apply a saved plan; without one, plan and apply at once, which starts the provider only once."""
        rest = [str(plan.path)] if plan else ["-auto-approve"]
        self._checked("apply", "-json", *rest, listen=listen)

    def destroy(self, *options: str, listen: Listener | None = None) -> None:
        """Destroy everything in the state."""
        self._checked("destroy", "-json", "-auto-approve", *options, listen=listen)

    def show_plan_json(self, plan: PlanResult) -> dict[str, Any]:
        """A saved plan as the documented JSON. It can hold secrets: never publish it."""
        shown: dict[str, Any] = json.loads(self._capture("show", "-json", str(plan.path)))
        return shown

    def _checked(self, *command: str, listen: Listener | None) -> list[Message]:
        at_once = (command[0], "-parallelism=30", *command[1:])
        status, messages = self._run(self._sealed, *at_once, listen=listen)
        if status:
            raise TerraformFailed(failures(messages, command[0]))
        return messages

    def _run(self, environ: Mapping[str, str], *command: str, listen: Listener | None) -> tuple[int, list[Message]]:
        """Run to the end, reading messages as they come."""
        messages: list[Message] = []
        with self._started(environ, *command, stderr=subprocess.STDOUT) as process:
            assert process.stdout is not None
            for line in process.stdout:
                messages.append(_message(line))
                if listen:
                    listen(messages[-1])
        return process.returncode, messages

    def _capture(self, *command: str) -> str:
        """What a command prints, for those that print one JSON document."""
        with self._started(self._sealed, *command, stderr=subprocess.PIPE) as process:
            out, err = process.communicate()
        if process.returncode and not out.lstrip().startswith("{"):
            raise TerraformFailed(failures([_message(err or out)], command[0]))
        return out

    @contextmanager
    def _started(self, environ: Mapping[str, str], *command: str, stderr: int) -> Iterator[subprocess.Popen[str]]:
        """A running Terraform; whatever interrupts the caller lets it save its state and then ends it."""
        with subprocess.Popen(
            [self.binary, *command],
            cwd=self.workdir,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            # A group of its own: Ctrl-C on the terminal reaches Terraform once, from `_stop`.
            start_new_session=True,
        ) as process:
            try:
                yield process
            except BaseException:
                _stop(process)
                raise


def find_terraform(environ: Mapping[str, str] = os.environ) -> str:
    """The path of a Terraform new enough; raises `ToolMissing` (LF0901)."""
    needed = ".".join(map(str, OLDEST))
    binary = shutil.which("terraform", path=environ.get("PATH", ""))
    if not binary:
        raise ToolMissing(error("LF0901", (), "Terraform is not on the PATH.", f"Install {needed} or newer: {INSTALL}"))
    quiet = {k: v for k, v in environ.items() if not k.startswith("TF_")} | {"CHECKPOINT_DISABLE": "1"}
    shown = subprocess.run([binary, "version", "-json"], env=quiet, capture_output=True, encoding="utf-8", check=False)
    found = re.search(r'"terraform_version":\s*"((\d+)\.(\d+)[^"]*)"', shown.stdout)
    if not found:
        raise ToolMissing(
            error(
                "LF0901",
                (),
                f"{binary} does not tell its version: {_condensed(shown.stderr or shown.stdout)}",
                f"Install Terraform {needed} or newer: {INSTALL}",
            )
        )
    if (int(found[2]), int(found[3])) < OLDEST:
        raise ToolMissing(
            error(
                "LF0901",
                (),
                f"Terraform {found[1]} at {binary} is too old.",
                f"Install {needed} or newer: {INSTALL}",
            )
        )
    return binary


def offline_plan(tree: Path) -> dict[str, Any]:
    """Plan a compiled tree without account or network and return the plan as JSON.

    Works on a copy, as if nothing existed yet. Raises `ToolMissing`, `TerraformFailed` and `RemoteEndpoint`.
    """
    with tempfile.TemporaryDirectory(prefix="landform-plan-") as folder, answering() as target:
        terraform = Terraform(stage(tree, Path(folder), target), target)
        terraform.init()
        return terraform.show_plan_json(terraform.plan())


def failures(messages: Sequence[Message], command: str) -> tuple[Diagnostic, ...]:
    """The errors among Terraform's messages as diagnostics, each once, condensed to what a reader needs."""
    told = [_told(m["diagnostic"]) for m in messages if m.get("type") == "diagnostic" and _is_error(m["diagnostic"])]
    if not told:
        told = [_condensed(" ".join(str(m.get("@message", "")) for m in messages[-5:]))]
    return tuple(error("LF0904", (), f"terraform {command}: {text}") for text in dict.fromkeys(told))


def _told(diagnostic: Message) -> str:
    where = diagnostic.get("address") or ""
    place = diagnostic.get("range")
    if place and not where:
        where = f"{place['filename']}:{place['start']['line']}"
    text = _condensed(f"{diagnostic['summary']}. {diagnostic.get('detail', '')}")
    return f"{where}: {text}" if where else text


def _condensed(text: str, limit: int = 400) -> str:
    """One line, without the request ids that AWS clients add."""
    text = re.sub(
        r"https response error StatusCode: (\d+), (RequestID: [^,]*, )?(HostID: [^,]*, )?", r"HTTP \1, ", text
    )
    text = " ".join(text.replace("│", " ").replace("╷", " ").replace("╵", " ").split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _no_provider(source: ProviderSource, reported: Sequence[Message]) -> Diagnostic:
    told = next(_told(d) for d in reported if _is_error(d))
    return error(
        "LF0902",
        (),
        f"Terraform got no AWS provider from {source.origin}: {told}",
        "Go online once, or fill a mirror: terraform providers mirror ~/.terraform.d/plugins",
    )


def _is_error(diagnostic: Message) -> bool:
    return diagnostic.get("severity") == "error"


def _message(line: str) -> Message:
    """A line of Terraform's output; what is not JSON (a crash, a warning about the CLI) is kept as text."""
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"type": "text", "@message": line}


def _stop(process: subprocess.Popen[str]) -> None:
    """Interrupt Terraform as Ctrl-C would; end it and its providers where that takes too long."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
