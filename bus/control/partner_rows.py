"""A file of partners row by row: which partners and doors it means, and what is wrong with it. Changes nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bus.config.values import clean_code
from bus.control.answers.partners import RowProblem
from bus.endpoint import Adapter
from bus.endpoint_settings import DoorSettings
from bus.plan import Plan

_SEPARATORS = re.compile(r"[\s,;|]+")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file. ``agency`` may be several codes, ``partner`` the name in routes.yaml."""

    row: int
    agency: str
    door: str
    name: str = ""
    id: str = ""
    partner: str = ""

    @property
    def agencies(self) -> tuple[str, ...]:
        """The codes, each once."""
        return tuple(dict.fromkeys(clean_code(code) for code in _SEPARATORS.split(self.agency) if code))


@dataclass(slots=True)
class Wanted:
    """A partner as its rows want it to be; ``known``: it is in the routes already."""

    partner: str
    known: bool
    name: str
    agencies: tuple[str, ...]
    rows: list[Row]
    #: By door the row that asks for it.
    doors: dict[str, Row] = field(default_factory=dict)


def id_field(door: type[DoorSettings]) -> str:
    """Where an entry at this door has what its caller calls itself; '' where the secret says who it is."""
    return next((name for name in ("system_id", "client_id") if name in door.model_fields), "")


def secret_field(door: type[DoorSettings]) -> str:
    """Where an entry at this door has the names of its secrets."""
    return "secret" if "secret" in door.model_fields else "key"


class RowsReader:
    """Reads rows beside what the routes have already, and collects what is wrong."""

    def __init__(self, plan: Plan, doors: Mapping[str, Adapter]) -> None:
        self._plan = plan
        self._doors = {name: adapter.door for name, adapter in doors.items() if adapter.door}
        self.problems: list[RowProblem] = []

    def read(self, rows: Sequence[Row]) -> list[Wanted]:
        """The partners that are meant by rows with nothing wrong."""
        right = [row for row in rows if self._is_right(row)]
        groups: dict[object, list[Row]] = {}
        for row in right:
            groups.setdefault(row.partner or frozenset(map(self._plan.directory.canonical, row.agencies)), []).append(
                row
            )
        made = [one for group in groups.values() if (one := self._wanted(group))]
        self._check_names(made)
        return made

    def _is_right(self, row: Row) -> bool:
        before = len(self.problems)
        for column in ("agency", "door", "name", "id", "partner"):
            text = getattr(row, column)
            if len(text) > _LONGEST or not "".join(text.split()).isprintable():
                self._report(row, column, "import.value", "it cannot be used as it stands", "plain text, not too long")
        if not row.agencies:
            self._report(
                row, "agency", "import.missing", "no agency is named", "its code, or several with spaces between"
            )
        self._check_door(row)
        if row.partner and not _NAME.fullmatch(row.partner):
            self._report(
                row, "partner", "import.value", f"'{row.partner}' cannot be a name", "letters, digits, '.', '_' or '-'"
            )
        return len(self.problems) == before

    def _check_door(self, row: Row) -> None:
        model = self._doors.get(row.door)
        if model is None:
            what = f"there is no door '{row.door}'" if row.door else "no door is named"
            self._report(row, "door", "import.door", what, f"one of: {', '.join(sorted(self._doors))}")
        elif id_field(model) and not row.id:
            self._report(
                row, "id", "import.missing", f"the door {row.door} knows callers by an id", "what it calls itself"
            )

    def _wanted(self, rows: list[Row]) -> Wanted | None:
        agencies = tuple(dict.fromkeys(code for row in rows for code in row.agencies))
        name = next((row.name for row in rows if row.name), "")
        for row in rows:
            if row.name and row.name != name:
                self._report(
                    row, "name", "import.differs", f"row {rows[0].row} calls it '{name}'", "one name for one partner"
                )
        partner = rows[0].partner or self._owner(agencies) or self._named(rows, name)
        known = self._plan.routes.partners.get(partner)
        made = Wanted(partner, known is not None, name, agencies, rows)
        for row in rows:
            self._add_door(made, row)
        if known:
            self._check_known(made)
        return made

    def _owner(self, agencies: Sequence[str]) -> str:
        """The partner that acts for them already."""
        owners = (self._plan.directory.partner_of(code) for code in agencies)
        return next((owner for owner in owners if owner), "")

    def _named(self, rows: Sequence[Row], name: str) -> str:
        """A name in routes.yaml: where the secret says who calls the id is free for it."""
        ids = (row.id for row in rows if not id_field(self._doors[row.door]) and _NAME.fullmatch(row.id))
        return next(ids, "") or slug(name) or slug(rows[0].agencies[0])

    def _add_door(self, made: Wanted, row: Row) -> None:
        first = made.doors.setdefault(row.door, row)
        if first is not row:
            self._report(
                row, "door", "import.twice", f"row {first.row} has this door of {made.partner} already", "it once"
            )

    def _check_known(self, made: Wanted) -> None:
        """What the routes say of it already is not changed by a file."""
        known = self._plan.routes.partners[made.partner]
        listed = {self._plan.directory.canonical(code) for code in known.agencies}
        for row in made.rows:
            for code in row.agencies:
                if self._plan.directory.canonical(code) not in listed:
                    what = f"'{code}' is no agency of the partner {made.partner} there is"
                    self._report(
                        row,
                        "agency",
                        "import.differs",
                        what,
                        "it under its agencies in routes.yaml, or another partner",
                    )
            entry = known.doors.get(row.door)
            ident = getattr(entry, id_field(type(entry)), "") if entry and id_field(type(entry)) else ""
            if ident and ident != row.id:
                what = f"{made.partner} is known there as '{ident}'"
                self._report(row, "id", "import.differs", what, f"'{ident}', or change it in routes.yaml")

    def _check_names(self, made: Sequence[Wanted]) -> None:
        first: dict[str, Wanted] = {}
        for one in made:
            other = first.setdefault(one.partner, one)
            if other is not one:
                what = f"row {other.rows[0].row} would be the partner {one.partner} too"
                self._report(one.rows[0], "partner", "import.twice", what, "a name for each in the column partner")

    def _report(self, row: Row, column: str, code: str, what: str, write: str) -> None:
        self.problems.append({"row": row.row, "column": column, "code": code, "what": what, "write": write})


def slug(text: str) -> str:
    """A name in routes.yaml made of a name for people: ``ubnd-phuong-mau``."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9.]+", bare.lower())).strip(".-")[:64].rstrip(".-")


def doors_to_add(plan: Plan, one: Wanted) -> Iterator[tuple[str, Row]]:
    """The doors of a partner that the routes do not have."""
    known = plan.routes.partners.get(one.partner)
    for door, row in one.doors.items():
        if known is None or door not in known.doors:
            yield door, row
