"""``redirect``, ``return``, ``skip`` and ``envelope``: what cannot go its way."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, moment, picking, settings
from bus.cli.orders import need, report
from bus.clock import SystemClock, micros
from bus.quantity import parse_duration


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, picking(redirect))
    add(app, picking(give_back), "return")
    add(app, picking(skip))
    add(app, picking(envelope))


def redirect(
    which: dict[str, Any],
    to: Annotated[str, typer.Option(help="The endpoint they go to.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Also what somebody may have already.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Send copies to another endpoint than their route says: dead, held, queued or waiting ones, with what waits behind them.

    Example:  bus redirect --endpoint so-y-te --state dead --to so-y-te-new --reason "they moved" --dry-run
    """
    told = _told(home, "redirect", which=which, to=to, dry_run=dry_run, yes=yes, reason=reason)
    if as_json or not dry_run:
        _end(told, as_json=as_json)
        return
    show.say(f"{told['count']} would go to {to}")
    show.table(
        ("copy", "state", "subject", "note"),
        [
            (one["copy"], words.state(one["state"]), one.get("subject", "")[:60], one["refused"])
            for one in told["copies"]
        ],
    )


def give_back(
    which: dict[str, Any],
    reason: Annotated[str, typer.Option(help="Why; the sender is told.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give copies up and tell their sender why, by a status 02 of the bus's own code.

    Example:  bus return 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "the annex cannot be opened"
    """
    _end(_told(home, "return", which=which, reason=reason), as_json=as_json)


def skip(which: dict[str, Any], reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Let updates and replacements that wait behind a dead original go without it.

    Example:  bus skip 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "they have the original on paper"
    """
    _end(_told(home, "skip", which=which, reason=reason), as_json=as_json)


def envelope(
    which: dict[str, Any],
    priority: Annotated[int | None, typer.Option(min=0, max=4, help="0 normal to 4 most urgent.")] = None,
    expires: Annotated[
        str, typer.Option(help="In 2h, in 3d, on 2026-03-02, or never. Counts for the whole message.")
    ] = "",
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make copies more or less urgent, or change until when they are worth sending. No body changes, signed or not.

    Example:  bus envelope 01kbz6y3v5d8w3k0q2m4n6p8r2 --priority 4 --expires 12h --reason "the meeting is tomorrow"
    """
    if priority is None and not expires:
        raise typer.BadParameter("name --priority or --expires")
    until = deadline(expires) if expires else None
    _end(_told(home, "readdress", which=which, priority=priority, expires=until, reason=reason), as_json=as_json)


def deadline(text: str) -> int | str:
    """``2h`` (from now), or ``2026-03-02`` or ``2026-03-02 08:15`` in Vietnam, in microseconds since 1970; or ``never``."""
    if text == "never":
        return text
    now = SystemClock().now()
    try:
        return now + micros(parse_duration(text))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return moment(text)


def _told(home: Any, name: str, **arguments: Any) -> Any:
    need(arguments["which"])
    with opened(settings(home)) as line:
        return line.call(name, **arguments)


def _end(told: dict[str, Any], *, as_json: bool) -> None:
    """Answer for every copy; a refused one is a failure."""
    if as_json:
        show.as_json(told)
    else:
        report(told)
    if told.get("refused"):
        raise failed()
