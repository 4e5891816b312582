"""How a document fares at a recipient, as this door tells it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from bus.clock import iso
from bus.sent import Life, StatusSaid
from schemas.edxml.codes import STATUS_VI


class Standing(BaseModel):
    """A StatusCode of the standard with its name there."""

    code: str = Field(examples=["05"])
    name: str = Field(examples=["Đang xử lý"])

    @classmethod
    def of(cls, code: str) -> Standing | None:
        """Of a code; None for none."""
        return cls(code=code, name=STATUS_VI[code]) if code else None


class StatusTold(BaseModel):
    """One status as it came."""

    id: str = Field(description="The status message's own id", examples=["01kbz9c4t7e2h5k8n1q4s7v0y3"])
    code: str = Field(description="StatusCode as it came", examples=["03"])
    read_as: str = Field(
        description="As it is read here: the operators may have noted that this agency means another code by it",
        examples=["03"],
    )
    name: str = Field(
        description="The standard's name; empty where it has none, and then nothing follows", examples=["Đã tiếp nhận"]
    )
    by: str = Field(description="The agency that reported", examples=["000.00.07.H62"])
    timestamp: str = Field(
        description="The status's own Timestamp as written: Vietnam's time", examples=["2026/03/02 09:12:44"]
    )
    accepted_at: str = Field(description="When the bus accepted it", examples=["2026-03-02T02:13:01.000+00:00"])
    description: str = Field(examples=["Đã chuyển phòng chuyên môn"])

    @classmethod
    def of(cls, said: StatusSaid) -> StatusTold:
        """From the bus's own words."""
        return cls(
            id=said.message_id,
            code=said.code,
            read_as=said.read_as,
            name=STATUS_VI.get(said.read_as, ""),
            by=said.by,
            timestamp=said.timestamp,
            accepted_at=iso(said.accepted_at) or "",
            description=said.description,
        )


class Handling(BaseModel):
    """What statuses tell of the document at this recipient: where it stands by their rank, and all of them."""

    handling: Standing | None = Field(description="How far it is handled (01 to 06); null where nobody said")
    request: Standing | None = Field(
        description="The last word on changing it or taking it back (13, 15, 16); null where there was none"
    )
    asked_by: str = Field(description="The agency whose 13 it was; empty without one", examples=["000.00.05.H62"])
    statuses: list[StatusTold] = Field(description="In the order in which the bus accepted them")

    @classmethod
    def of(cls, life: Life) -> Handling:
        """From the bus's own words."""
        return cls(
            handling=Standing.of(life.handling),
            request=Standing.of(life.request),
            asked_by=life.asked_by,
            statuses=[StatusTold.of(said) for said in life.statuses],
        )
