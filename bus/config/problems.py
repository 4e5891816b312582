"""What is wrong with a configuration file: every problem has a place, a stable code and what to write instead.

Codes are contract, texts are not. No problem ever quotes a value that could be a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bus.errors import BusError


class Severity(StrEnum):
    """Whether the file can be used as it stands."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text; both numbers start at 1."""

    line: int
    column: int


START = Place(1, 1)

#: The way from the root of the file to a value: keys and list indexes.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a path; the document knows where that is in the text."""

    code: str
    path: Path
    what: str
    write: str
    severity: Severity = Severity.ERROR
    #: True where the key is wrong and not its value.
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a line and column, as people read it."""

    file: str
    place: Place
    severity: Severity
    code: str
    what: str
    write: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.place.line}:{self.place.column}: {self.severity} {self.code}: "
            f"{self.what}; write {self.write}"
        )


class RoutesInvalid(BusError):
    """A routes file cannot be used. ``problems`` holds all of them, warnings too, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def suggest(word: str, known: Iterable[str]) -> str:
    """What to write instead of an unknown word: the closest known one, else all of them."""
    names = sorted(known)
    if close := closest(word, names):
        return f"'{close}' (did you mean that?)"
    return f"one of: {', '.join(names)}" if names else "nothing here: there is none yet"


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like an unknown one; empty where none is."""
    return next(iter(get_close_matches(word, sorted(known), n=1)), "")
