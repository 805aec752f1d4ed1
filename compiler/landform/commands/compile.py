"""`landform compile`: a spec becomes ``generated/<system>/<environment>/``."""

from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module


def run(options: Namespace) -> int:
    """Write the output of every spec that has no errors; or, with --check, compare it with what stands."""
    # Node takes as long to start as the spec's models take to import, and it waits for nothing that the spec says.
    early = ThreadPoolExecutor(max_workers=1)
    early.submit(import_module, "landform.emit.terraform")
    from landform.commands.output import all_compiled
    from landform.commands.report import analysed

    return all_compiled(options, analysed(options))
