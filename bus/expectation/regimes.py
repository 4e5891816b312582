"""The regimes in force here: ``regimes.yaml``, read again when it changes. Where it is wrong, what it said before holds."""

from __future__ import annotations

import threading
from pathlib import Path

from bus import log
from bus.calendar import is_working
from bus.config.regimes import RegimesInvalid, parse_regimes
from bus.expectation.duties import OfRegimes
from bus.stamp import Stamp, stamp
from schemas.report.library import Library, library

_log = log.get()


class Regimes:
    """Reads one file; without one nobody owes a report. May be asked by several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._duties = OfRegimes(library((), ()), is_working)
        #: What is wrong with the file, each with its place.
        self.problems: tuple[str, ...] = ()

    def duties(self) -> OfRegimes:
        """What all regimes say now; the same value until the file changes."""
        with self._lock:
            now = stamp(self._path)
            if now is not None and now != self._stamp:
                self._stamp = now
                self._read()
            return self._duties

    def library(self) -> Library:
        """All regimes, forms and outlines now."""
        return self.duties().library

    def _read(self) -> None:
        try:
            file = parse_regimes(self._path.read_text(encoding="utf-8"), self._path.name)
        except RegimesInvalid as invalid:
            self._refuse(*map(str, invalid.problems))
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(f"{self._path.name} cannot be read: {error}")
        else:
            self._duties = OfRegimes(file.library, file.offices.is_working)
            self.problems = ()

    def _refuse(self, *problems: str) -> None:
        self.problems = problems
        _log.warning("regimes.refused", problems=len(problems), first=problems[0])
