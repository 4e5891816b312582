"""Orders on copies: ``hold``, ``release``, ``cancel`` and ``settle``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from bus.cli import doubts, show, words
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, picking, settings

Word = Literal["delivered", "queued", "dead"]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (hold, release, cancel, settle):
        add(app, picking(command))


def hold(which: dict[str, Any], reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Keep copies back until they are released.

    Example:  bus hold --endpoint so-y-te --since 1h --reason "wrong annex"
    """
    _order("hold", home, as_json, which=which, reason=reason)


def release(which: dict[str, Any], reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Let held copies go on from where they were.

    Example:  bus release --class conflict --sender 000.00.05.H62
    """
    _order("release", home, as_json, which=which, reason=reason)


def cancel(which: dict[str, Any], reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Give copies up for good. What waits behind them in their lane goes on.

    Example:  bus cancel 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "sent on paper"
    """
    _order("cancel", home, as_json, which=which, reason=reason)


def settle(
    which: dict[str, Any],
    as_: Annotated[Word, typer.Option("--as", help="What the partner told you: it has it, send again, give it up.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be settled.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Your word on copies in doubt, where nobody else can say whether they arrived. `bus doubts` has them.

    Examples:  bus settle 01kbz6y3v5d8w3k0q2m4n6p8r2 --as delivered --reason "phoned them"
               bus settle --endpoint so-y-te --until "2026-03-02 08:15" --as queued --dry-run
    """
    need(which)
    if not dry_run:
        _order("settle", home, as_json, which=which, state=as_, reason=reason)
        return
    with opened(settings(home)) as line:
        told = line.call("settle", which=which, state=as_, dry_run=True)
    if as_json:
        show.as_json(told)
        return
    show.say(f"{told['count']} would be settled as {words.state(as_)}")
    doubts.table(told["copies"])
    for one in told["refused"]:
        show.say(f"copy {one['copy']}: {one['refused']}")


def _order(name: str, home: Any, as_json: bool, **arguments: Any) -> None:
    """Carry an order out and answer for every copy; a refused one is a failure."""
    need(arguments["which"])
    with opened(settings(home)) as line:
        told = line.call(name, **arguments)
    if as_json:
        show.as_json(told)
    else:
        report(told)
    if told["refused"]:
        raise failed()


def need(which: dict[str, Any]) -> None:
    """Refuse an order about everything."""
    if not which:
        raise typer.BadParameter("name copies by id, or by a filter such as --endpoint or --class")


def report(told: dict[str, Any]) -> None:
    """What became of each copy, for people."""
    show.say(f"{told['done']} done, {told['refused']} refused")
    show.table(
        ("copy", "state", "refused"),
        [(one["copy"], words.state(one["state"]), one["refused"]) for one in told["copies"]],
    )
