"""``reports``: what is due, what is overdue, how one stands, the calendar, and reminders by hand."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import aggregating, calendars, granting, sdmx, show
from bus.cli.expecting import rows
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings

Unit = Annotated[str, typer.Option(help="Owed by this unit.")]
Regime = Annotated[str, typer.Option(help="Of this regime, by its code.")]
Office = Annotated[str, typer.Option(help="Followed by this agency.")]
Limit = Annotated[int, typer.Option(help="So many at the most.", min=1, max=10_000)]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help="Reports of the regimes: who owes what by when (docs/expectations.md).", no_args_is_help=True
    )
    add(group, due)
    add(group, overdue)
    add(group, show_report, "show")
    calendars.register(group)
    sdmx.register(group)
    add(group, remind)
    aggregating.register(group)
    granting.register(group)
    app.add_typer(group, name="reports")


def due(
    days: Annotated[int, typer.Option(help="Due within so many days.", min=0, max=366)] = 14,
    unit: Unit = "",
    regime: Regime = "",
    office: Office = "",
    limit: Limit = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reports that are owed and not due yet, the nearest first.

    Example:  bus reports due --days 7 --office 000.00.00.H62
    """
    _ask("reports_due", home, as_json, days=days, unit=unit, regime=regime, office=office, limit=limit)


def overdue(
    unit: Unit = "",
    regime: Regime = "",
    office: Office = "",
    limit: Limit = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reports that are owed and whose time has passed, the longest overdue first.

    Example:  bus reports overdue --unit 000.00.07.H62
    """
    _ask("reports_overdue", home, as_json, unit=unit, regime=regime, office=office, limit=limit)


def show_report(
    report: Annotated[str, typer.Argument(help="REGIME, 'REGIME|FORM', 'REGIME|FORM|PERIOD' or with the unit too.")],
    office: Office = "",
    limit: Limit = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """All that is known of reports: who owes one, who has sent it, in which version, and what was returned.

    Example:  bus reports show 'BC-MC|MC-01|2026-Q1'
    """
    _ask("reports_show", home, as_json, report=report, office=office, limit=limit)


def remind(
    unit: Unit = "",
    regime: Regime = "",
    office: Office = "",
    within_days: Annotated[int, typer.Option(help="Also of what is due within so many days.", min=0, max=366)] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would be reminded of what.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Remind who owes reports that are overdue, by a document of the bus's own. Once a day at the most. Exit 1 where one could not go.

    Examples:  bus reports remind --dry-run   ·   bus reports remind --regime BC-MC --within-days 2
    """
    with opened(settings(home)) as line:
        told = line.call(
            "reports_remind", unit=unit, regime=regime, office=office, within_days=within_days, dry_run=dry_run
        )
    if as_json:
        show.as_json(told)
    else:
        _reminded(told)
    if told["refused"]:
        raise typer.Exit(1)


def _ask(question: str, home: Any, as_json: bool, **asked: Any) -> None:
    with opened(settings(home)) as line:
        told = line.call(question, **asked)
    if as_json:
        show.as_json(told)
        return
    _problems(told)
    rows(told["rows"])


def _problems(told: dict[str, Any]) -> None:
    for problem in told["problems"]:
        show.complain(problem)


def _reminded(told: dict[str, Any]) -> None:
    if told["dry_run"]:
        show.say(f"{len(told['rows'])} would be reminded of; nothing was sent")
    else:
        show.say(f"{told['done']} đã nhắc · reminded, {told['refused']} không gửi được · could not go")
    show.table(("who", "reminder", "error"), [(one["who"], one["subject"], one["error"]) for one in told["rows"]])
