"""Questions about the audit: who ordered or looked at what, and whether the chain of these rows is whole."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bus.clock import iso
from bus.control.answers.audit import Audit, Broken, DeedTold, Followed, Head
from bus.control.parts import Parts
from bus.errors import Rejected
from bus.journal import chain
from bus.journal.audit_reads import Asked
from bus.journal.chain import Row
from bus.paging import place, seq_of


def audit(
    parts: Parts,
    who: str = "",
    what: str = "",
    since: int | None = None,
    until: int | None = None,
    after: str = "",
    limit: Annotated[int, Field(ge=1, le=1000)] = 50,
) -> Audit:
    """Deeds that fit, newest first. ``next`` is the ``after`` of the following page, if there is one."""
    rows = parts.journal.audit.page(Asked(who, what, since, until, seq_of(after), limit + 1))
    deeds = [_deed(row) for row in rows[:limit]]
    return {"deeds": deeds, "next": place(deeds[-1]["number"]) if len(rows) > limit else None}


def _deed(row: Row) -> DeedTold:
    return {
        "number": row["seq"],
        "at": iso(row["at"]),
        "who": row["who"],
        "what": row["what"],
        "detail": row["detail"],
        "outcome": row["outcome"],
        "reason": row["reason"] or "",
        "before": row["before"] or "",
        "after": row["after"] or "",
        "previous": row["previous"] or "",
        "hash": row["hash"] or "",
    }


def head(parts: Parts) -> Head:
    """The end of the chain: to be noted outside, for a tail that was removed shows nowhere else."""
    row = parts.journal.audit.head()
    if row is None:
        return {"number": 0, "hash": "", "at": None}
    return {"number": row["seq"], "hash": row["hash"], "at": iso(row["at"])}


def follow(parts: Parts, after: int = 0, hash: str = chain.BEGINNING, head: str = "") -> Followed:  # noqa: A002 - its name
    """Follow the chain from a row on. ``head``, NUMBER:HASH as it was noted once, must still be a row of it."""
    walked = parts.journal.audit.walk(after, hash)
    differences: list[Broken] = [{"number": walked.broken, "why": walked.why}] if walked.broken is not None else []
    if head:
        differences += _noted(parts, head)
    return {"rows": walked.rows, "next": walked.after, "hash": walked.hash, "differences": differences}


def _noted(parts: Parts, head: str) -> list[Broken]:
    number, _, hash_ = head.partition(":")
    if not number.isdecimal() or not hash_:
        raise Rejected("request.invalid", "head: expected NUMBER:HASH, as bus audit --head prints it")
    borne = parts.journal.audit.hash_of(int(number))
    if borne == hash_:
        return []
    why = "it bears another hash than was noted" if borne else "it was noted as the head and is gone"
    return [{"number": int(number), "why": why}]
