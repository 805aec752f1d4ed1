"""`landform catalog`: the dated facts, and how to renew them."""

import sys
from argparse import Namespace

from landform.catalog import CatalogError
from landform.catalog.commands import refresh, show
from landform.exits import FINDINGS, MISSING


def run(options: Namespace) -> int:
    """Show what is known, or read it anew from AWS."""
    try:
        print(show(options.name) if options.action == "show" else _refreshed(options))
    except CatalogError as failure:
        print(f"landform: {failure}", file=sys.stderr)
        return FINDINGS
    except ModuleNotFoundError as failure:
        print(f"landform: {failure.name} is missing. Install it: pip install 'landform[sandbox]'", file=sys.stderr)
        return MISSING
    return 0


def _refreshed(options: Namespace) -> str:
    return refresh(options.out, tuple(options.regions), progress=lambda line: print(line, file=sys.stderr))
