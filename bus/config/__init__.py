"""What the bus is told: ``settings`` by the environment, ``routes`` by the one file operators edit.

In reading order: ``values`` and ``conditions`` and ``models`` (what may be written), ``reading`` (YAML with
places), ``complaints`` and ``drafting`` (text to typed entries), ``codes``, ``reach``, ``checks`` and
``identities`` (what must hold between entries), ``problems`` (what is wrong, where, and what to write instead),
``routes`` (all of it as one call).
"""

from bus.config.problems import Problem, RoutesInvalid, Severity
from bus.config.routes import RoutesFile, parse
from bus.config.settings import Settings, SettingsInvalid, load_settings

__all__ = [
    "Problem",
    "RoutesFile",
    "RoutesInvalid",
    "Settings",
    "SettingsInvalid",
    "Severity",
    "load_settings",
    "parse",
]
