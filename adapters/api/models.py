"""What this door answers and takes besides bodies of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from adapters.api.lives import Handling
from bus.clock import iso
from bus.desk import MailboxItem
from bus.message import CopyReceipt, Receipt, Step
from bus.sent import Life, SentCopy
from schemas.value import value

MessageType = Literal[
    "edoc", "status",
    "report.data.v1", "report.narrative.v1", "report.status.v1",
    "report.regime.v1", "report.form.v1", "report.outline-form.v1", "report.catalog.v1", "kpi.set.v1", "kpi.data.v1",
]  # fmt: skip
TransportState = Literal[
    "queued", "sending", "waiting", "offered", "held", "in_doubt", "delivered", "dead", "cancelled", "expired"
]
_DOC_ID = "01kbz6y3v5d8w3k0q2m4n6p8r2"
_MESSAGE_ID = "01kbz6y3v4m8a1c5e7g9j2x4z6"
_TIME = "2026-03-02T01:30:00.000+00:00"


# Receipts are made for every document: models would cost three times as much.
@value
class CopyAccepted:
    """What became of one recipient when the message was accepted."""

    doc_id: Annotated[str, Field(examples=[_DOC_ID])]
    recipient: Annotated[str, Field(examples=["000.00.07.H62"])]
    endpoint: Annotated[str, Field(examples=["mailbox"])]
    state: Annotated[str, Field(examples=["offered"])]

    @classmethod
    def of(cls, copy: CopyReceipt) -> CopyAccepted:
        """From the bus's own words."""
        return cls(doc_id=copy.doc_id, recipient=copy.recipient, endpoint=copy.endpoint, state=copy.state)


@value
class Accepted:
    """The receipt: the message is on disk. A repeat gets the same again, with ``repeated`` true."""

    id: Annotated[str, Field(examples=[_MESSAGE_ID])]
    accepted_at: Annotated[str, Field(examples=[_TIME])]
    repeated: bool
    copies: list[CopyAccepted]
    warnings: list[str]

    @classmethod
    def of(cls, receipt: Receipt) -> Accepted:
        """From the bus's own words."""
        return cls(
            id=receipt.message_id,
            accepted_at=iso(receipt.accepted_at) or "",
            repeated=receipt.repeated,
            copies=[CopyAccepted.of(copy) for copy in receipt.copies],
            warnings=list(receipt.warnings),
        )


class CopyState(BaseModel):
    """Where one recipient's copy is now: ``state`` tells of its transport, ``life`` of its handling."""

    doc_id: str = Field(examples=[_DOC_ID])
    recipient: str = Field(examples=["000.00.07.H62"])
    state: str = Field(examples=["delivered"])
    reason: str = Field(description="The partner's words or ours, where the state needs explaining", examples=[""])
    updated_at: str = Field(examples=[_TIME])
    life: Handling | None = Field(description="How a document fares there; null for a status")

    @classmethod
    def of(cls, copy: SentCopy, life: Life | None) -> CopyState:
        """From the bus's own words."""
        return cls(
            doc_id=copy.doc_id,
            recipient=copy.recipient,
            state=copy.state,
            reason=copy.reason,
            updated_at=iso(copy.updated_at) or "",
            life=Handling.of(life) if life else None,
        )


class Sent(BaseModel):
    """A message as its sender sees it."""

    id: str = Field(examples=[_MESSAGE_ID])
    type: str = Field(examples=["edoc"])
    sender: str = Field(examples=["000.00.05.H62"])
    document_id: str = Field(examples=["000.00.05.H62,2026/03/02,15/QĐ-SNV"])
    subject: str
    notation: str = Field(examples=["15/QĐ-SNV"])
    accepted_at: str = Field(examples=[_TIME])
    copies: list[CopyState]

    @classmethod
    def of(cls, copies: Sequence[SentCopy], lives: Mapping[str, Life]) -> Sent:
        """From the copies of one message, of which there is at least one, and how it fares at each recipient."""
        first = copies[0]
        return cls(
            id=first.message_id,
            type=first.type,
            sender=first.sender,
            document_id=first.document_id,
            subject=first.subject,
            notation=first.notation,
            accepted_at=iso(first.accepted_at) or "",
            copies=[CopyState.of(copy, lives.get(copy.doc_id)) for copy in copies],
        )


class SentLine(BaseModel):
    """One copy in a list of what was sent."""

    id: str = Field(description="The message", examples=[_MESSAGE_ID])
    doc_id: str = Field(examples=[_DOC_ID])
    type: str = Field(examples=["edoc"])
    sender: str = Field(examples=["000.00.05.H62"])
    recipient: str = Field(examples=["000.00.07.H62"])
    document_id: str = Field(examples=["000.00.05.H62,2026/03/02,15/QĐ-SNV"])
    subject: str
    notation: str = Field(examples=["15/QĐ-SNV"])
    state: TransportState = Field(examples=["delivered"])
    reason: str = Field(examples=[""])
    accepted_at: str = Field(examples=[_TIME])
    updated_at: str = Field(examples=[_TIME])

    @classmethod
    def of(cls, copy: SentCopy) -> SentLine:
        """From the bus's own words."""
        return cls(
            id=copy.message_id,
            doc_id=copy.doc_id,
            type=copy.type,
            sender=copy.sender,
            recipient=copy.recipient,
            document_id=copy.document_id,
            subject=copy.subject,
            notation=copy.notation,
            state=cast(TransportState, copy.state),
            reason=copy.reason,
            accepted_at=iso(copy.accepted_at) or "",
            updated_at=iso(copy.updated_at) or "",
        )


class SentList(BaseModel):
    """A page of what was sent, newest first."""

    copies: list[SentLine]
    next: str | None = Field(description="`after` of the next page; null at the end", examples=["1e240a1b2c3"])
    behind: int = Field(
        description="About so many events and older copies cannot be found yet by what was asked for", examples=[0]
    )


class StepTold(BaseModel):
    """One thing that happened."""

    at: str = Field(examples=[_TIME])
    doc_id: str = Field(description="Of which copy; empty: of the message", examples=[_DOC_ID])
    what: str = Field(description="An event, or a call to the recipient's system", examples=["call.send"])
    state: str = Field(description="The copy's state after it; of a call what came of it", examples=["delivered"])
    failure: str = Field(description="The class of a call that failed (docs/errors.md)", examples=[""])

    @classmethod
    def of(cls, step: Step) -> StepTold:
        """From the bus's own words."""
        return cls(at=iso(step.at) or "", doc_id=step.doc_id, what=step.what, state=step.state, failure=step.failure)


class Trace(BaseModel):
    """All that happened to a message, in order."""

    steps: list[StepTold]


class Waiting(BaseModel):
    """One copy that waits to be fetched and acked."""

    doc_id: str = Field(examples=[_DOC_ID])
    message_id: str = Field(examples=[_MESSAGE_ID])
    type: str = Field(examples=["edoc"])
    sender: str = Field(examples=["000.00.05.H62"])
    recipient: str = Field(examples=["000.00.07.H62"])
    document_id: str = Field(examples=["000.00.05.H62,2026/03/02,15/QĐ-SNV"])
    subject: str
    state: Literal["initial", "processing"]
    accepted_at: str = Field(examples=[_TIME])
    size: int = Field(description="Bytes of the body", examples=[20480])

    @classmethod
    def of(cls, item: MailboxItem) -> Waiting:
        """From the bus's own words."""
        return cls(
            doc_id=item.doc_id,
            message_id=item.message_id,
            type=item.type,
            sender=item.sender,
            recipient=item.recipient,
            document_id=item.document_id,
            subject=item.subject,
            state="initial" if item.state == "initial" else "processing",
            accepted_at=iso(item.accepted_at) or "",
            size=item.size,
        )


class WaitingList(BaseModel):
    """What waits, oldest first."""

    items: list[Waiting]


class Ack(BaseModel):
    """What the recipient did with one copy."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"status": "fail", "reason": "chữ ký số không hợp lệ"}}
    )

    status: Literal["processing", "done", "fail"]
    reason: str = Field(default="", max_length=1000, description="Why it failed; shown to the sender")


class Acked(BaseModel):
    """The ack is on disk."""

    doc_id: str = Field(examples=[_DOC_ID])
    status: Literal["processing", "done", "fail"]
