"""Backups that operators order of the running bus, from afar too: one at a time, in a thread, in folders below one of the machine's.

What there is stands in the folders, each with its manifest. Only the one under way is known to the process, and what became of
the last: a bus that stops ends it, and leaves nothing of it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from bus import log
from bus.backup import manifest
from bus.backup.files import BackupFailed
from bus.backup.make import Wanted, make
from bus.backup.manifest import Manifest
from bus.clock import Clock
from bus.config import Settings
from bus.errors import BusError
from bus.journal.chain import Deed

_log = log.get()
#: What a folder is called: never a way to another place.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
#: Seconds a bus that stops waits for the one under way to end, and that waits for its mark in the journal.
_PATIENCE = 10.0


class _Stopping(BusError):
    """The bus stops."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The backup being made, or the last that was; ``error``: why it was not made."""

    name: str
    by: str
    step: str = ""
    done: int = 0
    total: int = 0
    ended: bool = False
    error: str = ""


class Backups:
    """Makes them. ``note`` keeps a deed."""

    def __init__(self, settings: Settings, clock: Clock, note: Callable[[Deed], Future[None]]) -> None:
        self._settings = settings
        self._clock = clock
        self._note = note
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self.last: UnderWay | None = None

    def begin(self, name: str, previous: str, by: str) -> UnderWay:
        """Begin one of this name; ``previous``: an earlier one, whose bodies are linked. Raises BackupFailed."""
        wanted = self._wanted(name, previous)
        with self._lock:
            if self._stopping:
                raise BackupFailed("the bus is stopping")
            if self.last and not self.last.ended:
                raise BackupFailed(f"{self.last.name} is being made")
            self.last = begun = UnderWay(name, by)
        self._thread = threading.Thread(target=self._run, args=(wanted, begun), name="backup", daemon=True)
        self._thread.start()
        return begun

    def stop(self) -> None:
        """End the one under way; nothing is left of it. Idempotent."""
        with self._lock:
            self._stopping = True
        if self._thread:
            self._thread.join(_PATIENCE)

    def _wanted(self, name: str, previous: str) -> Wanted:
        folder = _folder(self._settings) / _checked(name)
        if folder.exists():
            raise BackupFailed(f"there is a {name} already: a backup is made in a folder of its own")
        before = folder.with_name(_checked(previous)) if previous else None
        if before:
            manifest.read(before)
        return Wanted(folder, before)

    def _run(self, wanted: Wanted, begun: UnderWay) -> None:
        try:
            made = make(self._settings, wanted, self._clock, self._tell)
        except BusError as error:
            self._end(begun, str(error), {"folder": str(wanted.folder)})
        except Exception:
            _log.exception("backup.failed", folder=str(wanted.folder))
            self._end(begun, "a fault of the bus: its log says which", {"folder": str(wanted.folder)})
        else:
            told = {"position": made.journal.position, "bytes": made.told()["bytes"], "with_secrets": False}
            self._end(begun, "", {"folder": str(wanted.folder), **told})

    def _tell(self, step: str, done: int, total: int) -> None:
        if self._stopping:
            raise _Stopping("the bus was stopped meanwhile")
        if self.last:
            self.last = replace(self.last, step=step, done=done, total=total)

    def _end(self, begun: UnderWay, error: str, told: dict[str, Any]) -> None:
        """First what it came to stands in the audit, then whoever asks is told."""
        outcome = f"failed: {error}" if error else "done"
        with suppress(BusError, TimeoutError):  # a journal that is down says so itself
            self._note(Deed(begun.by, "backed_up", orjson.dumps(told).decode(), outcome)).result(_PATIENCE)
        self.last = replace(self.last or begun, ended=True, error=error)


def kept(settings: Settings) -> dict[str, Manifest | None]:
    """All backups in the machine's folder by name, newest first; None for what was broken off. None at all without a folder."""
    if settings.backups is None or not settings.backups.is_dir():
        return {}
    found = {path.name: _manifest(path) for path in settings.backups.iterdir() if path.is_dir()}
    return dict(sorted(found.items(), key=lambda one: one[1].made_at if one[1] else 0, reverse=True))


def _manifest(folder: Path) -> Manifest | None:
    try:
        return manifest.read(folder)
    except BackupFailed:
        return None


def _folder(settings: Settings) -> Path:
    if settings.backups is None:
        raise BackupFailed("this bus has no folder for backups that are ordered of it: BUS_BACKUPS names one")
    if not settings.backups.is_dir():
        raise BackupFailed(f"BUS_BACKUPS names {settings.backups}, which is no folder: is its disk there?")
    return settings.backups


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BackupFailed("a backup ordered of the bus has a name and no path: letters, digits, '.', '_' and '-'")
    return name
