"""The axis as its sandbox plays it: systems, agencies, and a queue of copies for every agency. No sockets here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import schemas
from adapters.vxp.sandbox_orders import Habits
from adapters.vxp.times import LOCAL
from bus.clock import instant
from schemas.content import Content, Invalid

_TRACES_END = b"</edXML:TraceHeaderList>"
_HOP = (
    "<edXML:TraceHeader><edXML:OrganId>001.00.20.TT2</edXML:OrganId>"
    "<edXML:Timestamp>{:%Y/%m/%d %H:%M:%S}</edXML:Timestamp></edXML:TraceHeader>"
)


@dataclass(frozen=True, slots=True)
class System:
    """One system that calls the axis: its secret and the agencies it acts for."""

    secret: bytes = field(repr=False)
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call of sendEdoc."""

    system: str
    type: str
    sender: str
    recipients: tuple[str, ...]
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Copy:
    """One recipient of something that was sent, and how often it came."""

    doc_id: str
    sender_doc_id: str
    parcel: Parcel
    recipient: str
    notation: str
    title: str
    sent_at: int
    updated_at: int
    state: str = "initial"
    description: str = ""
    times: int = 1
    repeated: bool = False


@dataclass(slots=True)
class Unit:
    """An agency in the axis's list."""

    code: str
    name: str = ""
    parent: str = ""
    mail: str = ""
    old_code: str = ""
    deleted: bool = False
    #: Grows when the unit changes.
    version: int = 0


class Axis:
    """Everything the sandbox has."""

    def __init__(self, systems: Mapping[str, System], now: Callable[[], int]) -> None:
        self.systems = systems
        self.now = now
        self.habits = Habits()
        self.copies: list[Copy] = []
        self.units = {code: Unit(code) for system in systems.values() for code in system.agencies}
        self._sent: dict[tuple[str, str, tuple[str, ...], str], str] = {}
        self._number = 0

    def take(self, parcel: Parcel) -> str:
        """Take a document in; its DocId."""
        content = _read(parcel.body)
        recipients = self._recipients(parcel, content)
        key = (parcel.system, parcel.sender, recipients, hashlib.sha256(parcel.body).hexdigest())
        if key in self._sent and not self.habits.duplicates:
            self._count_again(self._sent[key])
            return self._sent[key]
        self._sent[key] = doc_id = self._new_id("S")
        for recipient in recipients:
            self.copies.append(self._copy(parcel, content, recipient, doc_id))
        return doc_id

    def waiting(self, system: str, type_: str) -> Iterator[Copy]:
        """What an agency of this system has not acked, oldest first."""
        own = self.systems[system].agencies
        for copy in self.copies:
            if copy.recipient in own and copy.parcel.type == type_ and copy.state in {"initial", "processing"}:
                yield copy

    def sent(self, system: str, type_: str, doc_id: str) -> Iterator[Copy]:
        """What this system sent, all of it or of one DocId."""
        for copy in self.copies:
            if copy.parcel.system == system and copy.parcel.type == type_ and doc_id in {"", copy.sender_doc_id}:
                yield copy

    def find(self, system: str, doc_id: str) -> Copy | None:
        """A copy for an agency of this system."""
        own = self.systems[system].agencies
        return next((copy for copy in self.copies if copy.doc_id == doc_id and copy.recipient in own), None)

    def settle(self, copy: Copy, state: str, description: str) -> None:
        """A recipient says how far it is."""
        copy.state, copy.description, copy.updated_at = state, description, self.now()
        if state == "done" and self.habits.repeats and not copy.repeated:
            self.copies.append(replace(copy, doc_id=self._new_id("R"), state="initial", repeated=True))

    def handed_out(self, copy: Copy) -> bytes:
        """The bytes a recipient gets."""
        if not self.habits.hops:
            return copy.parcel.body
        hop = _HOP.format(instant(self.now()).astimezone(LOCAL)).encode()
        return copy.parcel.body.replace(_TRACES_END, hop + _TRACES_END, 1)

    def _recipients(self, parcel: Parcel, content: Content | None) -> tuple[str, ...]:
        written = content.recipients if content else ()
        chosen = written if self.habits.ignore_to or not parcel.recipients else parcel.recipients
        return (*chosen, parcel.sender) if self.habits.echo and parcel.sender not in chosen else chosen

    def _copy(self, parcel: Parcel, content: Content | None, recipient: str, sender_doc_id: str) -> Copy:
        now = self.now()
        notation = str(content.view.get("number", "")) if content else ""
        title = content.subject if content else ""
        return Copy(self._new_id("R"), sender_doc_id, parcel, recipient, notation, title, now, now)

    def _count_again(self, sender_doc_id: str) -> None:
        for copy in self.copies:
            copy.times += copy.sender_doc_id == sender_doc_id

    def _new_id(self, kind: str) -> str:
        self._number += 1
        return f"VXP-{kind}-{self._number}"


def account(axis: Axis) -> Sequence[Mapping[str, object]]:
    """All copies, for those who look at the sandbox from outside."""
    return [_shown(copy) for copy in axis.copies]


def _shown(copy: Copy) -> Mapping[str, object]:
    return {
        "doc_id": copy.doc_id,
        "sender_doc_id": copy.sender_doc_id,
        "type": copy.parcel.type,
        "sender": copy.parcel.sender,
        "recipient": copy.recipient,
        "state": copy.state,
        "description": copy.description,
        "sha256": hashlib.sha256(copy.parcel.body).hexdigest(),
        "size": len(copy.parcel.body),
        "times": copy.times,
    }


def _read(body: bytes) -> Content | None:
    """What the document says; None for what is no edXML, which the sandbox carries all the same."""
    reader = schemas.reader()
    try:
        reader.feed(body)
        return reader.close()
    except Invalid:
        return None
