"""Questions and orders about items of sources that are kept back."""

from __future__ import annotations

from typing import Any, Literal

from bus.clock import iso
from bus.control.answers.bus import KeptBack, Quarantine
from bus.control.answers.orders import Decided
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.quarantine import AGAIN, FAIL
from bus.message import RemoteId

_WORDS = {"fail": FAIL, "again": AGAIN}


def quarantine(parts: Parts, endpoint: str = "", limit: int = 100) -> Quarantine:
    """Items that are kept back, newest first: why, since when, and what was decided."""
    return {"items": list(map(_item, parts.browse.kept_back(endpoint, limit)))}


def decide(parts: Parts, endpoint: str, type: str, remote_id: str, word: Literal["fail", "again"]) -> Decided:  # noqa: A002
    """Have the partner told at the next round that an item failed, or have it looked at again."""
    remote = RemoteId(endpoint, type, remote_id)
    kept = parts.journal.reads.kept_back(remote)
    if kept is None:
        raise NotFound(f"no item {remote_id} of type {type} is kept back from {endpoint}")
    parts.journal.decide_item(remote, _WORDS[word]).result()
    parts.mark.change({"word": kept.word}, {"word": _WORDS[word]})
    return {"endpoint": endpoint, "type": type, "remote_id": remote_id, "word": word}


def _item(row: dict[str, Any]) -> KeptBack:
    return {
        "endpoint": row["endpoint"],
        "type": row["type"],
        "remote_id": row["remote_id"],
        "at": iso(row["at"]),
        "code": row["code"],
        "detail": row["detail"],
        "sender": row["sender"],
        "digest": row["digest"],
        "word": row["word"],
        "kept": bool(row["body"]),
    }
