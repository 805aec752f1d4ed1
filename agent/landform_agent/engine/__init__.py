"""The engine: pure, the same everywhere. `fit` a reference, then `Bank.update` with events gives alarms."""

from landform_agent.engine.alarms import Alarm, schema_alarm, silence_alarm
from landform_agent.engine.bank import Bank, Update, fit
from landform_agent.engine.beside import Apart, Beside
from landform_agent.engine.reference import TooFewRowsError
from landform_agent.engine.settings import Season, Segments, Settings
from landform_agent.engine.sight import Sight
from landform_agent.engine.slices import Line, Slice
from landform_agent.engine.state import OtherVersionError

__all__ = [
    "Alarm",
    "Apart",
    "Bank",
    "Beside",
    "Line",
    "OtherVersionError",
    "Season",
    "Segments",
    "Settings",
    "Sight",
    "Slice",
    "TooFewRowsError",
    "Update",
    "fit",
    "schema_alarm",
    "silence_alarm",
]
