"""``directory``: who has which code, what is known of one, and the lists of partners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bus.cli import show
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Agencies, their codes, and partners' lists of them.", no_args_is_help=True)
    add(group, refresh)
    add(group, find)
    add(group, shown, "show")
    app.add_typer(group, name="directory")


def refresh(
    endpoint: Annotated[str, typer.Argument(help="Whose list; all there are without it.", show_default=False)] = "",
    smaller: Annotated[bool, typer.Option("--smaller", help="Take it though most of what it had is gone.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Fetch a partner's list of agencies now and compare it with what is known, whatever its version says.

    Examples:  bus directory refresh   ·   bus directory refresh axis
    """
    with opened(settings(home)) as line:
        told = line.call("refresh", endpoint=endpoint, smaller=smaller)
    if as_json:
        show.as_json(told)
        return
    for one in told["lists"]:
        show.say(
            f"{one['endpoint']}: {one['agencies']} agencies; {one['added']} added, {one['changed']} changed "
            f"({one['closed']} closed now), {one['gone']} gone, {one['skipped']} rows unusable"
        )


def find(
    words: Annotated[list[str], typer.Argument(help="Words of a name, or of a code; accents do not count.")],
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 50,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Agencies by name or code, with or without accents.

    Example:  bus directory find so tai chinh
    """
    with opened(settings(home)) as line:
        told = line.call("agencies", words=" ".join(words), limit=limit)
    if as_json:
        show.as_json(told)
        return
    show.table(
        ("code", "old code", "name", "closed", "from"),
        [
            (one["code"], one["old_code"], one["name"], "closed" if one["closed"] else "", one["from"])
            for one in told["agencies"]
        ],
    )
    if told["more"]:
        show.say("there are more: use more words, or --limit")


def shown(
    code: Annotated[str, typer.Argument(help="A code in any spelling.")], home: Home = None, as_json: Json = False
) -> None:
    """All that is known of a code: spellings, name, closing, who knows it, and which rule takes a document for it.

    Example:  bus directory show 000.00.12.H62
    """
    with opened(settings(home)) as line:
        told = line.call("agency", code=code)
    if as_json:
        show.as_json(told)
        return
    for text in _page(told):
        show.say(text)


def _page(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['code']}  {told['name']}".rstrip()
    yield f"spellings: {', '.join(told['spellings'])}"
    if told["parent"]:
        yield f"below: {told['parent']}"
    if told["closed"]:
        yield f"closed; {'send to ' + told['successor'] if told['successor'] else 'no successor is named'}"
    yield f"known from: {', '.join(map(_source, told['known_from'])) or 'nowhere'}"
    yield f"partner: {told['partner'] or 'none'}"
    yield f"a document for it now: {_taken(told)}"
    yield from _suggestion(told["suggestion"])


def _source(row: dict[str, Any]) -> str:
    return f"{row['from']} ({row['code']}{', closed' if row['closed'] else ''})"


def _taken(told: dict[str, Any]) -> str:
    return f"to {told['endpoint']} by rule {told['rule']}" if told["rule"] else f"REFUSED {told['refused']}"


def _suggestion(given: dict[str, Any] | None) -> Iterator[str]:
    if given:
        yield f"another spelling is not known. Computed, and never used by the bus: {given['computed']}"
        yield f"  if that is right, say so in routes.yaml: {given['write']}"
