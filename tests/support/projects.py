"""A small project on disk, and the command line run in this process."""

from __future__ import annotations

from pathlib import Path

from landform.cli import main

SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: {environment}
regions: {regions}
data:
  logs: {{kind: bucket}}
{data}machines:
  work: {{instance: t3.large, reads: [logs]}}
"""


def project(
    folder: Path,
    data: str = "",
    environment: str = "production",
    regions: str = "{primary: us-east-1}",
) -> Path:
    """Write a spec below `folder` and return its file."""
    spec = folder / "specs" / "demo.yaml"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(SPEC.format(environment=environment, regions=regions, data=data))
    return spec


def output(folder: Path, environment: str = "production") -> Path:
    """Where the output of that spec stands."""
    return folder / "generated" / "demo" / environment


def landform(*arguments: object) -> int:
    """Run a command and return its exit status."""
    return main([str(argument) for argument in arguments])


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
