"""What became of an order."""

from __future__ import annotations

from typing_extensions import TypedDict

from bus.control.answers.copies import ConditionTold


class Carried(TypedDict):
    """One copy of an order: its state now, and why nothing was done if nothing was."""

    copy: str
    state: str
    refused: str


class CarriedOut(TypedDict):
    """An order on copies."""

    done: int
    refused: int
    copies: list[Carried]


class EndpointCondition(ConditionTold):
    """An endpoint after an order."""

    endpoint: str


class Decided(TypedDict):
    """An item of a source, and what its partner will be told."""

    endpoint: str
    type: str
    remote_id: str
    word: str


class CopyMade(TypedDict):
    """What became of one recipient at acceptance."""

    doc_id: str
    recipient: str
    endpoint: str
    state: str


class Sent(TypedDict):
    """The receipt of a document."""

    message: str
    accepted_at: str | None
    repeated: bool
    warnings: list[str]
    copies: list[CopyMade]


class Reloaded(TypedDict):
    """The routes in force; whether they are others than before."""

    changed: bool
    routes_version: str


class Looked(TypedDict):
    """What a look at a list of agencies found; of ``changed``, ``closed`` were open before."""

    endpoint: str
    version: str
    agencies: int
    looked: bool
    added: int
    changed: int
    closed: int
    gone: int
    skipped: int


class LookedThrough(TypedDict):
    """Lists of agencies that were looked at."""

    lists: list[Looked]
