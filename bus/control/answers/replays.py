"""Replays: what one would do, how far it is, and what became of each copy."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from bus.control.answers.copies import CopyTold
from bus.control.answers.orders import Carried


class SumOfReplay(TypedDict):
    """Copies of one endpoint, reason and rule."""

    endpoint: str
    reason: str
    rule: str
    count: int


class Foreseen(CopyTold):
    """A copy, and why it would not go (``code`` and ``refused``; empty where it would)."""

    code: str
    refused: str
    out_of_order: bool


class Unknown(TypedDict):
    """What was named and is not there."""

    copy: str
    state: str
    code: str
    refused: str
    out_of_order: bool


class Sums(TypedDict):
    """What would go and what would not."""

    count: int
    groups: list[SumOfReplay]
    twice: dict[str, int]
    out_of_order: int
    closed: int
    refused: dict[str, int]


class Preview(Sums):
    """What a replay would do: sums of all, and the oldest copies one by one. ``seconds``: at its rate."""

    seconds: float
    copies: list[Foreseen | Unknown]


class Terms(TypedDict):
    """How a replay goes."""

    rate: float
    canary: int
    ask: bool
    ramp: bool
    stop_at: float
    out_of_order_too: bool


class ReplayTold(Terms):
    """One replay. ``seconds_left``: None where it does not go on by itself."""

    replay: str
    verb: str
    by: str
    reason: str
    asked: dict[str, Any]
    state: str
    said_by: str
    why: str
    count: int
    planned: int
    out: int
    outcomes: dict[str, int]
    seconds_left: float | None
    waits_for_daemon: bool
    created_at: str | None
    changed_at: str | None
    ended_at: str | None


class Replays(TypedDict):
    """The newest replays."""

    replays: list[ReplayTold]


class ReplayedCopy(TypedDict):
    """What became of one copy of a replay. ``sent_as``: the copy that was made of it."""

    place: int
    copy: str
    sent_as: str | None
    document_id: str
    recipient: str
    endpoint: str
    outcome: str
    note: str
    state: str
    reason: str
    released_at: str | None
    ended_at: str | None


class ReplayedCopies(TypedDict):
    """Copies of a replay in their order. ``next``: the ``after`` of the following page."""

    copies: list[ReplayedCopy]
    next: int | None


class Begun(TypedDict):
    """A replay that was begun: what became of those that went at once, which were refused, and the plan of the others."""

    done: int
    refused: int
    copies: list[Carried]
    replay: NotRequired[ReplayTold | None]
