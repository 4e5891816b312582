"""The audit, and bodies that were handed out."""

from __future__ import annotations

from typing_extensions import TypedDict


class DeedTold(TypedDict):
    """One deed: who, what, why, what it changed, and its place in the chain."""

    number: int
    at: str | None
    who: str
    what: str
    detail: str
    outcome: str
    reason: str
    before: str
    after: str
    previous: str
    hash: str


class Audit(TypedDict):
    """Deeds, newest first. ``next``: the ``after`` of the following page."""

    deeds: list[DeedTold]
    next: str | None


class Head(TypedDict):
    """The end of the chain; number 0 where there is none yet."""

    number: int
    hash: str
    at: str | None


class Broken(TypedDict):
    """A row that does not fit."""

    number: int
    why: str


class Followed(TypedDict):
    """A part of the chain. ``next`` and ``hash``: where the following part begins."""

    rows: int
    next: int | None
    hash: str
    differences: list[Broken]


class Piece(TypedDict):
    """A piece of a body, in base64. ``next``: where the following begins."""

    sha256: str
    size: int
    data: str
    next: int | None
