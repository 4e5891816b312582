"""Makes a backup. It only reads: the bus may run meanwhile, or not.

The journal comes first, as it is at one moment, then the bodies it claims, then the manifest. Whatever ends this before leaves
no manifest, and so no backup.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bus import standstill
from bus.backup import bodies, files, manifest
from bus.backup.bodies import Body
from bus.backup.files import BackupFailed, Progress
from bus.backup.manifest import File, Manifest, Missing
from bus.clock import Clock, iso
from bus.config import Settings
from bus.home import check_whole
from bus.journal.dump.facts import Facts
from bus.journal.dump.taking import taken
from bus.journal.store import Store

ROUTES, SECRETS = "routes.yaml", "secrets"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of backup."""

    folder: Path
    #: An earlier backup, whose bodies need not be copied again.
    before: Path | None = None
    with_secrets: bool = False


def make(settings: Settings, wanted: Wanted, clock: Clock, tell: Progress) -> Manifest:
    """Make one in a new folder. Raises BackupFailed, JournalDown, HomeUnfinished."""
    check_whole(settings.restoring)
    if wanted.before:
        manifest.read(wanted.before)
    if not settings.bodies.is_dir():
        raise BackupFailed(f"there is no store of bodies at {settings.bodies}: name the home with --home or BUS_HOME")
    with _fresh(wanted.folder), standstill.held(settings.bodies):
        made = _made(settings, wanted, clock.now(), tell)
        manifest.write(wanted.folder, made)
    return made


def _made(settings: Settings, wanted: Wanted, now: int, tell: Progress) -> Manifest:
    moment = _journal(settings.database_url, wanted.folder, tell)
    before = wanted.before / bodies.FOLDER if wanted.before else None
    got = bodies.copy(moment.claimed, settings.bodies, wanted.folder / bodies.FOLDER, before, tell)
    bodies.write_list(wanted.folder, got)
    _write_small(settings, wanted, moment.facts)
    lost = sorted({sha256 for sha256, _ in moment.claimed} - {sha256 for sha256, _ in got})
    return Manifest(
        format=manifest.FORMAT,
        release=version("lienthong-bus"),
        made_at=now,
        at=iso(now) or "",
        journal=moment.facts,
        files=_files(wanted.folder, tell),
        bodies=len(got),
        bodies_bytes=sum(size for _, size in got),
        missing=[Missing(sha256, sha256 in moment.needed) for sha256 in lost],
        with_secrets=wanted.with_secrets,
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    """The journal at one moment: the bodies it claims from the store, and those among all that may still be sent."""

    facts: Facts
    claimed: Sequence[Body]
    needed: frozenset[str]


def _journal(url: str, folder: Path, tell: Progress) -> _Moment:
    """Write its rows. The moment is let go before bodies are copied, which takes longer."""
    store = Store(url)
    try:
        with taken(store) as journal:
            journal.dump(folder, lambda done, total: tell("journal", done, total))
            return _Moment(journal.facts, journal.bodies(), journal.needed())
    finally:
        store.close()


def _write_small(settings: Settings, wanted: Wanted, facts: Facts) -> None:
    """The routes that were in force, or else the file, and, where that is asked for, the secrets."""
    if facts.routes:
        files.write(wanted.folder / ROUTES, facts.routes.encode())
    elif settings.routes.is_file():
        files.copy(settings.routes, wanted.folder / ROUTES)
    if wanted.with_secrets and settings.secrets.is_dir():
        (wanted.folder / SECRETS).mkdir(mode=0o700)
        for secret in filter(Path.is_file, settings.secrets.iterdir()):
            files.copy(secret, wanted.folder / SECRETS / secret.name)


def _files(folder: Path, tell: Progress) -> list[File]:
    """All files but the bodies, hashed and on disk."""
    tell("hashes", 0, 1)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and folder / bodies.FOLDER not in path.parents)
    for path in (*paths, *{path.parent for path in paths}):
        files.sync(path)
    tell("hashes", 1, 1)
    return [File(str(path.relative_to(folder)), path.stat().st_size, files.digest(path)) for path in paths]


@contextmanager
def _fresh(folder: Path) -> Iterator[None]:
    """A folder of its own, which is empty again unless all goes well."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if any(folder.iterdir()):
            raise BackupFailed(f"{folder} is not empty: a backup is made in a folder of its own")
        folder.chmod(0o700)
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be made: {error.strerror}") from error
    try:
        yield
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise BackupFailed(f"the backup cannot be written: {error}") from error
        raise
