"""The Terraform modules beside the output: the installed ones, where a project has none."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path


def installed() -> Path:
    """Return the folder of the modules that came with this landform."""
    packaged = Path(__file__).parents[1] / "modules"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "modules"


def provide(project: Path, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Copy the modules that the project lacks; return those copied, and those that differ from the installed ones."""
    own = project / "modules"
    copied, different = [], []
    for name in sorted(set(names)):
        source, target = installed() / name, own / name
        if not target.is_dir():
            _copy(source, target)
            copied.append(name)
        elif _texts(source) != _texts(target):
            different.append(name)
    return copied, different


def _texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.tf"))}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".landform-", dir=target.parent))
    try:
        shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        (fresh / source.name).rename(target)
    except OSError:
        # Another compile was quicker.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
