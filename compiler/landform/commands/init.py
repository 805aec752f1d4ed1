"""`landform init`: a starter project that compiles as it stands."""

import json
from argparse import Namespace

from landform.commands.report import findings, say
from landform.diagnostics import error
from landform.spec.schema import json_schema
from landform.starter import write_starter


def run(options: Namespace) -> int:
    """Write what is not there yet; never overwrite."""
    try:
        written = write_starter(options.folder, json.dumps(json_schema(), indent=2) + "\n")
    except OSError as failure:
        fact = f"{failure.filename or options.folder} cannot be written: {failure.strerror or failure}."
        return findings(options, [error("LF0705", (), fact, "Make room or give the right to, or name another folder.")])
    for path in written:
        say(options, f"  {path}")
    if not written:
        say(options, f"{options.folder} has everything already; nothing was written.")
    else:
        say(options, f"Next: landform compile {options.folder}/specs/*.yaml")
    return 0
