"""What a played partner can be told: how to meet calls for a while."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

#: The call for a token, which an order meets only where it names it.
TOKEN = "token"  # noqa: S105 - a call's name


class Mode(StrEnum):
    """How calls are met. In the first four nothing is done; in the others the call is carried out."""

    #: The connection ends after the headers.
    DOWN = "down"
    #: 503 with ``Retry-After: seconds``.
    BUSY = "busy"
    #: The partner's own no, with ``code``, under ``status`` (200).
    REFUSE = "refuse"
    #: 401 as the partner says it.
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
    #: An item of each list is null, and members of the others that need not be there are.
    NULLS = "nulls"
    #: Numbers as text and the reverse, a BOM before it, and ``text/plain``.
    LIES = "lies"
    #: The JSON comes as text in JSON.
    WRAPPED = "wrapped"
    #: The answer ends in its middle, and says that it is whole.
    CUT = "cut"
    #: What this call was answered before is answered again, whatever it asks for: a page of a list, another item.
    STALE = "stale"


class Order(BaseModel):
    """What to do with calls (of one name, or all but those for a token), for so many of them or until told otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.OK
    call: str | None = None
    seconds: Annotated[float, Field(ge=0, le=86_400)] = 1.0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    code: str = ""
    times: Annotated[int, Field(ge=1)] | None = None

    def is_about(self, call: str) -> bool:
        """Whether it says how to meet this call."""
        return call == self.call if self.call else call != TOKEN


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
        if not order.is_about(name):
            return Order()
        if self._left is not None:
            self._left -= 1
            if not self._left:
                self.obey(Order())
        return order
