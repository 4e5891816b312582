"""Edits: other bytes for a dead or held copy, looked at as a difference, and approved by a second user where that is asked.

A body that was signed is not edited, nor is a document made another one: type, kind, sender and identity stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

import schemas
from bus.clock import iso
from bus.control.answers.edits import EditMade, Edits, EditShown, EditTold
from bus.control.bodies import kept
from bus.control.diff import diff
from bus.control.parts import Parts
from bus.control.taking import taken
from bus.desk import Received
from bus.errors import IllegalMove, NotFound, Rejected
from bus.journal.edits import Edit, Proposal, Word, why_not_edited
from bus.journal.pick import Listed
from bus.message import Claim
from schemas.content import Content, Invalid
from schemas.edxml.signed import is_signed
from schemas.report.signed import is_signed as signed

_PIECE = 1 << 20
#: What makes a message the one it is.
_SAME = ("type", "kind", "sender", "document_id", "key", "respond_to", "targets")
#: What makes a packet of reports the one it is.
_SAID = ("regime", "form", "period", "unit", "version", "state", "set", "code")


def edit(
    parts: Parts, copy: str, file: str, before: str, reason: str, dry_run: bool = False, not_there: bool = False
) -> EditMade:
    """Give a copy the bytes in a file in the place of those of a SHA-256, or propose it. ``not_there``: the partner says that
    it has nothing of it. Raises IllegalMove where the copy moved or was edited meanwhile, Rejected for what cannot be read
    or is another document.
    """
    _needed(reason)
    listed = parts.browse.copy(copy)
    if listed is None:
        raise NotFound(f"there is no copy {copy}")
    if why_not := why_not_edited(listed.copy, before, not_there=not_there):
        raise IllegalMove(f"copy {copy}: {why_not}")
    with taken(parts, Path(file), format="either", looked_at=dry_run) as received:
        old = kept(parts, before)
        told = diff(old, received.claim, _checked(parts, listed, old, received), received.content)
        waits = parts.settings.edit_approval == "required"
        proposal = Proposal(copy, parts.who, reason, before, received.claim, waits, not_there)
        made = None if dry_run else parts.journal.propose_edit(proposal).result()
    after = received.claim.sha256
    parts.mark.change({}, {"looked_at": before})
    if made:
        parts.mark.change({"body": before}, {"body": after, "edit": made.id, "state": made.state})
    return {
        "edit": made.id if made else "",
        "copy": copy,
        "before": before,
        "after": after,
        "state": made.state if made else "",
        "diff": told,
    }


def approve(parts: Parts, edit: str, reason: str = "", refuse: bool = False) -> EditTold:
    """Let a proposed edit be the copy's body, or refuse it. Raises IllegalMove for one's own, and as :func:`edit`."""
    made = parts.journal.judge_edit(Word(edit, parts.who, reason, not refuse)).result()
    parts.mark.change({"state": "proposed", "body": made.sha_before}, {"state": made.state, "copy": made.copy})
    return shown(made)


def edits(
    parts: Parts,
    state: Literal["", "proposed", "applied", "refused"] = "",
    copy: str = "",
    limit: Annotated[int, Field(ge=1, le=1000)] = 50,
) -> Edits:
    """Edits, newest first."""
    return {"edits": [shown(one) for one in parts.journal.edits.newest(state, copy, limit)]}


def show(parts: Parts, edit: str, reason: str) -> EditShown:
    """What an edit changes. It is a look at two bodies, and so an order. Raises NotFound where one is no longer kept."""
    _needed(reason)
    made = parts.journal.edits.one(edit)
    if made is None:
        raise NotFound(f"there is no edit {edit}")
    before, after = kept(parts, made.sha_before), kept(parts, made.sha_after)
    parts.mark.change({}, {"looked_at": before.sha256, "and": after.sha256})
    return {**shown(made), "diff": diff(before, after, _content(before), _content(after))}


def shown(made: Edit) -> EditTold:
    """An edit as JSON."""
    return {
        "edit": made.id,
        "copy": made.copy,
        "message": made.message,
        "by": made.by,
        "reason": made.reason,
        "before": made.sha_before,
        "after": made.sha_after,
        "state": made.state,
        "approved_by": made.approved_by,
        "at": iso(made.at),
        "decided_at": iso(made.decided_at),
    }


def _needed(reason: str) -> None:
    if not reason.strip():
        raise Rejected("request.invalid", "say why: it is kept in the audit")


def _checked(parts: Parts, listed: Listed, old: Claim, received: Received) -> Content:
    """What the edited body says, where it may give way to that one. Raises Rejected."""
    before, after = _content(old), received.content
    if _signed(old, before):
        raise Rejected(
            "request.invalid", "the body is signed: not a byte of it may change; redirect its copy, or return it"
        )
    if _signed(received.claim, after):
        raise Rejected("request.invalid", "the edited body bears a signature; nobody signed what is in it now")
    other = [name for name in _SAME if getattr(before, name) != getattr(after, name)]
    other += [name for name in _SAID if before.view.get(name) != after.view.get(name)] if _is_report(before) else []
    if other:
        raise Rejected("request.invalid", f"it would be another message: {', '.join(other)} must stay as they are")
    _check_limits(parts, listed, received)
    return before


def _check_limits(parts: Parts, listed: Listed, received: Received) -> None:
    """What no message may say, and what its endpoint does not take. Raises Rejected."""
    routes = parts.holder.plan.routes
    for marker in routes.secrecy_markers:
        if any(marker.marks(element, text) for element, text in received.content.header):
            raise Rejected("secrecy.marked", f"by the element {marker.element}", element=marker.element)
    endpoint = routes.endpoints.get(listed.copy.endpoint)
    if endpoint and endpoint.max_bytes is not None and received.claim.size > endpoint.max_bytes:
        raise Rejected(
            "body.too_large", f"{received.claim.size} bytes; {listed.copy.endpoint} takes {endpoint.max_bytes}"
        )


def _content(claim: Claim) -> Content:
    """What a stored body says. Raises Rejected where it cannot be read."""
    reader = schemas.reader("either")
    try:
        with claim.open() as document:
            while piece := document.read(_PIECE):
                reader.feed(piece)
            return reader.close()
    except Invalid as invalid:
        raise Rejected(invalid.code, invalid.detail) from invalid


def _is_report(content: Content) -> bool:
    return schemas.format_of(content.type) == "report"


def _signed(claim: Claim, content: Content) -> bool:
    with claim.open() as document:
        return (signed if _is_report(content) else is_signed)(document)
