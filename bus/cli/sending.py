"""``send``: a file as if a partner had sent it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, send)


def send(
    file: Annotated[Path, typer.Argument(help="An edXML document or status.", exists=True, dir_okay=False)],
    as_: Annotated[str, typer.Option("--as", help="The partner that sends it, by its name in routes.yaml.")],
    to: Annotated[list[str] | None, typer.Option(help="Agency codes; else those the file names.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Send a document as a partner, through the same checks as at every door.

    Example:  bus send cong-van.edxml --as so-noi-vu --to 000.00.08.H62
    """
    with opened(settings(home)) as line:
        told = line.carry("send", file, partner=as_, to=to or [])
    if as_json:
        show.as_json(told)
        return
    show.say(f"message {told['message']}{' (known already)' if told['repeated'] else ''}")
    show.table(
        ("copy", "recipient", "endpoint", "state"),
        [(one["doc_id"], one["recipient"], one["endpoint"], words.state(one["state"])) for one in told["copies"]],
    )
