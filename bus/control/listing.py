"""Lists and counts of copies, and what is dead."""

from __future__ import annotations

from collections.abc import Sequence

from bus.classes import CLASSES
from bus.control import shown
from bus.control.answers.copies import BehindTold, CopyTold, Count, Dead, Messages, Sum
from bus.control.parts import Parts
from bus.control.which import Page, Which
from bus.journal.pick import Listed
from bus.journal.states import State
from bus.life import lives

#: Beyond so many nobody counts.
_COUNTED = 1000


def messages(parts: Parts, which: Page) -> Messages:
    """Copies that fit a filter, newest first. ``next`` is the ``after`` of the following page, if there is one; ``behind``
    is told where words were asked for and not all that is stored can be found by them yet.
    """
    page = parts.browse.page(which.filter(parts))
    behind: BehindTold | None = {"events": page.behind.events, "older": page.behind.older} if page.behind else None
    return {"copies": _shown(parts, page.rows), "next": page.next, "behind": behind}


def count(parts: Parts, which: Page) -> Count:
    """How many copies fit a filter; ``more``: these and more, that were not counted."""
    number = parts.browse.count(which.filter(parts), _COUNTED)
    return {"count": min(number, _COUNTED), "more": number > _COUNTED}


def dead(parts: Parts, which: Which) -> Dead:
    """What no further attempt is made for: how many by endpoint and reason, what these mean, and the newest of them."""
    asked = which.filter(parts, [State.DEAD])
    groups: list[Sum] = [
        {"endpoint": endpoint, "reason": reason, "count": number}
        for endpoint, reason, number in parts.browse.groups(asked)
    ]
    rows = _shown(parts, parts.browse.copies(asked))
    met = {*(group["reason"] for group in groups), *(row["class"] for row in rows)}
    hints = {name: shown.hint(CLASSES[name]) for name in sorted(met) if name in CLASSES}
    return {"count": sum(group["count"] for group in groups), "groups": groups, "hints": hints, "copies": rows}


def _shown(parts: Parts, rows: Sequence[Listed]) -> list[CopyTold]:
    told = lives(parts.browse, parts.plan, rows)
    return [shown.copy(row, told.get(row.copy.id)) for row in rows]
