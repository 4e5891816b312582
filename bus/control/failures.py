"""Why something was not done, as JSON: a stable code and a text, and for routes every problem."""

from __future__ import annotations

from typing import Any

from bus.backup.files import BackupFailed
from bus.config import RoutesInvalid, SettingsInvalid
from bus.control.routing import problems
from bus.errors import (
    BusError,
    Busy,
    HomeTaken,
    HomeUnfinished,
    IllegalMove,
    JournalDown,
    NotFound,
    Rejected,
    SecretMissing,
)
from bus.journal.dump.facts import DumpBroken
from bus.refresh import ListLost

#: Classes whose own name says enough; the codes are contract.
_CODES: tuple[tuple[type[BusError], str], ...] = (
    (NotFound, "not_found"),
    (IllegalMove, "move.illegal"),
    (HomeTaken, "home.taken"),
    (HomeUnfinished, "home.unfinished"),
    (SecretMissing, "secret.missing"),
    (SettingsInvalid, "settings.invalid"),
    (RoutesInvalid, "routes.invalid"),
    (JournalDown, "bus.busy"),
    (Busy, "bus.stopping"),
    (ListLost, "directory.lost"),
    (BackupFailed, "backup.failed"),
    (DumpBroken, "backup.failed"),
)


class ControlFailed(BusError):
    """A running daemon said no; ``error`` is its answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["text"])
        self.error = error


def described(error: BusError) -> dict[str, Any]:
    """Code, text, and what else is known."""
    if isinstance(error, ControlFailed):
        return error.error
    if isinstance(error, Rejected):
        return {"code": error.code, "text": str(error)}
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "bus.error")
    more = {"problems": problems(error.problems)} if isinstance(error, RoutesInvalid) else {}
    return {"code": code, "text": str(error), **more}
