"""``holds``: what is held as it comes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, holds)


def holds(
    rule: Annotated[str, typer.Option(help="Hold what this rule of the routes takes.")] = "",
    sender: Annotated[str, typer.Option(help="Hold what comes from this agency.")] = "",
    endpoint: Annotated[str, typer.Option(help="Hold what is bound for this endpoint.")] = "",
    lift: Annotated[str, typer.Option(help="The hold that is to stand no longer.")] = "",
    release: Annotated[bool, typer.Option("--release", help="With --lift: let go what it held.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Standing holds: new copies that fit one are born held. Without options the list; with criteria a new one, which holds
    what fits all of them.

    Examples:  bus holds --sender 000.00.05.H62 --endpoint axis --reason "wrong annexes"   ·   bus holds
               bus holds --lift 01kbz6y3v5d8w3k0q2m4n6p8r2 --release
    """
    named = {name: text for name, text in (("rule", rule), ("sender", sender), ("endpoint", endpoint)) if text}
    if (lift and named) or (release and not lift):
        raise typer.BadParameter("what is to be held, or --lift with the hold that is to end (and --release)")
    with opened(settings(home)) as line:
        if lift:
            told = line.call("lift", hold=lift, release=release, reason=reason)
        elif named:
            told = line.call("stand", reason=reason, **named)
        else:
            told = line.call("holds")
    if as_json:
        show.as_json(told)
    else:
        _page(told)
    if told.get("refused"):
        raise failed()


def line_of(hold: dict[str, Any]) -> str:
    """A standing hold for people."""
    named = ", ".join(f"{name} {hold[name]}" for name in ("rule", "sender", "endpoint") if hold[name])
    return f"{hold['hold']}  {named}  since {words.when(hold['at'])} by {hold['by']}: {hold['reason'] or '-'}"


def _page(told: dict[str, Any]) -> None:
    for one in told.get("holds", [told]):
        show.say(line_of(one))
    if "holds" in told:
        show.say(f"{told['held']} copies were born held")
    elif told["lifted_at"]:
        show.say(f"lifted; {told['done']} released, {told['refused']} refused")
