"""The HCL behind a plan, staged for checkov in three forms, so that one scan tells all that waivers need.

As it stands: what is waived. Mute, its waivers silenced: what would fail if they were not there. At the
least, mute and with no input given: what would fail for some caller, though not for this one; a module's
waiver may be for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landform.proof.planned import Planned

AS_IT_STANDS: Final = "waived"
MUTE: Final = "mute"
LEAST: Final = "least"
ROOT: Final = "root"

# A resource that an input may leave out, in the layout of `terraform fmt`: a block with for_each or count.
_OPTIONAL: Final = re.compile(
    rb'^resource "\w+" "\w+" \{\n(?:(?!\}).*\n)*?  (?:for_each|count) +=.*\n(?:(?!\}).*\n)*\}\n', re.M
)
_VARIABLE: Final = re.compile(rb'^variable "(\w+)"', re.M)
# checkov's own grammar of a waiver (checkov/common/comment/enum.py, 3.3).
_COMMENT: Final = re.compile(r"(?:checkov|bridgecrew|cortex):skip= *([\w,-]*)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A waiver as it is written: check, folder's label, file and line."""

    check: str
    label: str
    file: Path
    line: int


@dataclass(frozen=True)
class Source:
    """The folders behind a plan, by label; `labels` leads from a module's source, as the plan says it, to the label."""

    folders: Mapping[str, Path]
    labels: Mapping[str, str]

    def comments(self) -> Iterator[Comment]:
        """Every waiver that is written in the HCL."""
        for label, file in self._files():
            for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), start=1):
                for found in _COMMENT.finditer(line):
                    for check in found[1].split(","):
                        yield Comment(check, label, file, number)

    def stage(self, folder: Path) -> None:
        """Copy the HCL into a folder, in its three forms."""
        for label, file in self._files():
            text = file.read_bytes()
            mute = text.replace(b":skip=", b"-skip=")
            least = _OPTIONAL.sub(b"", mute)
            # checkov takes null for unknown, and an empty text for what compares equal to null.
            inputs = b"".join(name + b' = ""\n' for name in _VARIABLE.findall(text))
            for form, content in ((AS_IT_STANDS, text), (MUTE, mute), (LEAST, least)):
                target = folder / form / label / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            if inputs:
                (folder / LEAST / label / f"{file.stem}.auto.tfvars").write_bytes(inputs)

    def _files(self) -> Iterator[tuple[str, Path]]:
        for label, folder in sorted(self.folders.items()):
            for file in sorted(folder.glob("*.tf")):
                yield label, file


def find_source(tree: Path, planned: Planned) -> Source:
    """Find the folders of the modules that a plan uses, and the user's own HCL beside the root module.

    Modules from a registry have no folder here; the plan's scan covers them.
    """
    folders = {ROOT: tree}
    labels = {"": ROOT}
    for source in sorted({r.source for r in planned.resources} - {""}):
        folder = (tree / source).resolve()
        if not folder.is_dir():
            continue
        known = next((label for label, path in folders.items() if path == folder), None)
        labels[source] = known or _label(folder.name, folders)
        folders[labels[source]] = folder
    return Source(folders, labels)


def _label(name: str, taken: Mapping[str, Path]) -> str:
    return name if name not in taken else f"{name}-{len(taken)}"
