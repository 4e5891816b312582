"""``reports waive`` and ``reopen``: what nobody waits for, what is open again, and both taken back."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.expecting import rows
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Day, Home, Json, settings

Names = Annotated[list[str], typer.Argument(help="'REGIME|FORM|PERIOD|UNIT', as `bus reports show` has it.")]
Why = Annotated[str, typer.Option(help="Why; kept with it and in the audit.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Regime = Annotated[str, typer.Argument(help="The regime, by its code.")]
Period = Annotated[str, typer.Argument(help="The period, such as 2026-Q1.")]
Unit = Annotated[str, typer.Option(help="For this unit alone; without it for all.")]


def register(group: typer.Typer) -> None:
    """Add the commands of this file to those of reports."""
    for command in (waive, reinstate, waived, reopen, close, reopened):
        add(group, command)


def waive(reports: Names, reason: Why = "", dry_run: DryRun = False, home: Home = None, as_json: Json = False) -> None:
    """Wait for reports no more: neither overdue nor reminded of; the province's report goes without them and names their units. One that comes is
    taken all the same. Exit 1 where one could not be waived.

    Example:  bus reports waive 'TTHC|06|2026-Q1|000.00.07.H62' --reason 'công văn 15/VP: không phát sinh'
    """
    _grant("reports_waive", "miễn báo cáo · waived", reports, reason, dry_run, home, as_json)


def reinstate(
    reports: Names, reason: Why = "", dry_run: DryRun = False, home: Home = None, as_json: Json = False
) -> None:
    """Wait again for reports that were waived. Exit 1 where one was not.

    Example:  bus reports reinstate 'TTHC|06|2026-Q1|000.00.07.H62' --reason 'nhầm đơn vị'
    """
    _grant("reports_reinstate", "phải báo cáo lại · owed again", reports, reason, dry_run, home, as_json)


def waived(
    unit: Annotated[str, typer.Option(help="Owed by this unit.")] = "",
    regime: Annotated[str, typer.Option(help="Of this regime, by its code.")] = "",
    office: Annotated[str, typer.Option(help="Followed by this agency.")] = "",
    limit: Annotated[int, typer.Option(help="So many at the most.", min=1, max=10_000)] = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reports that were waived and have not come, with who waived them and why.

    Example:  bus reports waived --regime TTHC
    """
    with opened(settings(home)) as line:
        told = line.call("reports_waived", unit=unit, regime=regime, office=office, limit=limit)
    if as_json:
        show.as_json(told)
    else:
        rows(told["rows"])


def reopen(
    regime: Regime,
    period: Period,
    unit: Unit = "",
    until: Day = None,
    reason: Why = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let a period that is closed (`closes_after`) take reports again: to the end of a day, or until `bus reports close`.

    Example:  bus reports reopen TTHC 2026-Q1 --unit 000.00.07.H62 --until 2026-05-31 --reason 'số liệu sai'
    """
    asked = {"until": until.date().isoformat()} if until else {}
    with opened(settings(home)) as line:
        told = line.call("reports_reopen", regime=regime, period=period, unit=unit, reason=reason, **asked)
    _period(told, "mở lại · open again", as_json)


def close(
    regime: Regime, period: Period, unit: Unit = "", reason: Why = "", home: Home = None, as_json: Json = False
) -> None:
    """Close a period again that was opened: as it was opened, for one unit or for all.

    Example:  bus reports close TTHC 2026-Q1 --unit 000.00.07.H62
    """
    with opened(settings(home)) as line:
        told = line.call("reports_close", regime=regime, period=period, unit=unit, reason=reason)
    _period(told, "đóng lại · closed again", as_json)


def reopened(home: Home = None, as_json: Json = False) -> None:
    """Closed periods that take reports again, for whom, until when, by whom and why."""
    with opened(settings(home)) as line:
        told = line.call("reports_reopened")
    if as_json:
        show.as_json(told)
        return
    columns = ("regime", "period", "unit", "until", "by", "reason")
    show.table(
        ("since", *columns), [(words.when(one["at"]), *(one[name] or "" for name in columns)) for one in told["rows"]]
    )


def _grant(order: str, done: str, reports: list[str], reason: str, dry_run: bool, home: Any, as_json: bool) -> None:
    with opened(settings(home)) as line:
        told = line.call(order, reports=reports, reason=reason, dry_run=dry_run)
    if as_json:
        show.as_json(told)
    else:
        _page(told, done)
    if told["refused"]:
        raise failed()


def _page(told: dict[str, Any], done: str) -> None:
    count = len(told["rows"]) - told["refused"] if told["dry_run"] else told["done"]
    dry = " (chưa làm gì · nothing was done)" if told["dry_run"] else ""
    show.say(f"{count} {done}, {told['refused']} không được · refused{dry}")
    show.table(
        ("report", "who", "due", "error"),
        [(one["report"], one["who"], words.when(one["due_at"]), one["error"]) for one in told["rows"]],
    )


def _period(told: dict[str, Any], done: str, as_json: bool) -> None:
    if as_json:
        show.as_json(told)
        return
    last = f", đến hết ngày · to the end of {told['until']}" if told["until"] else ""
    show.say(f"{told['regime']} {told['period']} {told['unit'] or 'tất cả · all'}: {done}{last}")
