"""Lists and counts of copies, and what is dead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bus.control import shown
from bus.control.parts import Parts
from bus.control.which import Which
from bus.journal.browse import Listed
from bus.journal.states import State
from bus.life import lives


def messages(parts: Parts, which: Which) -> dict[str, Any]:
    """Copies that fit a filter, newest first. ``next`` is the ``before`` of the following page, if there is one."""
    rows = parts.browse.copies(which.filter(parts))
    more = rows[-1].seq if len(rows) == which.limit else None
    return {"copies": _shown(parts, rows), "next": more}


def count(parts: Parts, which: Which) -> dict[str, int]:
    """How many copies fit a filter."""
    return {"count": parts.browse.count(which.filter(parts))}


def dead(parts: Parts, which: Which) -> dict[str, Any]:
    """What no further attempt is made for: how many by endpoint and reason, and the newest of them."""
    asked = which.filter(parts, [State.DEAD])
    groups = [
        {"endpoint": endpoint, "reason": reason, "count": number}
        for endpoint, reason, number in parts.browse.groups(asked)
    ]
    rows = _shown(parts, parts.browse.copies(asked))
    return {"count": sum(group["count"] for group in groups), "groups": groups, "copies": rows}


def _shown(parts: Parts, rows: Sequence[Listed]) -> list[dict[str, Any]]:
    told = lives(parts.browse, parts.plan, rows)
    return [shown.copy(row, told.get(row.copy.id)) for row in rows]
