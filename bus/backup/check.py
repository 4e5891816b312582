"""Whether a backup is whole: every file as its manifest says, a journal that can be read, every body that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bus.backup import bodies, files
from bus.backup.files import BackupFailed, Progress
from bus.backup.manifest import File, Manifest
from bus.journal.dump import sqlite, trial
from bus.journal.dump.facts import SQLITE


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. What is not ``fatal`` concerns single bodies, and the rest can be restored."""

    text: str
    fatal: bool = True


def tried(folder: Path, found: Manifest, url: str, tell: Progress) -> list[Problem]:
    """All that is wrong with the journal where it is put back, for a moment, into the database at ``url``.

    Raises NotTried where that cannot be done; a SQLite journal was read whole by :func:`check`.
    """
    if found.journal.database == SQLITE:
        return []
    problems = trial.problems(url, folder, found.journal, lambda done, of: tell("journal", done, of))
    return [Problem(f"the journal: {text}") for text in problems]


def check(folder: Path, found: Manifest, tell: Progress) -> list[Problem]:
    """All that is wrong with a backup; nothing where it is whole."""
    wrong = list(_files(folder, found, tell))
    if not wrong and found.journal.database == SQLITE:
        tell("journal", 0, 1)
        wrong += map(Problem, sqlite.problems(folder, found.journal.position))
        tell("journal", 1, 1)
    if not wrong:
        wrong += _bodies(folder, found, tell)
    wrong += [Problem(_lost(one.sha256), fatal=False) for one in found.missing if one.needed]
    return wrong


def _lost(sha256: str) -> str:
    return f"body {sha256} was missing or damaged in the store when the backup was made, and a copy that is not settled has it"


def _files(folder: Path, found: Manifest, tell: Progress) -> Iterator[Problem]:
    for done, one in enumerate(found.files):
        tell("files", done, len(found.files))
        if text := _amiss(folder, one):
            yield Problem(f"{one.file} {text}")
    tell("files", len(found.files), len(found.files))


def _amiss(folder: Path, one: File) -> str:
    """What is wrong with a file; empty where nothing is."""
    path = folder / one.file
    try:
        size = path.stat().st_size
        if size != one.size:
            return f"has {size} bytes, and had {one.size}"
        return "" if files.digest(path) == one.sha256 else "is not what it was: its SHA-256 differs"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _bodies(folder: Path, found: Manifest, tell: Progress) -> Iterator[Problem]:
    try:
        listed = list(bodies.listed(folder))
    except BackupFailed as error:
        yield Problem(str(error))
        return
    for done, (sha256, size) in enumerate(listed):
        tell("bodies", done, found.bodies)
        one = File(str(bodies.place(Path(bodies.FOLDER), sha256)), size, sha256)
        if text := _amiss(folder, one):
            yield Problem(f"body {sha256} {text}", fatal=False)
    tell("bodies", found.bodies, found.bodies)
