"""Orders on copies: ``hold``, ``release``, ``cancel``, ``replay``, ``resend`` and ``settle``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from bus.cli import show, words
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, picking, settings

Word = Literal["delivered", "queued", "dead"]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (hold, release, cancel, replay, resend, settle):
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


def replay(
    which: dict[str, Any],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be replayed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Also what would arrive out of order.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Try dead copies again: the same copy, its next attempt.

    Examples:  bus replay --endpoint so-y-te --class auth --dry-run
               bus replay 01kbz6y3v5d8w3k0q2m4n6p8r2
    """
    need(which)
    if not dry_run:
        _order("replay", home, as_json, which=which, yes=yes, reason=reason)
        return
    with opened(settings(home)) as line:
        told = line.call("replay", which=which, dry_run=True)
    if as_json:
        show.as_json(told)
    else:
        _preview(told["copies"])


def resend(which: dict[str, Any], reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Send again what is settled, with the same ids and bytes, so that the partner can tell.

    Example:  bus resend 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "they lost it"
    """
    _order("resend", home, as_json, which=which, reason=reason)


def settle(
    which: dict[str, Any],
    as_: Annotated[Word, typer.Option("--as", help="What the partner told you: it has it, send again, give it up.")],
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Your word on copies in doubt, where nobody else can say whether they arrived.

    Example:  bus settle 01kbz6y3v5d8w3k0q2m4n6p8r2 --as delivered --reason "phoned them"
    """
    _order("settle", home, as_json, which=which, state=as_, reason=reason)


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


def _preview(copies: list[dict[str, Any]]) -> None:
    show.say(f"{len(copies)} would be replayed, in this order")
    show.table(
        ("copy", "state", "subject", "note"),
        [(one["copy"], words.state(one["state"]), one.get("subject", "")[:60], _note(one)) for one in copies],
    )


def _note(one: dict[str, Any]) -> str:
    if one["refused"]:
        return f"refused: {one['refused']}"
    return "out of order: needs --yes" if one["out_of_order"] else ""
