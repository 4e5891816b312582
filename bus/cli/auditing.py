"""``audit``: who ordered or looked at what, and the end of the chain that proves it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, moment, settings
from bus.journal.chain import BEGINNING


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, audit)


def audit(
    who: Annotated[str, typer.Option(help="By this user.")] = "",
    what: Annotated[str, typer.Option(help="Of this kind: replay, body, pause ...")] = "",
    since: Annotated[str, typer.Option(help="Since: 2h, 3d, 2026-03-02.")] = "",
    until: Annotated[str, typer.Option(help="Before.")] = "",
    after: Annotated[str, typer.Option(help="Go on where the page before ended: what it called next.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At the most so many.")] = 50,
    head: Annotated[bool, typer.Option("--head", help="Only the end of the chain, to be noted outside.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Who ordered or looked at what, why, and what it changed, newest first. Nothing is ever removed.

    Examples:  bus audit --what body --since 7d   ·   bus audit --head >> /mnt/elsewhere/heads
    """
    with opened(settings(home)) as line:
        told = line.call("audit_head") if head else line.call("audit", **_asked(who, what, since, until, after, limit))
    if as_json:
        show.as_json(told)
    elif head:
        show.say(f"{told['number']}:{told['hash']}")
    else:
        _page(told)


def chain_differences(line: Line, head: str) -> Iterator[dict[str, Any]]:
    """What does not fit in the chain of the audit, as ``verify`` tells differences; ``head`` as it was noted once, or ''."""
    after, previous = 0, BEGINNING
    while after is not None:
        told = line.call("audit_chain", after=after, hash=previous, head=head)
        for one in told["differences"]:
            text = f"row {one['number']} of the audit: {one['why']}"
            yield {"code": "audit.chain", "message": "", "copy": "", "text": text}
        after, previous, head = told["next"], told["hash"], ""


def _asked(who: str, what: str, since: str, until: str, after: str, limit: int) -> dict[str, Any]:
    times = {name: moment(text) if text else None for name, text in (("since", since), ("until", until))}
    return {"who": who, "what": what, **times, "after": after, "limit": limit}


def _page(told: dict[str, Any]) -> None:
    for one in told["deeds"]:
        show.say(f"{one['number']}  {words.when(one['at'])}  {one['who']}  {one['what']}: {one['outcome']}")
        for name in ("reason", "detail", "before", "after"):
            if one[name]:
                show.say(f"    {name:<7} {one[name]}")
    if told["next"]:
        show.say(f"more: --after {told['next']}")
