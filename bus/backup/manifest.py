"""What a backup says of itself. A folder without a manifest is no backup: it is written last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from bus.backup import files
from bus.backup.files import BackupFailed
from bus.journal.dump.facts import Facts

NAME = "manifest.json"
#: Of the manifest; one that is newer than this release cannot be read by it.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class File:
    """One file, by its path in the backup."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A body that was not in the store, or not as its name says, when the backup was made."""

    sha256: str
    #: A copy that was not settled has it.
    needed: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that is told. ``files`` are all but the bodies, which have the names of their hashes and stand in a list."""

    format: int
    #: The release that made it, and when (microseconds since 1970; ``at`` is the same for people).
    release: str
    made_at: int
    at: str
    journal: Facts
    files: Sequence[File]
    bodies: int
    bodies_bytes: int
    missing: Sequence[Missing]
    with_secrets: bool

    def told(self) -> dict[str, Any]:
        """For people: without what only a restore needs."""
        lean = replace(self, files=(), journal=replace(self.journal, routes="", tables={}, sequences={}))
        return {**asdict(lean), "bytes": self.bodies_bytes + sum(file.size for file in self.files)}


def write(folder: Path, manifest: Manifest) -> None:
    """Make a backup of a folder."""
    files.write(folder / NAME, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupFailed."""
    try:
        text = (folder / NAME).read_bytes()
    except OSError as error:
        raise BackupFailed(f"{folder} is no backup: {NAME} cannot be read ({error.strerror})") from error
    try:
        found = TypeAdapter(Manifest).validate_json(text)
    except ValidationError as error:
        raise BackupFailed(
            f"{folder / NAME} cannot be read: {error.error_count()} fields are not as they should be"
        ) from error
    if found.format > FORMAT:
        raise BackupFailed(f"the backup was made by a newer release ({found.release}): restore it with that")
    return found
