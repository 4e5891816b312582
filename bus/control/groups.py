"""Groups of failures: how many, how old, whose they are, and what is to be done about them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bus.clock import iso
from bus.control import letters, shown
from bus.control.answers.failures import Groups, GroupTold, NoteTold
from bus.control.answers.groups import GroupShown
from bus.control.parts import Parts
from bus.errors import NotFound
from bus.journal.groups import Group, Mark, Note
from bus.journal.pick import Filter

Owner = Annotated[str, Field(max_length=200)]
Ticket = Annotated[str, Field(max_length=2000, pattern=r"^(https?://\S+)?$")]
Text = Annotated[str, Field(max_length=10_000)]


def groups(
    parts: Parts,
    endpoint: str = "",
    all: bool = False,  # noqa: A002 - the word of the option
    limit: Annotated[int, Field(ge=1, le=10_000)] = 200,
) -> Groups:
    """What has failed and is not over, by fingerprint, most copies first. ``all``: also what is snoozed, and what is only
    kept because somebody said something of it. ``hidden`` is how many groups are not told, for that or for the limit.
    """
    now = parts.clock.now()
    found = [one for one in parts.journal.groups.all() if not endpoint or one.name.startswith(f"{endpoint}/")]
    told = [one for one in found if all or (one.count and (one.kept.snoozed_until or 0) <= now)]
    rows = [shown.group(one) for one in told[:limit]]
    return {"count": sum(one.count for one in told), "hidden": len(found) - len(rows), "groups": rows}


def group(parts: Parts, group: str, limit: Annotated[int, Field(ge=1, le=1000)] = 20) -> GroupShown:
    """One group: what it means, what was written of it, its newest copies, and a text for the other agency."""
    found = _group(parts, group)
    rows = parts.browse.copies(Filter(group=group, limit=limit))
    letter = letters.about(parts, rows[0], found.count - 1) if rows else None
    return {
        **shown.group(found),
        "notes": list(map(_note, parts.journal.groups.notes(group))),
        "copies": [shown.copy(row) for row in rows],
        "letter": letter,
    }


def mark(
    parts: Parts,
    group: str,
    owner: Owner | None = None,
    ticket: Ticket | None = None,
    snoozed_until: int | None = None,
    note: Text = "",
) -> GroupTold:
    """Say whose a group is, which ticket is about it, until when (microseconds since 1970) it need not be shown, or write a
    note of it. What is empty, or 0, is taken away.
    """
    _group(parts, group)
    parts.journal.mark_group(Mark(group, parts.who, owner, ticket, snoozed_until, note)).result()
    return shown.group(_group(parts, group))


def _note(note: Note) -> NoteTold:
    return {"at": iso(note.at), "by": note.by, "text": note.text}


def _group(parts: Parts, name: str) -> Group:
    found = parts.journal.groups.one(name)
    if found is None:
        raise NotFound(f"nothing failed as {name} and nothing is kept of it; `bus groups --all` has those there are")
    return found
