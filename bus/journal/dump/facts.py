"""What is told of a journal beside its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bus.errors import BusError

#: Told how much of how much is done.
Tell = Callable[[int, int], None]

SQLITE, POSTGRES = "sqlite", "postgresql"


class DumpBroken(BusError):
    """A dump cannot be put back, or not there."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One moment of a journal."""

    database: str
    #: The migration its tables are at.
    schema: str
    #: Its last event.
    position: int
    routes_version: str
    #: The text of these routes; names of secrets, no secret.
    routes: str
    #: With PostgreSQL: by table its columns, and what each sequence has handed out.
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)
