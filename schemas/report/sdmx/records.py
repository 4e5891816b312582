"""What a file of figures says, whatever it is written in: rows by the names of their components, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.sheets.cells import Bounds, FileInvalid, place

#: Bytes of a file; its rows with their heading, and its columns.
LARGEST, BOUNDS = 5 << 20, Bounds(90_001, 60)
#: The actions of messages that take figures back.
TAKING_BACK = frozenset({"D", "Delete"})


@dataclass(frozen=True, slots=True)
class Record:
    """One figure: what is said of it, and of several at once, the nearest first. In a table it is row ``number``."""

    said: tuple[Mapping[str, str], ...]
    number: int
    #: Of a table: its columns, from 1.
    columns: Mapping[str, int] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """What is said of a component; empty where nothing is."""
        return next((one[name] for one in self.said if one.get(name)), "")

    def at(self, name: str) -> str:
        """Where that stands: ``H7`` of a table, else which observation it is."""
        return place(self.number, self.columns[name]) if name in self.columns else f"Obs {self.number}"


@dataclass(frozen=True, slots=True)
class Records:
    """The structures that are named, as ``AGENCY:ID(VERSION)``, and the figures."""

    structures: frozenset[str]
    rows: tuple[Record, ...]
    #: The components that are spoken of, and where first.
    columns: Mapping[str, str]


def check_bytes(data: bytes) -> None:
    """Raises FileInvalid for what is larger than is taken."""
    if len(data) > LARGEST:
        raise FileInvalid(f"it is larger than {LARGEST >> 20} MB", f"tệp lớn hơn {LARGEST >> 20} MB")


def takes_back() -> FileInvalid:
    """A file that takes figures back."""
    return FileInvalid("it takes figures back, and a report has figures", "tệp yêu cầu xóa số liệu, không phải báo cáo")
