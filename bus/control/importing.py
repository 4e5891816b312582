"""Many partners from one file: entries in the routes, a secret for each door, and a sheet for each partner.

All of it or nothing: whatever is wrong with any row is told of all rows, before anything is made. The same file again changes nothing:
what is there is left alone, and a file of a secret is never written over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bus.config import RoutesInvalid
from bus.config.problems import Path as Way
from bus.config.problems import Problem, Severity
from bus.config.reading import read
from bus.config.routes import normalise
from bus.config.writing import added
from bus.control import handover
from bus.control.answers.partners import Imported, PartnerPlanned, RowProblem
from bus.control.partner_rows import Row, RowsReader, Wanted, doors_to_add, id_field, secret_field
from bus.control.parts import Parts
from bus.control.routes_text import RoutesText, diff, read_text, replacing
from bus.errors import BusError, Rejected
from bus.plan import Plan
from bus.secret import Secrets, make_secret

#: Rows of one file.
MOST = 5000


def import_partners(parts: Parts, rows: list[Row], out: str = "", address: str = "", dry_run: bool = False) -> Imported:
    """Make partners of rows: entries in the routes file, secrets, and sheets in the folder ``out``. ``address``: where they reach the doors."""
    if len(rows) > MOST:
        raise Rejected("request.invalid", f"a file has {MOST} rows at the most")
    before = read_text(parts)
    work = _Work(parts, before, rows)
    told = work.told(dry_run=dry_run)
    if not dry_run and told["ok"] and told["partners"]:
        told["sheets"] = work.make(Path(out) if out else parts.settings.home / "handover", address)
        parts.mark.change({}, {"partners": [one["partner"] for one in told["partners"]], "secrets": told["secrets"]})
    return told


class _Work:
    """One file of partners beside the routes as they are."""

    def __init__(self, parts: Parts, before: RoutesText, rows: Sequence[Row]) -> None:
        self._parts = parts
        self._before = before
        self._rows = rows
        self._plan: Plan = parts.planner.plan(before.routes)
        reader = RowsReader(self._plan, parts.planner.doors)
        self._wanted = reader.read(rows)
        #: By partner and door the names of secrets: of new entries, and of those there are.
        self._secrets = {(one.partner, door): self._name(one, door) for one in self._wanted for door in one.doors}
        self._text = self._after()
        self._problems = sorted(
            [*reader.problems, *self._judged()], key=lambda one: (one["row"], one["column"], one["what"])
        )

    def told(self, *, dry_run: bool) -> Imported:
        """What is to be made, or what is wrong."""
        wrong = self._problems
        planned = [] if wrong else [one for one in map(self._planned, self._wanted) if one["doors"]]
        return {
            "dry_run": dry_run,
            "ok": not wrong,
            "rows": len(self._rows),
            "done": len(planned),
            "refused": len({one["row"] for one in wrong}),
            "problems": wrong,
            "partners": planned,
            "secrets": [] if wrong else [f"file:{name}" for name in self._missing()],
            "sheets": [],
            "diff": "" if wrong else diff(self._before, self._text),
        }

    def make(self, out: Path, address: str) -> list[str]:
        """Secrets first, then sheets; the routes count last. So who begins again after a crash goes on where it was."""
        with replacing(self._parts, self._before, self._text):
            news = {one.partner: self._news(one) for one in self._wanted}
            try:
                for name in self._missing():
                    make_secret(self._parts.settings.secrets / name)
                return [
                    str(self._sheet(one, doors, out, address)) for one in self._wanted if (doors := news[one.partner])
                ]
            except OSError as error:
                raise BusError(f"secrets and sheets cannot be written: {error}") from error

    def _name(self, one: Wanted, door: str) -> str:
        """The file of the secret of an entry: a new one's own, or the first of an entry there is; '' for none."""
        known = self._plan.routes.partners.get(one.partner)
        entry = known.doors.get(door) if known else None
        if entry is None:
            return self._free(f"{one.partner}-{door}")
        names = getattr(entry, secret_field(type(entry)))
        return next((name.removeprefix("file:") for name in names if name.startswith("file:")), "")

    def _free(self, name: str) -> str:
        """A name nobody in the routes has: what is in its file may belong to somebody else."""
        number, free = 1, name
        while re.search(rf"file:{re.escape(free)}(?![A-Za-z0-9._-])", self._before.text):
            number += 1
            free = f"{name}-{number}"
        return free

    def _missing(self) -> list[str]:
        """Secrets that have no file yet."""
        folder = self._parts.settings.secrets
        return [name for name in self._secrets.values() if name and not (folder / name).exists()]

    def _news(self, one: Wanted) -> list[str]:
        """Doors of a partner that are new to it, or have a secret that is."""
        new, missing = {door for door, _ in doors_to_add(self._plan, one)}, set(self._missing())
        return [door for door in one.doors if door in new or self._secrets[one.partner, door] in missing]

    def _planned(self, one: Wanted) -> PartnerPlanned:
        return {
            "partner": one.partner,
            "name": one.name,
            "agencies": list(one.agencies),
            "new": not one.known,
            "doors": self._news(one),
        }

    def _after(self) -> str:
        new, doors = dict[str, object](), dict[Way, dict[str, object]]()
        for one in self._wanted:
            entries = {door: self._entry(one, door, row) for door, row in doors_to_add(self._plan, one)}
            if one.known:
                doors["partners", one.partner, "doors"] = dict(entries)
            else:
                named = {"name": one.name} if one.name else {}
                new[one.partner] = {**named, "agencies": list(one.agencies), "doors": entries}
        return added(self._before.text, {("partners",): new, **doors})

    def _entry(self, one: Wanted, door: str, row: Row) -> dict[str, object]:
        model = self._parts.planner.doors[door].door
        assert model
        ident = {id_field(model): row.id} if id_field(model) else {}
        return {**ident, secret_field(model): f"file:{self._secrets[one.partner, door]}"}

    def _judged(self) -> Iterator[RowProblem]:
        """What the routes would be wrong in, at the rows it comes from."""
        try:
            self._parts.planner.parse(self._text, self._before.path.name)
        except RoutesInvalid as invalid:
            places = _places(self._text)
            for problem in invalid.problems:
                if problem.severity is Severity.ERROR:
                    yield self._told_of(problem, places.get((problem.place.line, problem.place.column), ()))

    def _told_of(self, problem: Problem, way: Way) -> RowProblem:
        one = next((one for one in self._wanted if way[:2] == ("partners", one.partner)), None)
        row, column = _cell(one, way) if one else (0, "")
        return {"row": row, "column": column, "code": problem.code, "what": problem.what, "write": problem.write}

    def _sheet(self, one: Wanted, doors: Sequence[str], out: Path, address: str) -> Path:
        path, secrets = out / f"{one.partner}.txt", Secrets(self._parts.settings.home)
        handed = [
            handover.Handed(
                self._parts.planner.doors[door],
                one.doors[door].id,
                secrets.value(f"file:{self._secrets[one.partner, door]}").decode(),
            )
            for door in doors
        ]
        handover.write(
            path, one.name or one.partner, one.agencies, address or handover.usual_address(self._parts.settings), handed
        )
        return path


def _places(text: str) -> dict[tuple[int, int], Way]:
    """By line and column which value stands there; the innermost where several begin."""
    document = read(normalise(text), "")
    found = [*document.keys.items(), *document.values.items()]
    return {(place.line, place.column): way for way, place in sorted(found, key=lambda one: len(one[0]))}


def _cell(one: Wanted, way: Way) -> tuple[int, str]:
    """The row and column that a place in a partner's entry comes from."""
    match way[2:]:
        case ("doors", door, *rest) if str(door) in one.doors:
            return one.doors[str(door)].row, "id" if rest else "door"
        case ("agencies", index) if one.agencies[int(index) :]:
            code = one.agencies[int(index)]
            return next(row.row for row in one.rows if code in row.agencies), "agency"
        case ("name",):
            return one.rows[0].row, "name"
    return one.rows[0].row, "partner"
