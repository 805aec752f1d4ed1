"""Exit statuses: what CI and scripts rely on. A wrong call is 2, which argparse gives by itself."""

from typing import Final

FINE: Final = 0
FINDINGS: Final = 1
MISSING: Final = 3
BUG: Final = 70
INTERRUPTED: Final = 130
