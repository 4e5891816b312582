"""What retention takes away, written down first: JSON lines and bodies in a folder a day, each portion with a manifest of hashes.

A portion counts only with its manifest, which is written last; what a crash left without one is written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from bus.backup import files
from bus.backup.bodies import place
from bus.claimcheck import ClaimCheck
from bus.clock import instant, iso
from bus.journal import Journal
from bus.keeping import Due

_PIECE = 1 << 20


class Archive:
    """One folder of archives."""

    def __init__(self, folder: Path, journal: Journal, claims: ClaimCheck) -> None:
        self._folder = folder
        self._journal = journal
        self._claims = claims

    def write(self, due: Sequence[Due], now: int) -> None:
        """Have all that goes of these messages on disk. Raises OSError."""
        day = self._folder / instant(now).date().isoformat()
        day.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = due[0].message.id
        shas = sorted({sha256 for one in due for sha256 in one.bodies})
        missing = [sha256 for sha256 in shas if not self._body(day / "bodies", sha256)]
        lines = day / f"{name}.jsonl"
        files.write(lines, b"".join(orjson.dumps(row) + b"\n" for row in self._rows(due)))
        manifest = {
            "at": iso(now),
            "messages": len(due),
            "file": lines.name,
            "sha256": files.digest(lines),
            "bodies": [sha256 for sha256 in shas if sha256 not in missing],
            "missing": missing,
        }
        files.write(day / f"{name}.manifest.json", orjson.dumps(manifest))
        files.sync(self._folder)

    def _rows(self, due: Sequence[Due]) -> list[dict[str, Any]]:
        going = {one.message.id: one for one in due}
        found = self._journal.ageing.records(list(going))
        return [{**row, "going": _going(going[row["message"]["id"]])} for row in found]

    def _body(self, folder: Path, sha256: str) -> bool:
        """Whether a body could be had. It is written under the name of its hash."""
        target = place(folder, sha256)
        if target.exists():
            return True
        claim = self._claims.find(self._journal.reads.body(sha256))
        if claim is None:
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(f"{sha256}.new")
        with claim.open() as read, fresh.open("wb") as made:
            while piece := read.read(_PIECE):
                made.write(piece)
        files.sync(fresh)
        fresh.rename(target)
        files.sync(target.parent)
        return True


def _going(one: Due) -> dict[str, Any]:
    return {"bodies": list(one.bodies), "events": one.events}
