"""A temporary project to try an output in: the compiled tree, the modules, and the user's own files beside it."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from landform.commands.output import output_folder, project_folder
from landform.emit.files import write
from landform.emit.modules import installed, provide
from landform.emit.tree import modules_of
from landform.pipeline import Analysis


@contextmanager
def workspace(analysis: Analysis, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Yield the folder of a fresh output; the project itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="landform-") as temporary:
        yield laid_out(analysis, files, Path(temporary))


def laid_out(analysis: Analysis, files: Mapping[str, bytes], into: Path) -> Path:
    """Write an output below `into`, with the modules of the project or else the installed ones."""
    assert analysis.plan is not None
    own = project_folder(analysis, None) / "modules"
    if own.is_dir() and own.resolve() != installed().resolve():
        shutil.copytree(own, into / "modules", ignore=shutil.ignore_patterns(".terraform*"))
    provide(into, modules_of(files))
    folder = output_folder(analysis, into)
    write(folder, files)
    for extra in output_folder(analysis, None).glob("*.tf"):
        shutil.copy2(extra, folder)
    return folder
