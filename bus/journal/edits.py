"""The verbs of edits: a dead or held copy gets other bytes, or is about to (semantics 1: each copy points at its bytes).

The editor names the digest of what was edited, and of all versions exactly one is ever sent: what may have left already
is not edited, and a copy that moved or was edited meanwhile refuses. Both bodies stay as long as the copy may go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from sqlalchemy import Select, exists, select, update

from bus.errors import BusError, IllegalMove, NotFound
from bus.journal import copy as copies_
from bus.journal import schema
from bus.journal.copy import Copy
from bus.journal.settle import clean
from bus.journal.states import OPEN, State, in_state
from bus.journal.tx import Tx
from bus.message import Claim

_E = schema.edits.c
#: In these a copy may still be sent.
NEEDED = (*OPEN, State.DEAD)
_BODY = ("sha256", "size", "data", "kept", "added_at")


class EditState(StrEnum):
    """Where an edit is."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Other bytes for a copy. ``before``: the SHA-256 (hex) of what was edited."""

    copy: str
    by: str
    reason: str
    before: str
    claim: Claim
    #: Somebody else has to approve.
    waits: bool = False
    #: The editor's word that its partner has no version of what was in doubt once.
    not_there: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says of a proposal."""

    edit: str
    by: str
    reason: str = ""
    approved: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """A row of ``edits``, but for its sequence number."""

    id: str
    copy: str
    message: str
    by: str
    reason: str
    sha_before: str
    sha_after: str
    state: str
    approved_by: str | None
    at: int
    decided_at: int | None


COLUMNS = tuple(column for column in schema.edits.columns if column.name != "seq")


def propose(tx: Tx, proposals: Sequence[Proposal]) -> list[Edit | Exception]:
    """Give copies other bytes, or note that somebody wants to; IllegalMove where that cannot be, NotFound for no copy."""
    return [_proposed(tx, one) for one in proposals]


def judge(tx: Tx, words: Sequence[Word]) -> list[Edit | Exception]:
    """Approve proposals, which gives the copies their bytes, or refuse them. As :func:`propose`."""
    return [_judged(tx, one) for one in words]


def why_not_edited(copy: Copy, before: str, *, not_there: bool = False) -> str:
    """Why a copy does not get other bytes in the place of these; empty where it may."""
    reasons = (
        (copy.state not in (State.DEAD, State.HELD), f"it is {copy.state}; only a dead or held copy is edited"),
        (copy.kind == "resend", "it repeats a copy under the same id: it must be the same bytes"),
        (copy.recalled_by, f"it was recalled by {copy.recalled_by}"),
        (copy.state == State.HELD and copy.fetched_at is not None, "its recipient has fetched it as it is"),
        (
            copy.doubted and not not_there,
            "its partner may have it as it is, for it was in doubt once; if they say that it is not there, say so too",
        ),
        (copy.body != before, f"its body is {copy.body} now, and not {before}: look at it again"),
    )
    return next((why for applies, why in reasons if applies), "")


def kept_for() -> tuple[Select[str], ...]:
    """The bodies before and after the edits of copies that may still be sent: both are kept for these."""
    copies = schema.copies.c
    needed = exists().where(copies.id == _E.copy, in_state(copies.state, *NEEDED))
    return select(_E.sha_before).where(needed), select(_E.sha_after).where(needed)


def _proposed(tx: Tx, asked: Proposal) -> Edit | BusError:
    try:
        copy = _copy(tx, asked.copy, asked.before, not_there=asked.not_there)
    except BusError as error:
        return error
    if asked.claim.sha256 == asked.before:
        return IllegalMove(f"copy {copy.id}: nothing was edited, these are its bytes")
    edit = _edit(tx, copy, asked)
    claim = asked.claim
    body = (claim.sha256, claim.size, claim.data, 1, tx.now)
    if not tx.add(schema.bodies, _BODY, [body], ignore=True):
        tx.update(schema.bodies, _BODY, [body])
    tx.insert(schema.edits, [asdict(edit)])
    if asked.not_there:
        tx.update(schema.copies, ("id", "doubted"), [(copy.id, 0)])
    if asked.waits:
        _tell(tx, "copy.edit_proposed", copy, edit, asked.by)
    else:
        _apply(tx, copy, edit, asked.by)
    return edit


def _edit(tx: Tx, copy: Copy, asked: Proposal) -> Edit:
    return Edit(
        id=next(tx.ids),
        copy=copy.id,
        message=copy.message,
        by=asked.by,
        reason=clean(asked.reason),
        sha_before=asked.before,
        sha_after=asked.claim.sha256,
        state=EditState.PROPOSED if asked.waits else EditState.APPLIED,
        approved_by=None,
        at=tx.now,
        decided_at=None if asked.waits else tx.now,
    )


def _judged(tx: Tx, word: Word) -> Edit | BusError:
    try:
        return _judge(tx, word, _open_edit(tx, word.edit))
    except BusError as error:
        return error


def _open_edit(tx: Tx, id_: str) -> Edit:
    row = tx.connection.execute(select(*COLUMNS).where(_E.id == id_).with_for_update()).first()
    if row is None:
        raise NotFound(f"there is no edit {id_}")
    edit = Edit(*row)
    if edit.state != EditState.PROPOSED:
        raise IllegalMove(f"edit {id_} is {edit.state} already")
    return edit


def _judge(tx: Tx, word: Word, edit: Edit) -> Edit:
    if not word.approved:
        return _decide(tx, replace(edit, state=EditState.REFUSED, decided_at=tx.now), word)
    if word.by == edit.by:
        raise IllegalMove(f"edit {edit.id} was proposed by {edit.by}: somebody else has to approve it")
    copy = _copy(tx, edit.copy, edit.sha_before)
    done = replace(edit, state=EditState.APPLIED, approved_by=word.by, decided_at=tx.now)
    _apply(tx, copy, done, word.by)
    return _decide(tx, done, word)


def _decide(tx: Tx, edit: Edit, word: Word) -> Edit:
    decided = {"state": str(edit.state), "approved_by": edit.approved_by, "decided_at": edit.decided_at}
    tx.connection.execute(update(schema.edits).where(_E.id == edit.id).values(**decided))
    if not word.approved:
        tx.tell("copy.edit_refused", edit.message, by=word.by, edit=edit.id, reason=clean(word.reason))
    return edit


def _copy(tx: Tx, id_: str, before: str, *, not_there: bool = False) -> Copy:
    """The copy that is to get other bytes in the place of these, kept from other writers."""
    rows = tx.ask(copies_.BY_ID, ids=[id_])
    if not rows:
        raise NotFound(f"there is no copy {id_}")
    copy = copies_.from_row(rows[0])
    if why_not := why_not_edited(copy, before, not_there=not_there):
        raise IllegalMove(f"copy {id_}: {why_not}")
    return copy


def _apply(tx: Tx, copy: Copy, edit: Edit, by: str) -> None:
    tx.update(schema.copies, ("id", "body"), [(copy.id, edit.sha_after)])
    _tell(tx, "copy.edited", copy, edit, by)


def _tell(tx: Tx, what: str, copy: Copy, edit: Edit, by: str) -> None:
    told = {"edit": edit.id, "before": edit.sha_before, "after": edit.sha_after, "reason": edit.reason}
    tx.tell(what, copy.message, copy, by=by, **told)
