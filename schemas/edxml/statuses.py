"""The life of a document as its statuses tell it, whatever order they come in: state by rank, not by arrival."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.edxml.codes import STATUS_VI


class By(StrEnum):
    """Who sends a status."""

    RECEIVER = "receiver"
    SENDER = "sender"


class About(StrEnum):
    """What a status speaks of: the handling of the document, or a request to change it or take it back."""

    HANDLING = "handling"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class StatusKind:
    """One StatusCode. Of two about the same thing the one with the higher rank holds."""

    code: str
    by: By
    about: About
    rank: int
    #: Nothing more is to come: for the document, or for that request.
    final: bool = False
    #: A description is needed with it.
    reason: bool = False

    @property
    def name(self) -> str:
        """The standard's name."""
        return STATUS_VI[self.code]


# A refusal outranks work in hand, and work that was done is a fact that outranks a refusal.
KINDS: Mapping[str, StatusKind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            StatusKind("01", By.RECEIVER, About.HANDLING, 1),
            StatusKind("02", By.RECEIVER, About.HANDLING, 5, final=True, reason=True),
            StatusKind("03", By.RECEIVER, About.HANDLING, 2),
            StatusKind("04", By.RECEIVER, About.HANDLING, 3),
            StatusKind("05", By.RECEIVER, About.HANDLING, 4),
            StatusKind("06", By.RECEIVER, About.HANDLING, 6, final=True),
            StatusKind("13", By.SENDER, About.REQUEST, 1, reason=True),
            StatusKind("15", By.RECEIVER, About.REQUEST, 3, final=True),
            StatusKind("16", By.RECEIVER, About.REQUEST, 2, final=True, reason=True),
        )
    },
)


def current(codes: Iterable[str], about: About = About.HANDLING) -> StatusKind | None:
    """Where the document, or the request, stands after these codes; those defined nowhere say nothing."""
    known = (KINDS[code] for code in codes if code in KINDS and KINDS[code].about is about)
    return max(known, key=lambda kind: kind.rank, default=None)
