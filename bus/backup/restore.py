"""Makes a home of a backup. At its start the bus is in recovery: it takes in, and sends nothing until it is told to.

The journal comes last, and is marked as restored before it has its name: whatever ends this before leaves no home that a bus
would send from. The home itself bears a mark until it is whole, with which no bus starts on it; a restore that finds one begins
anew, or only ends what lacked its end.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bus.backup import bodies, check, files, manifest, mark
from bus.backup.check import Problem
from bus.backup.files import BackupFailed, Progress
from bus.backup.make import ROUTES, SECRETS
from bus.backup.manifest import Manifest
from bus.clock import Clock
from bus.config import Settings
from bus.home import HomeLock
from bus.journal import Journal
from bus.journal.dump.giving import give, given
from bus.journal.restored import Restore
from bus.journal.store import Store


@dataclass(frozen=True, slots=True)
class Restored:
    """What was made: from which backup, how many copies are in doubt, and which bodies it has not."""

    manifest: Manifest
    in_doubt: int
    lost: list[Problem]
    routes: Path | None


def restore(
    folder: Path, settings: Settings, clock: Clock, by: str, tell: Progress, *, incomplete: bool = False
) -> Restored:
    """Make a new home. ``incomplete``: also of a backup that lacks bodies. Raises BackupFailed, DumpBroken, HomeTaken."""
    found = manifest.read(folder)
    wrong = check.check(folder, found, tell)
    if any(one.fatal for one in wrong) or (wrong and not incomplete):
        raise BackupFailed("; ".join(one.text for one in wrong[:10]))
    word = Restore(found.made_at, found.journal.position, by)
    with _new(settings):
        if not _only_unended(settings, word):
            with _emptied(settings):
                _fill(folder, settings, found, word, clock.now(), tell)
        mark.remove(settings.restoring)
        routes = settings.home / ROUTES
        doubted = _doubted(settings.database_url, clock)
        return Restored(found, doubted, wrong, routes if routes.exists() else None)


def _only_unended(settings: Settings, word: Restore) -> bool:
    """Whether an earlier one was killed when all was there but its end."""
    began = mark.began(settings.restoring)
    return began is not None and given(settings.database_url, word, began)


def _fill(folder: Path, settings: Settings, found: Manifest, word: Restore, now: int, tell: Progress) -> None:
    """All that is in a home; what an earlier one has left goes first."""
    mark.put(settings.restoring, now)
    _clear(settings)
    _files(folder, settings)
    _bodies(folder, settings.bodies, tell)
    give(settings.database_url, folder, found.journal, word, now, lambda done, of: tell("journal", done, of))


def _files(folder: Path, settings: Settings) -> None:
    """Secrets, where it has them, and the routes."""
    if (folder / SECRETS).is_dir():
        settings.secrets.mkdir(mode=0o700)
        for secret in (folder / SECRETS).iterdir():
            files.copy(secret, settings.secrets / secret.name)
    if (folder / ROUTES).exists():
        files.copy(folder / ROUTES, settings.home / ROUTES)


def _bodies(folder: Path, store: Path, tell: Progress) -> None:
    """A store of its own may have some already, and a broken piece of one by a restore that was killed."""
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = [body for body in bodies.listed(folder) if not bodies.whole(store, body[0])]
    bodies.copy(listed, folder / bodies.FOLDER, store, None, tell)


def _doubted(url: str, clock: Clock) -> int:
    """Doubt all that was open; how many copies that are."""
    journal = Journal(Store(url), clock)
    journal.start()
    try:
        journal.restoring.doubt()
        return sum(group.count for group in journal.recoveries.groups())
    finally:
        journal.close()


@contextmanager
def _new(settings: Settings) -> Iterator[None]:
    """A home nobody has used, but for a restore that was killed. Raises HomeTaken, BackupFailed."""
    lock = HomeLock(settings.lock)
    lock.take()
    try:
        if _things(settings) and not settings.restoring.exists():
            raise BackupFailed(f"{settings.home} is not empty: a backup is restored into a new home")
        yield
    finally:
        lock.release()


@contextmanager
def _emptied(settings: Settings) -> Iterator[None]:
    """It is empty again unless all goes well."""
    try:
        yield
    except BaseException as error:
        _clear(settings)
        settings.restoring.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BackupFailed(f"the home cannot be written: {error}") from error
        raise


def _clear(settings: Settings) -> None:
    for thing in _things(settings):
        shutil.rmtree(thing) if thing.is_dir() else thing.unlink()


def _things(settings: Settings) -> list[Path]:
    """All that is in a home, but for its lock and the mark."""
    return [path for path in settings.home.iterdir() if path not in (settings.lock, settings.restoring)]
