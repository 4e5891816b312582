"""``retention`` and ``legal-hold``: what would go by its age, and what may not."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, Reason, picking, settings

#: Messages between two signs of life.
_PROGRESS = 50_000
_SUMS = ("bodies", "bytes", "events")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, retention)
    group = typer.Typer(help="What is kept whatever its age: begin, list, lift.", no_args_is_help=True)
    add(group, picking(begin), "add")
    add(group, lift, "remove")
    add(group, holds, "list")
    app.add_typer(group, name="legal-hold")


def retention(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="The only way: the bus itself removes, once a day.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What the next round of retention would take, by rule and state. It removes nothing.

    Example:  bus retention --dry-run
    """
    if not dry_run:
        raise typer.BadParameter("say --dry-run: the bus removes by itself, once a day")
    with opened(settings(home)) as line:
        told = _asked(line)
    if as_json:
        show.as_json(told)
        return
    show.say(f"{told['messages']} messages are old enough for a look; {told['held']} of them are held legally")
    show.table(("rule", "state", *_SUMS), [tuple(row.values()) for row in told["going"]])


def begin(
    which: dict[str, Any],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the copies that fit.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Keep what fits now, whatever its age: neither removed nor blanked until the hold is removed.

    Example:  bus legal-hold add --sender 000.00.05.H62 --since 2025-01-01 --reason "inspection 12/2026"
    """
    if not which:
        raise typer.BadParameter("name copies by id, or by a filter such as --sender or --document")
    if not reason.strip():
        raise typer.BadParameter("give a --reason: it is kept with the hold")
    with opened(settings(home)) as line:
        told = line.call("hold_legally", which=which, reason=reason, dry_run=dry_run)
    if as_json:
        show.as_json(told)
    elif dry_run:
        show.say(f"{told['copies']} copies fit; nothing was done")
    else:
        show.say(f"hold {told['hold']} keeps {told['messages']} messages")


def lift(
    hold: Annotated[int, typer.Argument(help="Its number in the list.")],
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Lift a hold: what no other keeps goes by its age again.

    Example:  bus legal-hold remove 3 --reason "inspection closed"
    """
    if not reason.strip():
        raise typer.BadParameter("give a --reason: it is kept with the hold")
    with opened(settings(home)) as line:
        told = line.call("lift_legally", hold=hold, reason=reason)
    if as_json:
        show.as_json(told)
    else:
        show.say(f"hold {told['hold']} is lifted; it kept {told['messages']} messages")


def holds(home: Home = None, as_json: Json = False) -> None:
    """All legal holds, those that were lifted too.

    Example:  bus legal-hold list
    """
    with opened(settings(home)) as line:
        told = line.call("legal_holds")
    if as_json:
        show.as_json(told)
        return
    show.table(
        ("hold", "since", "by", "messages", "reason", "lifted"),
        [
            (one["hold"], words.when(one["at"]), one["by"], one["messages"], one["reason"], words.when(one["ended_at"]))
            for one in told["holds"]
        ],
    )


def _asked(line: Line) -> dict[str, Any]:
    """All portions, summed up."""
    messages, held, after = 0, 0, 0
    sums: dict[tuple[str, str], Counter[str]] = {}
    while after is not None:
        told = line.call("retention", after=after)
        before, messages, held = messages, messages + told["messages"], held + told["held"]
        for row in told["going"]:
            sums.setdefault((row["rule"], row["state"]), Counter()).update({name: row[name] for name in _SUMS})
        after = told["next"]
        if before // _PROGRESS != messages // _PROGRESS:
            show.complain(f"{messages} messages looked at")
    rows = [{"rule": rule, "state": state, **{n: row[n] for n in _SUMS}} for (rule, state), row in sorted(sums.items())]
    return {"messages": messages, "held": held, "going": rows}
