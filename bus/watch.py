"""Watches ``routes.yaml``: a changed file that is right is put in force, a wrong one is told of and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bus import log
from bus.config import RoutesFile, RoutesInvalid
from bus.errors import BusError
from bus.rounds import Rounds
from bus.stamp import Stamp, stamp

_log = log.get()
#: Seconds between looks.
_EVERY = 1.0


class RoutesWatcher(Rounds):
    """One thread. ``parse`` reads a text, ``apply`` puts routes in force."""

    def __init__(
        self, path: Path, parse: Callable[[str, str], RoutesFile], apply: Callable[[RoutesFile, str], bool]
    ) -> None:
        super().__init__("routes-watcher", self.look, tick=_EVERY)
        self._path = path
        self._parse = parse
        self._apply = apply
        self._stamp: Stamp | None = None
        self._text: str | None = None

    def look(self) -> None:
        """Look once; called by the thread, whose first look takes the file as it is, and by whoever cannot wait for it."""
        seen = stamp(self._path)
        if seen == self._stamp:
            return
        self._stamp = seen
        text = _text(self._path)
        if text is not None and text != self._text:
            self._text = text
            self._take(text)

    def _take(self, text: str) -> None:
        try:
            self._apply(self._parse(text, self._path.name), "file")
        except RoutesInvalid as invalid:
            for problem in invalid.problems:
                _log.error("routes.refused", problem=str(problem))
        except BusError as error:
            _log.error("routes.refused", problem=str(error))


def _text(path: Path) -> str | None:
    """What the file says; None while it cannot be read, as in the middle of an editor's rename."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
