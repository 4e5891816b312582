"""What the calls of ``/soap/documents`` take and give."""

from __future__ import annotations

from adapters.soap.door.service import REFUSED, Contract, Field, Record, Service

NAMESPACE = "urn:lienthong-bus:documents:1"

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
REFUSAL = Record("Refusal", REFUSED)

SEND = Contract(
    NAMESPACE,
    "SendDocument",
    "Takes an edXML message in: a document or a status. Answered once it is on disk.",
    (
        Field("recipient", needed=False, many=True, says="Agency codes; they win over what the document lists"),
        Field("document", "base64Binary", says="The edXML file, inline or as a part of its own (MTOM)"),
    ),
    (Field("messageId", says="What the bus calls it"), Field("acceptedTime", "dateTime")),
)
LIST = Contract(
    NAMESPACE,
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
    NAMESPACE,
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
    NAMESPACE,
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
    NAMESPACE,
    "GetAgencies",
    "The agencies that can be sent to.",
    (),
    (Field("agency", AGENCY.name, needed=False, many=True),),
)
CONTRACTS = (SEND, LIST, GET, UPDATE, AGENCIES)
SERVICE = Service("Documents", "documents", NAMESPACE, CONTRACTS, REFUSAL, (WAITING, AGENCY))
