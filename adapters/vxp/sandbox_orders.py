"""What the axis's sandbox can be told: how to meet calls for a while, and habits it keeps until told otherwise."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Mode(StrEnum):
    """How calls are met. In the first four nothing is done; in the others the call is carried out."""

    #: The connection ends after the headers.
    DOWN = "down"
    #: 503 with an envelope and ``Retry-After: seconds``.
    BUSY = "busy"
    #: An envelope that says no with ``code``, under ``status``.
    REFUSE = "refuse"
    #: 401 with an envelope.
    DENY = "deny"
    OK = "ok"
    #: The answer comes after ``seconds``.
    SLOW = "slow"
    #: The answer comes only with the next order.
    HANG = "hang"
    #: The connection ends without an answer.
    LOST = "lost"
    #: ``status`` (500) and a page.
    FAULT = "fault"
    #: 200 and nothing.
    EMPTY = "empty"
    #: 200 and a page.
    HTML = "html"
    #: An item of a list is null, and members of the others are.
    NULLS = "nulls"
    #: Numbers where text belongs and the reverse, states in capitals, lists where one code belongs.
    LIES = "lies"


class Order(BaseModel):
    """What to do with calls (of one name, or all), for so many of them or until told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.OK
    call: str | None = None
    seconds: Annotated[float, Field(ge=0, le=86_400)] = 1.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    code: str = "18"
    times: Annotated[int, Field(ge=1)] | None = None


class Habits(BaseModel):
    """What real axes were seen to do, or may do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Recipients are read from the document and not from the call.
    ignore_to: bool = False
    #: The sender gets a copy of its own document.
    echo: bool = False
    #: A TraceHeader is added to what is handed out.
    hops: bool = False
    #: A document that is sent again is another one; else the same bytes get the same DocId.
    duplicates: bool = False
    #: What was acked comes once more, under another docId.
    repeats: bool = False
    #: Sent items are listed also without a docId.
    lists_sent: bool = True
    #: Calls signed by a clock further off than so many seconds are refused; None: whatever they say.
    skew: Annotated[float, Field(ge=0)] | None = None


class Control(BaseModel):
    """The body of ``POST /_control``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: Order | None = None
    habits: Habits | None = None


class Standing:
    """The order in force, and how many calls it is still for."""

    def __init__(self) -> None:
        self.order = Order()
        self._left: int | None = None

    def obey(self, order: Order) -> None:
        """From now on, do this."""
        self.order, self._left = order, order.times

    def for_call(self, name: str) -> Order:
        """The order for a call that begins now."""
        order = self.order
        if order.call not in (None, name):
            return Order()
        if self._left is not None:
            self._left -= 1
            if not self._left:
                self.obey(Order())
        return order
