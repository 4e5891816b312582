"""Standing holds, and what goes another way."""

from __future__ import annotations

from typing_extensions import TypedDict

from bus.control.answers.copies import CopyTold
from bus.control.answers.orders import Carried, CarriedOut


class HoldTold(TypedDict):
    """A standing hold: what comes by a route, from a sender or for an endpoint is born held."""

    hold: str
    rule: str
    sender: str
    endpoint: str
    by: str
    reason: str
    at: str | None
    lifted_by: str | None
    lifted_at: str | None


class Holds(TypedDict):
    """The holds that stand, and how many copies were born held."""

    holds: list[HoldTold]
    held: int


class Lifted(HoldTold, CarriedOut):
    """A hold that was lifted, and what was let go with it."""


class Redirected(CopyTold):
    """A copy, and why it would not go another way; empty where it would."""

    refused: str


class WouldRedirect(TypedDict):
    """What a redirection would come to."""

    count: int
    copies: list[Redirected | Carried]
