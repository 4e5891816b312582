"""Items of a source that could not become a message, by the partner's own id (semantics 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import update

from bus.journal import schema
from bus.journal.tx import Tx
from bus.message import Claim, RemoteId

#: What is decided of an item: nothing yet; tell the partner that it failed; told; look at it again.
WAITS, FAIL, TOLD, AGAIN = "", "fail", "told", "again"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One item, and why. ``body`` is empty where its bytes may not be kept."""

    endpoint: str
    type: str
    remote_id: str
    code: str
    detail: str
    sender: str = ""
    digest: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Detained:
    """An item with the bytes to keep of it; None where they may not be kept."""

    item: Quarantined
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """What is decided of an item."""

    remote: RemoteId
    word: str


def detain(tx: Tx, detained: Sequence[Detained]) -> list[Exception | None]:
    """Keep items back; one that is there already keeps its first reason and loses an order to look again."""
    claims = {one.claim.sha256: one.claim for one in detained if one.claim}
    bodies = [
        {"sha256": sha256, "size": claim.size, "data": claim.data, "kept": 1, "added_at": tx.now}
        for sha256, claim in sorted(claims.items())
    ]
    tx.insert(schema.bodies, bodies, ignore=True)
    tx.insert(schema.quarantine, [{**asdict(one.item), "word": WAITS, "at": tx.now} for one in detained], ignore=True)
    return decide(tx, [Word(_remote(one.item), WAITS) for one in detained])


def decide(tx: Tx, words: Sequence[Word]) -> list[Exception | None]:
    """Note what is decided of items."""
    table = schema.quarantine.c
    for word in words:
        remote = word.remote
        mine = (table.endpoint == remote.endpoint, table.type == remote.type, table.remote_id == remote.id)
        tx.connection.execute(update(schema.quarantine).where(*mine).values(word=word.word))
    return [None] * len(words)


def _remote(item: Quarantined) -> RemoteId:
    return RemoteId(item.endpoint, item.type, item.remote_id)
