"""Is a document among what the axis says we sent? Compares rows of getSentEdocList with one copy. Pure.

A wrong yes loses a document and a wrong no sends it twice, so what is not clear is ``unknown``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from adapters.vxp.rows import Listing, SentRow
from bus.endpoint import Answer, Delivered
from bus.message import CopyOut, Delivery

#: A list whose length is a whole multiple of this may have been cut off at a limit nobody told us.
_ROUND = 50


class Likeness(Enum):
    """Whether a row is the copy looked for."""

    SAME = auto()
    OTHER = auto()
    UNCLEAR = auto()


@dataclass(frozen=True, slots=True)
class Sought:
    """What the row of a copy must say, and between which instants (microseconds) it was sent."""

    sender: str
    recipient: str
    #: Other recipients of the same call, whose rows look alike.
    others: frozenset[str]
    notation: str
    title: str
    start: int
    end: int


def sought(delivery: Delivery, copy: CopyOut, start: int, end: int) -> Sought:
    """What to look for, for one copy of a delivery."""
    message = delivery.message
    others = frozenset(other.recipient for other in delivery.copies) - {copy.recipient}
    return Sought(message.sender, copy.recipient, others, message.notation, message.subject, start, end)


def likeness(row: SentRow, wanted: Sought) -> Likeness:
    """How a row that no other copy has claimed compares."""
    in_time = None if row.sent_at is None else wanted.start <= row.sent_at <= wanted.end
    worded = (_alike(row.title, wanted.title), _noted(row.notation, wanted.notation))
    if in_time is False or False in worded or row.recipient in wanted.others:
        return Likeness.OTHER
    # A code that is spelled in another way may be the same agency's other code.
    coded = (row.sender, row.recipient) == (wanted.sender, wanted.recipient)
    certain = coded and in_time and None not in worded and row.sender_doc_id
    return Likeness.SAME if certain else Likeness.UNCLEAR


def by_listing(listing: Listing[SentRow], wanted: Sought, taken: Callable[[SentRow], bool]) -> Answer | Delivered:
    """The answer of a list of everything sent. ``taken``: whether a row is another copy's; asked of likely rows only."""
    compared = ((likeness(row, wanted), row) for row in listing.rows)
    open_ = [(like, row) for like, row in compared if like is not Likeness.OTHER and not taken(row)]
    if not open_:
        return _absent(listing)
    (like, row), *more = open_
    return _delivered(row) if like is Likeness.SAME and not more else Answer.UNKNOWN


def by_id(listing: Listing[SentRow], doc_id: str, recipient: str) -> Answer | Delivered:
    """The answer of a list asked for one DocId (an axis may list more than it was asked for)."""
    named = [row for row in listing.rows if doc_id in (row.sender_doc_id, row.receiver_doc_id)]
    found = [row for row in named if row.recipient == recipient]
    if found:
        return _delivered(found[0])
    return _absent(listing) if not named else Answer.UNKNOWN


def _delivered(row: SentRow) -> Answer | Delivered:
    """What the axis has and could not pass on is for a person to look at."""
    return Answer.UNKNOWN if row.send_state == "fail" else Delivered(row.sender_doc_id, "found among the sent items")


def _absent(listing: Listing[SentRow]) -> Answer:
    """What it means that a row is not there. A list that may have been cut off is another one next time."""
    if listing.unreadable:
        return Answer.UNKNOWN
    return Answer.LATER if listing.rows and len(listing.rows) % _ROUND == 0 else Answer.NOT_THERE


def _alike(said: str, wanted: str) -> bool | None:
    """Whether two texts are the same but for spacing and form; None where the axis does not say."""
    if not said and wanted:
        return None
    return _form(said) == _form(wanted)


def _noted(said: str, wanted: str) -> bool | None:
    """The same for a number and symbol, of which some show the symbol only."""
    alike = _alike(said, wanted)
    return alike or (_alike(said, wanted.partition("/")[2]) if said and "/" in wanted else alike)


def _form(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
