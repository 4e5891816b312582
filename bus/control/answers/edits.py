"""Edits: other bytes for a copy."""

from __future__ import annotations

from typing_extensions import TypedDict


class File(TypedDict):
    """A file in a body."""

    name: str
    size: int
    sha256: str


class Diff(TypedDict):
    """What differs between two bodies; ``cut`` where there is more than is shown."""

    lines: list[str]
    cut: bool
    files_before: list[File]
    files_after: list[File]


class EditTold(TypedDict):
    """One edit; ``before`` and ``after`` are the SHA-256 of the bodies."""

    edit: str
    copy: str
    message: str
    by: str
    reason: str
    before: str
    after: str
    state: str
    approved_by: str | None
    at: str | None
    decided_at: str | None


class EditShown(EditTold):
    """One edit, and what it changes."""

    diff: Diff


class EditMade(TypedDict):
    """An edit that was made or proposed. Where it was only looked at, it has neither a name nor a state."""

    edit: str
    copy: str
    before: str
    after: str
    state: str
    diff: Diff


class Edits(TypedDict):
    """Edits, newest first."""

    edits: list[EditTold]
