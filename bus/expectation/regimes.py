"""The regimes of this installation: files of ``report.regime.v1`` in one folder, read again when one changes.

A file that cannot be used is told of and left out; the others hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
from pydantic import ValidationError

from bus import log
from bus.calendar import is_working
from bus.expectation.duties import OfRegimes
from bus.stamp import Stamp, stamp
from schemas.report.deadlines import IsWorking
from schemas.report.regime import Regime

_log = log.get()
#: Bytes of a file: a regime of all communes has a few hundred KB.
_LARGEST = 16 << 20


class RegimeFiles:
    """Reads ``*.json`` of a folder: each one regime, or a list of them."""

    def __init__(self, folder: Path, calendar: IsWorking = is_working) -> None:
        self._folder = folder
        self._is_working = calendar
        self._stamps: Mapping[Path, Stamp | None] | None = None
        self._duties = OfRegimes((), calendar)
        #: What is wrong with files, each with its name.
        self.problems: tuple[str, ...] = ()

    def duties(self) -> OfRegimes:
        """What all regimes say now; the same value until a file changes."""
        stamps = {path: stamp(path) for path in self._files()}
        if stamps != self._stamps:
            self._stamps = stamps
            self._read(stamps)
        return self._duties

    def _files(self) -> list[Path]:
        try:
            return sorted(path for path in self._folder.iterdir() if path.suffix == ".json")
        except OSError:
            return []

    def _read(self, files: Mapping[Path, object]) -> None:
        regimes: list[Regime] = []
        problems: list[str] = []
        for path in files:
            try:
                regimes += _regimes(path)
            except (OSError, ValueError) as error:
                problems.append(f"{path.name}: {_words(error)}")
        for problem in problems:
            _log.warning("regime.refused", problem=problem)
        self._duties, self.problems = OfRegimes(regimes, self._is_working), tuple(problems)


def _regimes(path: Path) -> Iterator[Regime]:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"larger than {_LARGEST >> 20} MB")
    read = orjson.loads(data)
    return iter([Regime.model_validate(one) for one in (read if isinstance(read, list) else [read])])


def _words(error: Exception) -> str:
    """All that is wrong, without the values."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
    return str(error)
