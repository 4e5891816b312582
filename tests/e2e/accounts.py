"""The account at the end: what was promised is there, unchanged, and no more often than a contract allows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bus.claimcheck import ClaimCheck
from bus.journal.store import Store
from bus.journal.verify import Verifier, total
from tests.e2e import partners
from tests.e2e.lives import Life
from tests.e2e.partners import Document
from tests.e2e.places import CONTRACTS, FETCHER, REPEATING, Place

_MOVING = ("queued", "sending", "waiting")


def settled(life: Life, doubts: int = 0) -> None:
    """Wait until nothing moves any more and so many copies are in doubt for good."""
    life.until(lambda: _open(life) == {"in_doubt": doubts}, f"everything had settled but {doubts}")


def settled_but_for_operators(life: Life) -> None:
    """Wait until nothing moves any more; only the endpoint nobody may ask, or send to again, may have doubts."""

    def quiet() -> bool:
        doubts = life.ask("count", which={"endpoint": "once", "states": ["in_doubt"]})["count"]
        return _open(life) == {"in_doubt": doubts}

    life.until(quiet, "everything had settled but what operators settle")


def _open(life: Life) -> dict[str, int]:
    states = life.ask("status")["states"]
    return {"in_doubt": states.get("in_doubt", 0), **{s: states[s] for s in _MOVING if states.get(s)}}


def balanced(life: Life) -> Mapping[str, int]:
    """The copies by state, after the account of semantics 3 was told three ways and all agreed."""
    states: dict[str, int] = {}
    after: int | None = 0
    while after is not None:
        portion = life.ask("verify", after=after)
        after = portion["next"]
        assert portion["differences"] == []
        states = {name: states.get(name, 0) + portion["states"].get(name, 0) for name in {*states, *portion["states"]}}
    return states


def at_rest(place: Place) -> Mapping[str, int]:
    """The same of a home in which nobody lives: as ``bus verify`` tells it."""
    store = Store(f"sqlite:///{place.home / 'journal.db'}")
    try:
        told = total(Verifier(store, ClaimCheck(place.home / "bodies", place.home / "bodies" / "spool")).portions())
    finally:
        store.close()
    assert told.differences == ()
    return told.states


def copies(life: Life, message: str) -> dict[str, Any]:
    """The copies of a message as an operator sees them, by endpoint."""
    return {copy["endpoint"]: copy for copy in life.ask("trace", id=message)["copies"]}


def kept(place: Place, contract: str) -> Mapping[str, Any]:
    """What a partner has, by docId."""
    documents: Mapping[str, Any] = place.sandbox.account(contract)["documents"]  # type: ignore[assignment]
    return documents


def times(place: Place, contract: str) -> list[int]:
    """How often a partner got each document it has."""
    return [document["times"] for document in kept(place, contract).values()]


def asks(place: Place, contract: str) -> int:
    """How often a partner was asked."""
    return int(str(place.sandbox.account(contract)["asks"]))


def complete(life: Life, accepted: Mapping[str, Document], doubted: Collection[str] = ()) -> None:
    """Every document with a receipt is with each of its recipients, byte for byte; nothing is there twice that may not.

    Copies in doubt (only at the endpoints ``doubted``) wait for an operator.
    """
    states = balanced(life)
    assert sum(states.values()) == sum(len(paper.recipients) for paper in accepted.values())
    bodies = {paper.sha256 for paper in accepted.values()}
    for message, paper in accepted.items():
        for copy in copies(life, message).values():
            _arrived(life.place, copy, paper, doubted)
    for contract in CONTRACTS:
        assert all(document["sha256"] in bodies for document in kept(life.place, contract).values())
        if contract not in REPEATING:
            assert all(count == 1 for count in times(life.place, contract))


def _arrived(place: Place, copy: Mapping[str, Any], paper: Document, doubted: Collection[str]) -> None:
    if copy["recipient"] == FETCHER:
        assert copy["state"] in ("offered", "delivered")
        assert hashlib.sha256(partners.fetch(place, copy["copy"])).hexdigest() == paper.sha256
    elif copy["state"] == "in_doubt":
        assert copy["endpoint"] in doubted
    else:
        assert copy["state"] == "delivered", copy
        assert kept(place, copy["endpoint"])[copy["copy"]]["sha256"] == paper.sha256


def all_times(place: Place) -> Iterator[int]:
    """How often each partner got each document it has."""
    for contract in CONTRACTS:
        yield from times(place, contract)
