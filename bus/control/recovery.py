"""After a restore: what is in doubt since the backup, who can be asked about it, and letting sending go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bus.clock import iso
from bus.config.models import MAILBOX
from bus.control.answers.keeping import Asked, Recovery, RecoveryShort, RecoveryTold, Released, Restored
from bus.control.parts import Parts
from bus.endpoint_settings import EndpointSettings, Idempotency
from bus.errors import NotFound, Rejected
from bus.journal.recoveries import Group, Standing
from bus.journal.restored import Ask, Release
from bus.journal.states import State

#: Partners that drop what comes again under its id.
_BY_ID = (Idempotency.ID, Idempotency.ID_AND_HASH)
#: What is sent, or offered again, by a release.
_SENT = (State.QUEUED, State.WAITING, State.OFFERED)


def recovery(parts: Parts) -> Recovery:
    """Whether the bus is in recovery, and by endpoint what is in doubt, what was found out, and what waits."""
    standing = parts.journal.recoveries.standing()
    if standing is None:
        return {"recovery": None, "endpoints": []}
    return {"recovery": _told(standing), "endpoints": _rows(parts, standing)}


def standing(parts: Parts) -> RecoveryShort | None:
    """A recovery under way, in short; None where there is none."""
    found = parts.journal.recoveries.standing()
    if found is None:
        return None
    doubts = sum(one.count for one in parts.journal.recoveries.groups() if one.state == State.IN_DOUBT)
    return {**_told(found), "in_doubt": doubts}


def ask(parts: Parts, endpoint: str = "") -> Asked:
    """Have partners asked about what is in doubt, at the pace of their endpoints; how many questions that are."""
    rows = _chosen(_rows(parts, _needed(parts)), endpoint)
    if endpoint and not all(row["asks"] for row in rows):
        raise Rejected("request.invalid", f"{endpoint} cannot be asked: only endpoints with idempotency ask_first can")
    asked = [row for row in rows if row["asks"] and row["in_doubt"]]
    for row in asked:
        _ask(parts, row["endpoint"])
    return {"asked": [{"endpoint": row["endpoint"], "count": row["in_doubt"]} for row in asked]}


def release(
    parts: Parts,
    endpoint: str = "",
    all: bool = False,  # noqa: A002 - the word of the option
    reason: str = "",
    dry_run: bool = False,
) -> Released:
    """Send again to an endpoint, or to all: what is still in doubt there goes on from where it was at the backup.

    ``dry_run`` only counts, and says what may arrive twice.
    """
    if bool(endpoint) == all:
        raise Rejected("request.invalid", "name one endpoint, or all")
    rows = _chosen(_rows(parts, _needed(parts)), endpoint)
    if not dry_run:
        if not reason.strip():
            raise Rejected("request.invalid", "give a reason: it is kept with the order")
        for row in rows:
            _release(parts, row["endpoint"], reason)
        _end(parts)
    return {"dry_run": dry_run, "over": parts.journal.recoveries.standing() is None, "endpoints": rows}


def _needed(parts: Parts) -> Standing:
    standing = parts.journal.recoveries.standing()
    if standing is None:
        raise NotFound("the bus is not in recovery")
    return standing


def _chosen(rows: Sequence[Restored], endpoint: str) -> list[Restored]:
    chosen = [row for row in rows if not row["released"] and endpoint in ("", row["endpoint"])]
    if endpoint and not chosen:
        names = ", ".join(row["endpoint"] for row in rows if not row["released"])
        raise NotFound(f"nothing is kept back at {endpoint}; there are {names or 'none'}")
    return chosen


def _ask(parts: Parts, endpoint: str) -> None:
    after: str | None = ""
    while after is not None:
        after = parts.journal.restoring.ask(Ask(endpoint, after)).result()


def _release(parts: Parts, endpoint: str, reason: str) -> None:
    """The copies first, so that sending begins when all of them are where they belong."""
    began = parts.clock.now()
    after: str | None = ""
    while after is not None:
        after = parts.journal.restoring.release(Release(endpoint, parts.who, reason, began, after)).result()
    while parts.journal.restoring.open_up(Release(endpoint, parts.who, reason, began)).result():
        pass


def _end(parts: Parts) -> None:
    """It is over when nothing is kept back anywhere."""
    if all(row["released"] for row in _rows(parts, _needed(parts))):
        parts.journal.restoring.end(parts.who).result()


def _told(standing: Standing) -> RecoveryTold:
    return {
        "backup_at": iso(standing.made_at),
        "position": standing.position,
        "restored_at": iso(standing.restored_at),
        "by": standing.by,
        "released": sorted(standing.recovered),
    }


def _rows(parts: Parts, standing: Standing) -> list[Restored]:
    """One for each endpoint of the routes, and for each that something was restored for or waits for."""
    groups, waiting = parts.journal.recoveries.groups(), parts.journal.recoveries.waiting()
    known = parts.plan.routes.endpoints if parts.plan else {}
    names = sorted({*known, *waiting, *(one.endpoint for one in groups)})
    return [
        _row(name, known.get(name), [one for one in groups if one.endpoint == name], waiting.get(name, 0), standing)
        for name in names
    ]


def _row(
    name: str, settings: EndpointSettings | None, groups: Sequence[Group], queued: int, standing: Standing
) -> Restored:
    doubts = [one for one in groups if one.state == State.IN_DOUBT]
    promised = settings.idempotency if settings and settings.kind != MAILBOX else Idempotency.NONE
    sent = _count(one for one in doubts if one.was in _SENT)
    return {
        "endpoint": name,
        "kind": settings.kind if settings else "",
        "contract": str(promised),
        "asks": promised == Idempotency.ASK_FIRST,
        "in_doubt": _count(doubts),
        "was": _by_was(doubts),
        "oldest_at": iso(min((one.oldest_at for one in doubts), default=None)),
        "found_delivered": _count(one for one in groups if one.state == State.DELIVERED),
        "may_arrive_twice": 0 if promised in _BY_ID else sent,
        "known_by_id": sent if promised in _BY_ID else 0,
        "queued": queued,
        "released": name in standing.recovered,
    }


def _by_was(groups: Iterable[Group]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for one in groups:
        counted[one.was] += one.count
    return dict(counted)


def _count(groups: Iterable[Group]) -> int:
    return sum(one.count for one in groups)
