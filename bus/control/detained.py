"""Questions and orders about items of sources that are kept back."""

from __future__ import annotations

from typing import Any, Literal

from bus.clock import iso
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.quarantine import AGAIN, FAIL
from bus.message import RemoteId

_WORDS = {"fail": FAIL, "again": AGAIN}


def quarantine(parts: Parts, endpoint: str = "", limit: int = 100) -> dict[str, Any]:
    """Items that are kept back, newest first: why, since when, and what was decided."""
    rows = parts.browse.kept_back(endpoint, limit)
    return {"items": [{**row, "at": iso(row["at"]), "kept": bool(row.pop("body"))} for row in rows]}


def decide(parts: Parts, endpoint: str, type: str, remote_id: str, word: Literal["fail", "again"]) -> dict[str, Any]:  # noqa: A002
    """Have the partner told at the next round that an item failed, or have it looked at again."""
    remote = RemoteId(endpoint, type, remote_id)
    kept = parts.journal.reads.kept_back(remote)
    if kept is None:
        raise NotFound(f"no item {remote_id} of type {type} is kept back from {endpoint}")
    parts.journal.decide_item(remote, _WORDS[word]).result()
    parts.mark.change({"word": kept.word}, {"word": _WORDS[word]})
    return {"endpoint": endpoint, "type": type, "remote_id": remote_id, "word": word}
