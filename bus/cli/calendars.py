"""``reports calendar``: what the regimes ask for, as a table or as a file that calendar programs read."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli import show
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings
from bus.errors import BusError

Since = Annotated[
    datetime | None, typer.Option(help="From this day on: 2026-01-01.", formats=["%Y-%m-%d"], show_default=False)
]
Until = Annotated[
    datetime | None, typer.Option(help="To this day, it included.", formats=["%Y-%m-%d"], show_default=False)
]


class Language(StrEnum):
    """What a calendar is written in."""

    VI = "vi"
    EN = "en"


def register(group: typer.Typer) -> None:
    """Add the command of this file."""
    add(group, calendar)


def calendar(
    since: Since = None,
    until: Until = None,
    unit: Annotated[str, typer.Option(help="Owed by this unit.")] = "",
    regime: Annotated[str, typer.Option(help="Of this regime, by its code.")] = "",
    office: Annotated[str, typer.Option(help="Followed by this agency.")] = "",
    ics: Annotated[
        bool, typer.Option("--ics", help="As an iCalendar file, from two months back to a year on.")
    ] = False,
    lang: Annotated[Language, typer.Option(help="With --ics: the language of its words.")] = Language.VI,
    out: Annotated[Path | None, typer.Option(help="With --ics: this file instead of standard output.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What the regimes ask for between two days (today and ninety days on), whether it is owed already or not.

    Examples:  bus reports calendar --since 2026-01-01 --until 2026-03-31   ·   bus reports calendar --ics --unit 000.00.07.H62 --out so-tai-chinh.ics
    """
    if out and not ics:
        raise typer.BadParameter("goes with --ics", param_hint="--out")
    days = {name: day.date().isoformat() for name, day in (("since", since), ("until", until)) if day}
    asked = {"unit": unit, "regime": regime, "office": office, **days}
    with opened(settings(home)) as line:
        told = line.call("reports_feed", lang=lang, **asked) if ics else line.call("reports_calendar", **asked)
    if out:
        _write(out, told["ics"].encode())
    if as_json:
        show.as_json(told)
        return
    for problem in told["problems"]:
        show.complain(f"regimes.yaml: {problem}")
    if not ics:
        _page(told)
    elif out:
        show.say(f"{told['events']} events in {out}")
    else:
        sys.stdout.buffer.write(told["ics"].encode())


def _page(told: dict[str, Any]) -> None:
    columns = ("due", "regime", "form", "period", "data_from", "data_to", "level")
    show.table(
        (*columns, "units", "name"),
        [(*(one[name] for name in columns), len(one["units"]), one["name"]) for one in told["dates"]],
    )


def _write(out: Path, data: bytes) -> None:
    """Whole or not at all: programs may read the last one meanwhile."""
    fresh = out.with_name(f"{out.name}.new")
    try:
        fresh.write_bytes(data)
        fresh.replace(out)
    except OSError as error:
        raise BusError(f"{out} cannot be written: {error.strerror}") from error
