"""What a face asks of reports: the regimes in force, what a partner owes, and what became of what it sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.content import Content
from schemas.report.agenda import Task
from schemas.report.check import Circumstances
from schemas.report.data import Data, Narrative
from schemas.report.library import Library


@dataclass(frozen=True, slots=True)
class Word:
    """What a recipient said of a version. Instants are journal microseconds."""

    by: str
    #: As ``schemas.report.states`` has it.
    state: str
    code: str
    reason: str
    cells: tuple[str, ...]
    accepted_at: int


@dataclass(frozen=True, slots=True)
class Whereto:
    """One recipient of a version: the state of its copy (semantics 3)."""

    recipient: str
    transport: str
    reason: str


@dataclass(frozen=True, slots=True)
class SentVersion:
    """One version of a report, as it was accepted here."""

    message_id: str
    unit: str
    regime: str
    form: str
    period: str
    version: int
    #: As ``schemas.report.states`` has it, by what became of its copies and what recipients said.
    state: str
    accepted_at: int
    copies: tuple[Whereto, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that an agency owes, or did. Instants are journal microseconds."""

    unit: str
    regime: str
    form: str
    period: str
    name: str
    due_at: int
    #: The newest version that came; 0: none. ``returned``: the newest that was given back.
    version: int
    returned: int
    closed: bool


class Reports(Protocol):
    """May wait for the disk: not to be called in the loop. All raise JournalDown."""

    def library(self) -> Library:
        """Regimes, forms and outlines in force here."""
        ...

    def when(self, report: Data | Narrative) -> Circumstances:
        """By when a report is owed, whether its period takes any more, and whose place its unit took."""
        ...

    def versions(self, agencies: Collection[str], report_id: str) -> Sequence[SentVersion]:
        """The versions of a report that one of these sent or was sent, by unit and number: an id is a unit's own."""
        ...

    def known(self, agencies: Collection[str], content: Content) -> bool:
        """Whether one of these has sent just this before, and it was accepted: then it is not refused when it comes again."""
        ...

    def owed(self, agencies: Collection[str], *, closed: bool = False, limit: int = 1000) -> Sequence[Owed]:
        """What these owe by the rules in force, by its deadline; ``closed``: what they owed, the latest first."""
        ...

    def packet(self, message_id: str) -> bytes | None:
        """The bytes of a version that :meth:`versions` told of; None where they are no longer kept."""
        ...

    def agenda(self, agencies: Collection[str], *, following: bool = False, unit: str = "") -> Sequence[Task]:
        """Deadlines of what these owe, from two months back to a year ahead; ``following``: of what is owed by the regimes that
        these follow, of all units together or of one.
        """
        ...


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link says: whose it is, which codes that one may act for now, and what it was made for."""

    partner: str
    agencies: frozenset[str]
    said: str


class CalendarLinks(Protocol):
    """Links to calendars, for programs that send no key. One holds as long as the key it was made with."""

    def make(self, partner: str, key: bytes, said: str) -> str:
        """The end of an address."""
        ...

    def read(self, token: str) -> Linked:
        """What it says. Raises ``Rejected('not_found')`` for no link of ours, and for one whose key is no more."""
        ...
