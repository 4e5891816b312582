"""Makes a home of a backup. At its start the bus is in recovery: it takes in, and sends nothing until it is told to.

The journal comes last, and is marked as restored before it has its name: whatever ends this before leaves no home that a bus
would send from.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bus.backup import bodies, check, files, manifest
from bus.backup.check import Problem
from bus.backup.files import BackupFailed, Progress
from bus.backup.make import ROUTES, SECRETS
from bus.backup.manifest import Manifest
from bus.clock import Clock
from bus.config import Settings
from bus.home import HomeLock
from bus.journal import Journal
from bus.journal.dump.giving import give
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
        with _emptied(settings):
            routes = _files(folder, settings)
            _bodies(folder, settings.bodies, tell)
            _journal(folder, settings, found, word, clock.now(), tell)
        return Restored(found, _doubted(settings.database_url, clock), wrong, routes)


def _journal(folder: Path, settings: Settings, found: Manifest, word: Restore, now: int, tell: Progress) -> None:
    give(settings.database_url, folder, found.journal, word, now, lambda done, of: tell("journal", done, of))
    files.sync(settings.home)


def _files(folder: Path, settings: Settings) -> Path | None:
    """Secrets, where it has them, and the routes; where these are."""
    if (folder / SECRETS).is_dir():
        settings.secrets.mkdir(mode=0o700)
        for secret in (folder / SECRETS).iterdir():
            files.copy(secret, settings.secrets / secret.name)
    if not (folder / ROUTES).exists():
        return None
    files.copy(folder / ROUTES, settings.home / ROUTES)
    return settings.home / ROUTES


def _bodies(folder: Path, store: Path, tell: Progress) -> None:
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    listed = [body for body in bodies.listed(folder) if not bodies.place(store, body[0]).exists()]
    bodies.copy(listed, folder / bodies.FOLDER, store, None, tell)


def _doubted(url: str, clock: Clock) -> int:
    """Doubt all that was open; how many copies that are."""
    journal = Journal(Store(url), clock)
    journal.start()
    try:
        journal.doubt_restored()
        return sum(group.count for group in journal.recoveries.groups())
    finally:
        journal.close()


@contextmanager
def _new(settings: Settings) -> Iterator[None]:
    """A home nobody has used. Raises HomeTaken, BackupFailed."""
    lock = HomeLock(settings.lock)
    lock.take()
    try:
        if _things(settings):
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
        for thing in _things(settings):
            shutil.rmtree(thing) if thing.is_dir() else thing.unlink()
        if isinstance(error, OSError):
            raise BackupFailed(f"the home cannot be written: {error}") from error
        raise


def _things(settings: Settings) -> list[Path]:
    return [path for path in settings.home.iterdir() if path != settings.lock]
