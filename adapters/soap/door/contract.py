"""What the calls of ``/soap/documents`` take and give, as data: the WSDL is written from it and calls are held to it."""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = "urn:lienthong-bus:documents:1"
SERVICE, PORT_TYPE = "Documents", "DocumentsPort"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one member of what an answer holds. ``type``: of XML Schema, or the name of a record."""

    name: str
    type: str = "string"
    needed: bool = True
    many: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of an answer."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """One call."""

    name: str
    says: str
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]

    @property
    def action(self) -> str:
        """Its SOAPAction."""
        return f"{NAMESPACE}/{self.name}"


_DOC_ID = Field("docId", says="An item's own id, from GetReceivedList")

WAITING = Record(
    "Waiting",
    (
        Field("docId"),
        Field("messageType", says="edoc or status"),
        Field("sender", says="The sending agency's code"),
        Field("recipient", says="The receiving agency's code"),
        Field("documentId"),
        Field("subject", needed=False),
        Field("status", says="initial or processing"),
        Field("createdTime", "dateTime"),
        Field("updatedTime", "dateTime"),
        Field("size", "long", says="Bytes of the document"),
    ),
)
AGENCY = Record(
    "Agency",
    (
        Field("code"),
        Field("name", needed=False),
        Field("oldCode", needed=False),
        Field("parent", needed=False),
        Field("mail", needed=False),
    ),
)
#: What the detail of every fault holds.
REFUSAL = Record(
    "Refusal",
    (
        Field("code", says="Stable: programs go by it"),
        Field("side", says="Who can put it right: sender, bus or operator"),
        Field("what"),
        Field("todo"),
        Field("whatVi"),
        Field("todoVi"),
        Field("detail", needed=False),
    ),
)
RECORDS = (WAITING, AGENCY, REFUSAL)

SEND = Contract(
    "SendDocument",
    "Takes an edXML message in: a document or a status. Answered once it is on disk.",
    (
        Field("recipient", needed=False, many=True, says="Agency codes; they win over what the document lists"),
        Field("document", "base64Binary", says="The edXML file, inline or as a part of its own (MTOM)"),
    ),
    (Field("messageId", says="What the bus calls it"), Field("acceptedTime", "dateTime")),
)
LIST = Contract(
    "GetReceivedList",
    "What waits for the caller's agencies, oldest first, 1000 at the most.",
    (
        Field("messageType", says="edoc or status"),
        Field("fromDate", "date", needed=False, says="Days of Vietnam's time, both included"),
        Field("toDate", "date", needed=False),
    ),
    (Field("item", WAITING.name, needed=False, many=True),),
)
GET = Contract(
    "GetDocument",
    "The edXML file of an item; may be asked again and removes nothing.",
    (_DOC_ID,),
    (
        Field("docId"),
        Field("messageType"),
        Field("sender"),
        Field("recipient"),
        Field("documentId"),
        Field("document", "base64Binary"),
    ),
)
UPDATE = Contract(
    "UpdateStatus",
    "Says of an item that it is being processed, is done, or failed; done and fail take it off the list.",
    (
        _DOC_ID,
        Field("status", says="processing, done or fail"),
        Field("description", needed=False, says="Why it failed, for its sender"),
    ),
    (_DOC_ID, Field("status")),
)
AGENCIES = Contract(
    "GetAgencies",
    "The agencies that can be sent to.",
    (),
    (Field("agency", AGENCY.name, needed=False, many=True),),
)
CONTRACTS = (SEND, LIST, GET, UPDATE, AGENCIES)
