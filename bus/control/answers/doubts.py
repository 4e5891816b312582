"""Copies whose outcome is unknown."""

from __future__ import annotations

from typing_extensions import TypedDict

from bus.control.answers.copies import CopyTold


class DoubtTold(CopyTold):
    """A copy in doubt. ``operator``: nobody but an operator can say; ``asked``: how often its partner was asked."""

    since: str | None
    contract: str
    operator: bool
    asked: int
    words: str


class Doubts(TypedDict):
    """Copies in doubt, newest first. ``next``: the ``after`` of the following page."""

    copies: list[DoubtTold]
    next: str | None


class NotSettled(TypedDict):
    """A copy an order would not settle, and why. ``state`` is empty where there is no such copy."""

    copy: str
    state: str
    refused: str


class WouldSettle(TypedDict):
    """What an order to settle would come to."""

    count: int
    refused: list[NotSettled]
    copies: list[DoubtTold]
