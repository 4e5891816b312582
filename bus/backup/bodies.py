"""The large bodies of a backup: files named by their SHA-256, and a list of them.

They are copied after the journal, so none is missing that it claims; while they are, nobody removes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bus.backup import files
from bus.backup.files import BackupFailed, Progress

FOLDER, LIST = "bodies", "bodies.txt"
Body = tuple[str, int]


def place(folder: Path, sha256: str) -> Path:
    """Where a body lies below a store or a backup's folder of bodies."""
    return folder / sha256[:2] / sha256


def copy(wanted: Sequence[Body], store: Path, folder: Path, before: Path | None, tell: Progress) -> list[Body]:
    """Bring bodies from a store into a backup; those that could be had. What an earlier backup has is linked to it."""
    got = []
    for done, body in enumerate(wanted):
        tell("bodies", done, len(wanted))
        if _bring(body, store, folder, before):
            got.append(body)
    tell("bodies", len(wanted), len(wanted))
    _sync(folder)
    return got


def _bring(body: Body, store: Path, folder: Path, before: Path | None) -> bool:
    sha256, _ = body
    target = place(folder, sha256)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return (before is not None and _linked(place(before, sha256), target, body)) or _copied(
        place(store, sha256), target, body
    )


def _linked(source: Path, target: Path, body: Body) -> bool:
    """Whether an earlier backup has it on the same disk. Its bytes were hashed when they came there."""
    with suppress(OSError):
        if source.stat().st_size == body[1]:
            os.link(source, target)
            return True
    return False


def _copied(source: Path, target: Path, body: Body) -> bool:
    """Whether the store has it as its name says."""
    with suppress(FileNotFoundError):
        if files.copy(source, target) == body[0]:
            return True
        target.unlink()
    return False


def _sync(folder: Path) -> None:
    if folder.exists():
        for one in (*folder.iterdir(), folder):
            files.sync(one)


def whole(store: Path, sha256: str) -> bool:
    """Whether a store has a body; one that is not as its name says is removed."""
    found = place(store, sha256)
    with suppress(FileNotFoundError):
        if files.digest(found) == sha256:
            return True
        found.unlink()
    return False


def write_list(folder: Path, bodies: Sequence[Body]) -> None:
    """Say which there are."""
    files.write(folder / LIST, "".join(f"{sha256} {size}\n" for sha256, size in bodies).encode())


def listed(folder: Path) -> Iterator[Body]:
    """Which there are. Raises BackupFailed."""
    try:
        for line in (folder / LIST).read_text("ascii").splitlines():
            sha256, size = line.split()
            yield sha256, int(size)
    except (OSError, ValueError) as error:
        raise BackupFailed(f"{LIST} cannot be read: {error}") from error
