"""What the calendar opens: reports come to be owed as their deadlines come near, and an open one follows what its regime says now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bus.expectation.duties import Duty
from bus.expectation.following import as_owed
from bus.expectation.rules import Rules
from bus.expectation.standing_in import was_returned
from bus.expectation.times import day_of, start_of
from bus.journal.expecting import Expectation, Opened

#: Reports are owed from so long before their deadline; and one whose time passed longer ago is not opened any more.
#: Retention keeps what was closed for longer than both, or it would be opened again.
AHEAD, BEHIND = timedelta(days=45), timedelta(days=100)


def opening(rules: Rules, now: int, still_open: Iterable[Expectation]) -> Opened:
    """What is to be opened at an instant, and what of these open ones is owed otherwise now, or not after all."""
    today = day_of(now)
    known = {row.id: row for row in still_open}
    wanted = _wanted(rules, rules.duties.between(today - BEHIND, today + AHEAD), now)
    since = start_of(today - BEHIND)
    changed = (_as_now(known[id_], row, rules, now) for id_, row in wanted.items() if id_ in known)
    return Opened(
        new=tuple(row for id_, row in wanted.items() if id_ not in known),
        changed=tuple(row for row in changed if row != known[row.id]),
        gone=tuple(id_ for id_, row in known.items() if id_ not in wanted and _is_mistaken(row, rules, since)),
    )


def _is_mistaken(row: Expectation, rules: Rules, since: int) -> bool:
    """Whether what is not asked for now was never to be owed: its regime is there and says so. A regime that is gone, or a file
    that cannot be read, takes back nothing.
    """
    regime = row.key.partition("|")[0]
    untouched = row.version == 0 and row.stand_ins is None
    return untouched and row.due_at is not None and row.due_at > since and rules.duties.knows(regime)


def _wanted(rules: Rules, duties: Iterable[Duty], now: int) -> dict[str, Expectation]:
    return {row.id: row for duty in duties for row in as_owed(rules, duty, now)}


def _as_now(row: Expectation, wanted: Expectation, rules: Rules, now: int) -> Expectation:
    """An open row as its regime has it now. One that was returned has a deadline of its own."""
    about = row._replace(who=wanted.who, asker=wanted.asker, office=wanted.office, name=wanted.name)
    if was_returned(row) or row.due_at == wanted.due_at:
        return about
    return about._replace(due_at=wanted.due_at, remind_at=rules.remind_at(row.rule, wanted.due_at, now))
