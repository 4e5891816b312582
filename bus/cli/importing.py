"""``bus partner import``: many partners from one file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from bus.cli import sheets, show
from bus.cli.guard import failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings
from bus.cli.sheets import SheetInvalid

#: The columns by what a heading may call them, without accents and in small letters.
_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "agency": ("agency", "agencies", "agency code", "agency codes", "code", "ma dinh danh", "ma don vi", "ma"),
        "name": ("name", "agency name", "ten", "ten don vi"),
        "door": ("door", "cua", "cong"),
        "id": ("id", "system id", "system_id", "systemid", "ma he thong"),
        "partner": ("partner", "doi tac"),
    }
)
_NEEDED = ("agency", "door")

Address = Annotated[
    str, typer.Option(help="Where partners reach the doors, for their sheets; else BUS_LISTEN.", show_default=False)
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for the sheets, else BUS_HOME/handover.", show_default=False)
]


def import_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with a heading.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be made.")] = False,
    out: Out = None,
    address: Address = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Partners from a file: entries in the routes file, a secret for each door, a sheet to hand over to each partner.

    Columns: agency (codes), name, door, id, and if you like partner (its name in routes.yaml). All problems are told at
    once, and with any nothing is made. The same file again changes nothing.

    Example:  bus partner import communes.csv --dry-run
    """
    rows = list(_rows(sheets.read(file)))
    with opened(settings(home)) as line:
        told = line.call(
            "import_partners", rows=rows, out=str(out.absolute()) if out else "", address=address, dry_run=dry_run
        )
    if as_json:
        show.as_json(told)
    else:
        for text in _page(told):
            show.say(text)
    if not told["ok"]:
        raise failed()


def _rows(table: sheets.Table) -> Iterator[dict[str, Any]]:
    columns = {name: _column(name) for name in table.heading if name}
    if unknown := [name for name, column in columns.items() if not column]:
        raise SheetInvalid(f"row 1: no column is called {', '.join(unknown)}; there are {', '.join(_COLUMNS)}")
    if missing := [column for column in _NEEDED if column not in columns.values()]:
        raise SheetInvalid(f"row 1: the column {', '.join(missing)} is missing")
    if len(set(columns.values())) < len([name for name in table.heading if name]):
        raise SheetInvalid("row 1: a column stands there twice")
    for number, cells in table.rows:
        yield {"row": number, **{column: cells[name] for name, column in columns.items()}}


def _column(heading: str) -> str:
    plain = unicodedata.normalize("NFD", heading.replace("đ", "d").replace("Đ", "D"))
    folded = " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).lower().split())
    return next((column for column, names in _COLUMNS.items() if folded in names), "")


def _page(told: dict[str, Any]) -> Iterator[str]:
    for one in told["problems"]:
        yield f"row {one['row']}, {one['column']}: {one['code']}: {one['what']}; write {one['write']}"
    if told["problems"]:
        yield f"{told['refused']} of {told['rows']} rows are wrong: nothing was made"
        return
    for one in told["partners"]:
        yield f"{'new' if one['new'] else 'more'}: {one['partner']} ({', '.join(one['agencies'])}) at {', '.join(one['doors'])}"
    done = "would be made" if told["dry_run"] else "made"
    if told["dry_run"] and told["diff"]:
        yield told["diff"]
    yield f"{told['rows']} rows: {told['done']} partners and {len(told['secrets'])} secrets {done}"
    for path in told["sheets"]:
        yield f"  {path}"
    if told["sheets"]:
        yield "Sheets hold secrets: pass each on by hand or encrypted, then delete it."
