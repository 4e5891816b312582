"""Backups that the running bus makes for whoever is not on its machine."""

from __future__ import annotations

from bus.backup import ordered
from bus.backup.manifest import Manifest
from bus.backup.ordered import UnderWay
from bus.control.answers.keeping import BackupKept, Backups, BackupUnderWay
from bus.control.parts import Parts
from bus.errors import NotFound


def backup(parts: Parts, backup: str, previous: str = "", reason: str = "") -> BackupUnderWay:  # noqa: ARG001 - the audit has it
    """Begin a backup in a folder of this name below the bus's own (``BUS_BACKUPS``); the question is how far it is.

    ``previous``: an earlier one there, whose bodies are linked. Secrets are not in it. Raises BackupFailed.
    """
    if parts.backups is None:
        raise NotFound("no daemon is running: make one with bus backup DIR")
    return _under_way(parts.backups.begin(backup, previous, parts.who))


def backups(parts: Parts) -> Backups:
    """The backup under way, or what became of the last since the start; and all that lie in the bus's folder, newest first."""
    last = parts.backups.last if parts.backups else None
    making = last.name if last and not last.ended else ""
    found = ordered.kept(parts.settings)
    return {
        "folder": str(parts.settings.backups or ""),
        "last": _under_way(last) if last else None,
        "backups": [_kept(name, one) for name, one in found.items() if one],
        "broken_off": [name for name, one in found.items() if one is None and name != making],
    }


def _under_way(one: UnderWay) -> BackupUnderWay:
    return {
        "name": one.name,
        "by": one.by,
        "step": one.step,
        "done": one.done,
        "total": one.total,
        "ended": one.ended,
        "error": one.error,
    }


def _kept(name: str, found: Manifest) -> BackupKept:
    return {
        "name": name,
        "at": found.at,
        "release": found.release,
        "position": found.journal.position,
        "bodies": found.bodies,
        "bytes": found.told()["bytes"],
        "missing": len(found.missing),
        "with_secrets": found.with_secrets,
    }
