"""``reports aggregate``, ``release`` and ``trace``: reports that are made of those of many units."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings

Name = Annotated[str, typer.Argument(help="'REGIME|FORM|PERIOD|UNIT', as `bus reports aggregate` has it.")]


def register(group: typer.Typer) -> None:
    """Add the commands of this file to those of reports."""
    add(group, aggregate)
    add(group, release)
    add(group, trace)


def aggregate(
    report: Annotated[str, typer.Argument(help="REGIME, 'REGIME|FORM', or more of the name; all without.")] = "",
    limit: Annotated[int, typer.Option(help="So many at the most.", min=1, max=10_000)] = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Reports that are made of those of many units: which are made, and for whom the others wait.

    Example:  bus reports aggregate 'BC-MC|MC-01'
    """
    with opened(settings(home)) as line:
        told = line.call("reports_aggregates", report=report, limit=limit)
    if as_json:
        show.as_json(told)
        return
    show.table(
        ("changed", "", "report", "version", "units", "missing", "problem"),
        [
            (
                words.when(one["changed_at"]),
                one["state"],
                one["id"],
                one["version"] or "",
                len(one["units"]),
                _some(one["missing"]),
                one["problem"],
            )
            for one in told["rows"]
        ],
    )


def release(
    report: Name,
    reason: Annotated[str, typer.Option(help="Why it goes without them; kept in the audit.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which units it would go without.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let a report go without the units that are missing; its packet names them. What comes late makes a new version.

    Examples:  bus reports release 'BC-MC|MC-01|2026-Q1|000.00.00.H62' --dry-run   ·   … --reason 'the deadline is today'
    """
    with opened(settings(home)) as line:
        told = line.call("reports_release", aggregate=report, reason=reason, dry_run=dry_run)
    if as_json:
        show.as_json(told)
        return
    done = "sẽ gửi khi thiếu · would go without" if dry_run else "được gửi khi thiếu · goes without"
    show.say(f"{told['id']}: {len(told['units'])} đơn vị · units; {done} {len(told['missing'])}:")
    for unit in told["missing"]:
        show.say(f"  {unit}")


def trace(
    report: Name,
    cell: Annotated[str, typer.Option(help="Of this cell alone, such as 'I.1/truc-tuyen'.")] = "",
    version: Annotated[int, typer.Option(help="Of this version; without it the latest.", min=0)] = 0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Where each figure of a report that was made comes from: unit, message, cell and value.

    Example:  bus reports trace 'BC-MC|MC-01|2026-Q1|000.00.00.H62' --cell 'I.1/truc-tuyen'
    """
    with opened(settings(home)) as line:
        told = line.call("reports_trace", aggregate=report, cell=cell, version=version)
    if as_json:
        show.as_json(told)
    else:
        _page(told)


def _page(told: dict[str, Any]) -> None:
    missing = f", thiếu · without {_some(told['missing'])} ({told['released_by']})" if told["missing"] else ""
    sent = told["message"] or "chưa gửi · not sent yet"
    show.say(f"{told['id']} v{told['version']}: {sent}{missing}")
    for one in told["cells"]:
        show.say(f"{one['cell']} = {_value(one)} ({one['by']})")
        show.table(
            ("unit", "cell", "value", "message"),
            [(each["unit"], each["cell"], _value(each), each["message"]) for each in one["figures"]],
        )
    if told["rows"]:
        columns = ("row", "unit", "unit_row", "message")
        show.table(columns, [tuple(one[name] for name in columns) for one in told["rows"]])


def _value(one: dict[str, Any]) -> str:
    return one["status"] if one["value"] is None else f"{one['value']}"


def _some(units: list[str]) -> str:
    """So many names as a line holds."""
    return ", ".join(units[:5]) + (f" … ({len(units)})" if len(units) > 5 else "")
