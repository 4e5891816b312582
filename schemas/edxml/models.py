"""What is put into an edXML message that we write: plain frozen values in the standard's words.

Empty fields are left out on the wire. Dates are dates here and ``yyyy/MM/dd`` there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from schemas.edxml.codes import Business


@dataclass(frozen=True, slots=True)
class Organ:
    """An agency as From and To name it."""

    organ_id: str
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, and in what capacity (TM., KT., TL., TUQ., Q.)."""

    full_name: str
    position: str = ""
    competence: str = ""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """``group`` 1 legal, 2 administrative; ``detail`` is the index in the standard's annex."""

    name: str
    group: int = 2
    detail: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A document this message answers or speaks about; ``code`` is number and symbol in one string."""

    document_id: str
    organ_id: str = ""
    code: str = ""
    promulgation_date: date | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """The person to ask."""

    department: str = ""
    name: str = ""
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document that is replaced, and for which recipients."""

    document_id: str
    organ_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """A recipient an update adds or takes away."""

    organ_id: str
    added: bool = True


@dataclass(frozen=True, slots=True)
class BusinessInfo:
    """What the message does to a document. ``document_id`` is the one recalled or updated."""

    kind: Business = Business.NEW
    reason: str = ""
    document_id: str = ""
    paper: bool = False
    receivers: tuple[Receiver, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class EdocFields:
    """The header of a document message."""

    sender: Organ
    recipients: tuple[Organ, ...]
    document_id: str
    subject: str
    number: str = ""
    notation: str = ""
    place: str = ""
    promulgation_date: date | None = None
    document_type: DocumentType | None = None
    content: str = ""
    signer: Signer | None = None
    due_date: date | None = None
    priority: int = 0
    responses: tuple[Reference, ...] = ()
    steering: int | None = None
    to_places: tuple[str, ...] = ()
    business: BusinessInfo = BusinessInfo()


@dataclass(frozen=True, slots=True)
class StatusFields:
    """A status message: ``sender`` tells ``response.organ_id`` what became of ``response.document_id``."""

    sender: Organ
    response: Reference
    code: str
    #: Aware, or taken as Vietnamese time.
    timestamp: datetime
    description: str = ""
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to attach. ``source`` is read once, in pieces; ``uid`` names it on the wire (a fresh UUID if empty)."""

    name: str
    source: BinaryIO
    description: str = ""
    uid: str = ""
