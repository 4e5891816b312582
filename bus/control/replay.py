"""Replay: dead copies are tried again. It can be looked at first, and says what would arrive out of order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bus.control import shown
from bus.control.answers.orders import CarriedOut, Preview
from bus.control.orders import PORTION, carry_out, report
from bus.control.parts import Parts
from bus.control.which import Which, frozen
from bus.journal.operate import Done, Way, why_not_replayed
from bus.journal.pick import Filter, Listed
from bus.journal.states import State

_OUT_OF_ORDER = "would arrive after something later of its document was delivered; say yes to replay it all the same"


def replay(
    parts: Parts, which: Which, dry_run: bool = False, yes: bool = False, reason: str = ""
) -> CarriedOut | Preview:
    """Try dead copies again. ``dry_run`` only tells what would be; ``yes`` also takes what comes out of order."""
    ids = frozen(parts, which, [State.DEAD])
    if dry_run:
        rows = list(_preview(parts, ids))
        return {"count": len(rows), "copies": rows}
    late = set() if yes else set(_overtaken(parts, ids))
    kept = [Done(id_, State.DEAD, _OUT_OF_ORDER) for id_ in ids if id_ in late]
    going = [id_ for id_ in ids if id_ not in late]
    done = carry_out(parts, "replay", going, reason, ways=_ways(parts, going))
    return _joined(done, report(kept))


def _joined(one: CarriedOut, other: CarriedOut) -> CarriedOut:
    return {
        "done": one["done"] + other["done"],
        "refused": one["refused"] + other["refused"],
        "copies": one["copies"] + other["copies"],
    }


def _preview(parts: Parts, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    late, ways = set(_overtaken(parts, ids)), _ways(parts, ids)
    found = {listed.copy.id: listed for listed in _listed(parts, ids)}
    for id_ in ids:
        listed = found.get(id_)
        if listed is None:
            yield {"copy": id_, "state": "", "refused": "no such copy", "out_of_order": False}
        else:
            yield {**_shown(listed, ways.get(id_)), "out_of_order": id_ in late}


def _shown(listed: Listed, way: Way | None) -> dict[str, Any]:
    row = {**shown.copy(listed), "refused": why_not_replayed(listed.copy, way)}
    return {**row, "endpoint": way.placement.endpoint, "rule": way.placement.rule} if way else row


def _ways(parts: Parts, ids: Sequence[str]) -> dict[str, Way]:
    """Where those go that had no route when they came. Nowhere, while the routes cannot be read."""
    if parts.plan is None:
        return {}
    lost = (listed for listed in _listed(parts, ids) if not listed.copy.endpoint)
    return {listed.copy.id: parts.ingress.place_again(listed.event, listed.copy.recipient) for listed in lost}


def _overtaken(parts: Parts, ids: Sequence[str]) -> Iterator[str]:
    for portion in _portions(ids):
        yield from parts.browse.overtaken(portion)


def _listed(parts: Parts, ids: Sequence[str]) -> Iterator[Listed]:
    for portion in _portions(ids):
        yield from parts.browse.copies(Filter(ids=tuple(portion), limit=len(portion)))


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + PORTION] for start in range(0, len(ids), PORTION))
