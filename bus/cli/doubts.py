"""``doubts``: copies whose outcome nobody knows."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, picking, settings

Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, picking(doubts), "doubts")


def doubts(
    which: dict[str, Any],
    limit: Limit = 50,
    after: Annotated[str, typer.Option(help="Continue a list: what the last page called next.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Copies in doubt: they may have arrived. Since when, what the endpoint promises, who says next, the last words.

    Those that wait for you are settled by bus settle, when their partner has told you.
    Examples:  bus doubts --endpoint so-y-te   ·   bus settle --endpoint so-y-te --as delivered --dry-run
    """
    with opened(settings(home)) as line:
        told = line.call("doubts", which={**which, "limit": limit, "after": after})
    if as_json:
        show.as_json(told)
        return
    table(told["copies"])
    if told["next"]:
        show.say(f"more: --after {told['next']}")


def table(rows: list[dict[str, Any]]) -> None:
    """Copies in doubt as a table."""
    show.table(
        ("copy", "endpoint", "recipient", "since", "contract", "next", "asked", "last words"),
        [
            (
                one["copy"],
                one["endpoint"],
                one["recipient"],
                words.when(one["since"]),
                one["contract"],
                "you say · bạn quyết định" if one["operator"] else words.when(one["next_at"]),
                one["asked"],
                one["words"][:80],
            )
            for one in rows
        ],
    )
