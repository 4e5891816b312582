"""``quarantine``: what a source offered and the bus could not take."""

from __future__ import annotations

from typing import Annotated

import typer

from bus.cli import show
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, quarantine)


def quarantine(
    item: Annotated[str, typer.Argument(help="ENDPOINT/TYPE/ID of one item, as the list shows it.")] = "",
    fail: Annotated[bool, typer.Option("--fail", help="Tell its partner that it failed.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch and read it anew.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What sources offered and the bus could not take: why, since when. With --fail or --again: what to do about it.

    Examples:  bus quarantine   ·   bus quarantine axis/edoc/VXP-17 --fail
    """
    if (fail or again) == (not item) or (fail and again):
        raise typer.BadParameter("one item with --fail or --again, or none to list them all")
    with opened(settings(home)) as line:
        if not item:
            told = line.call("quarantine")
        else:
            endpoint, type_, remote_id = [*item.split("/", 2), "", ""][:3]
            word = "fail" if fail else "again"
            told = line.call("decide", endpoint=endpoint, type=type_, remote_id=remote_id, word=word)
    if as_json:
        show.as_json(told)
        return
    for one in told.get("items", [told]):
        why = f"  {one['code']}: {one['detail']}" if "code" in one else ""
        show.say(
            f"{one['endpoint']}/{one['type']}/{one['remote_id']}  {one.get('at', '')}{why}  {one['word']}".rstrip()
        )
