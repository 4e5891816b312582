"""``statement``: what an agency sent on a day, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, statement)


def statement(
    agency: Annotated[str, typer.Option(help="Its code, in any spelling.")],
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="In Vietnam; yesterday without it.", show_default=False),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV for a spreadsheet and nothing else.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What an agency sent on a day: how many arrived, and what has not.

    Example:  bus statement --agency 000.00.05.H62 --day 2026-11-22 --csv > sao-ke.csv
    """
    with opened(settings(home)) as line:
        told = line.call("statement", agency=agency, day=day.date().isoformat() if day else None)
    if as_json:
        show.as_json(told)
    elif as_csv:
        typer.echo(told["csv"].encode(), nl=False)
    else:
        _page(told)


def _page(told: dict[str, Any]) -> None:
    show.say(f"{told['agency']}, {told['day']}: {told['copies']} bản gửi đi · copies sent")
    for one in told["counts"]:
        show.say(f"  {one['count']} {words.state(one['state'])} {one['reason']}".rstrip())
    if told["not_arrived"]:
        show.table(
            ("accepted", "document", "number", "recipient", "state", "reason"),
            [
                (
                    words.when(one["accepted_at"]),
                    one["document_id"],
                    one["number"],
                    one["recipient"],
                    words.state(one["state"]),
                    one["reason"],
                )
                for one in told["not_arrived"]
            ],
        )
