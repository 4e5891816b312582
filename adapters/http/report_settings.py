"""What an endpoint says of reports it is sent: what its partner calls figures, periods and files, and what must be right of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from adapters.http.sections import Section, Word
from schemas.report.numbers import Number
from schemas.report.peer_periods import PEERS

#: A name of ours for a figure, as it stands in templates behind ``cell.``.
CellName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
#: What a report says whatever its form is.
REPORT = frozenset(
    {
        "report.id",
        "report.version",
        "report.regime",
        "report.form",
        "report.period",
        "report.from",
        "report.to",
        "report.unit",
        "report.dataType",
        "report.rows",
        "report.count",
    }
)


#: Partners whose codes of periods are known.
Peer = Literal["quang-binh", "statistics", "one-stop", "prices", "sdmx"]


class SumRule(Section):
    """Figures that must be together what others are together; nothing is sent where they are not."""

    rule: Word
    total: Annotated[tuple[CellName, ...], Field(min_length=1)]
    parts: Annotated[tuple[CellName, ...], Field(min_length=1)]


class PercentRule(Section):
    """How many of a hundred of ``whole`` are ``part``. Where the form has a cell of its name, that must say the same."""

    name: CellName
    part: CellName
    whole: CellName
    #: After the point; halves are rounded away from zero.
    digits: Annotated[int, Field(ge=0, le=9)] = 2
    #: How far the form's own figure may be from it.
    tolerance: Number = "0"
    #: What it is of nothing.
    of_nothing: Number = "0"


class FileRule(Section):
    """The file of a report that has one of these types."""

    media: Annotated[tuple[Word, ...], Field(min_length=1)]
    #: Nothing is sent without it.
    needed: bool = False


class ReportSettings(Section):
    """How a report is told. Without ``periods`` the partner's own fields of a period are not at hand."""

    periods: Peer | None = None
    #: By a name for templates, the cell: ``I.1/-``, and of a breakdown ``I.1/channel=online``.
    cells: Mapping[CellName, Word] = {}
    sums: tuple[SumRule, ...] = ()
    percents: tuple[PercentRule, ...] = ()
    #: By what the partner calls a member of a row, the field of a list.
    rows: Mapping[Word, Word] = {}
    #: Members of a row that are numbers and not text.
    numbers: tuple[Word, ...] = ()
    #: By a name for templates, a file of the report.
    files: Mapping[CellName, FileRule] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names that stand for something in templates."""
        fields = PEERS[self.periods].codes.values() if self.periods else ()
        peers = {f"peer.{name}" for one in fields for name in one}
        told = {f"cell.{name}" for name in self.cells} | {f"percent.{one.name}" for one in self.percents}
        files = {f"attachment.{name}{more}" for name in self.files for more in ("", ".name")}
        return REPORT | peers | told | files | {f"field.{name}" for name in self.rows}

    @property
    def checked(self) -> bool:
        """Whether a report is looked at before its call is made, whatever that says of it."""
        return bool(self.sums or self.percents or self.files)

    @property
    def unknown(self) -> frozenset[str]:
        """Names of figures that must be right and stand for no cell."""
        return frozenset(self._figures()) - self.cells.keys()

    def _figures(self) -> Iterator[str]:
        for one in self.sums:
            yield from (*one.total, *one.parts)
        for each in self.percents:
            yield from (each.part, each.whole)
