"""The document a status or a recall speaks of, and whether whoever speaks has a say in it (semantics 10).

Matched by DocumentId and the sending *agency*: a code counts in every spelling it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bus.directory import Directory
from bus.errors import Rejected
from bus.journal.event import Event, newest
from bus.journal.lane import reports
from bus.journal.reads import Reads
from bus.message import Inbound, ReturnAddress


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, as far as its own way depends on it."""

    #: Who sent the document that a status answers, and the way that document came; None: no answer, or not known.
    owner: str = ""
    back: ReturnAddress | None = None
    #: Why its sender has no say in it.
    refusal: Rejected | None = None


#: Of what is about nothing but itself.
_ITSELF = About()


def correlate(inbound: Inbound, directory: Directory, reads: Reads) -> About:
    """What a message is about. Only statuses and recalls are looked up; whatever else is about itself."""
    content = inbound.content
    if not (content.type == "status" or content.recalls):
        return _ITSELF
    owner = directory.canonical(content.sender if content.recalls else content.respond_to)
    known = reads.documents(content.targets)
    owned = [event for event in known if directory.canonical(event.sender) == owner]
    # Of a recall also the documents of others count: nobody takes back what is another's.
    spoken_of = owned or (known if content.recalls else [])
    if spoken_of and not inbound.ours and not _has_say(content.sender, spoken_of, directory, reads):
        why = f"{content.sender} neither sent nor received {content.document_id}"
        return About(refusal=Rejected("not_your_document", why, document=content.document_id))
    return About(owner, None if content.recalls or not owned else newest(owned)[0].message().came_by)


def correlated(event: Event, directory: Directory, reads: Reads) -> About:
    """The same of an event that was accepted: the document it was matched to then, whoever spoke of it."""
    known = reads.documents([event.key]) if event.target and reports(event) else []
    answered = next((one for one in known if one.id == event.target), None)
    return About(directory.canonical(answered.sender), answered.message().came_by) if answered else _ITSELF


def _has_say(sender: str, documents: Sequence[Event], directory: Directory, reads: Reads) -> bool:
    """Whoever sent a document, or received it, may speak of it."""
    code = directory.canonical(sender)
    if any(directory.canonical(event.sender) == code for event in documents):
        return True
    return code in map(directory.canonical, reads.recipients([event.id for event in documents]))
