"""``verify``: whether receipts, copies, events and bodies tell one story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.auditing import chain_differences
from bus.cli.guard import add, failed
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, settings

#: Messages between two signs of life.
_PROGRESS = 50_000


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, verify)


def verify(
    head: Annotated[str, typer.Option(help="NUMBER:HASH of the audit, as noted once from bus audit --head.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check the account of every message (what was accepted, where the copies are, what the events tell), and the audit.

    Exit 1 where anything differs; each difference is named. Example:  bus verify --json | jq .differences
    """
    with opened(settings(home)) as line:
        told = account(line, head)
    if as_json:
        show.as_json(told)
    else:
        for text in page(told):
            show.say(text)
    if told["differences"]:
        raise failed()


def account(line: Line, head: str = "") -> dict[str, Any]:
    """The whole account, asked for portion by portion, and the chain of the audit with the ``head`` that was noted once."""
    messages, states, differences = 0, Counter[str](), []
    for portion in _portions(line):
        before, messages = messages, messages + portion["messages"]
        states.update(portion["states"])
        differences += portion["differences"]
        if before // _PROGRESS != messages // _PROGRESS:
            show.complain(f"{messages} messages verified")
    differences += chain_differences(line, head)
    return {
        "balanced": not differences,
        "messages": messages,
        "accepted": states.total(),
        "states": dict(states),
        "differences": differences,
    }


def page(told: dict[str, Any]) -> Iterator[str]:
    """An account for people."""
    counts = " + ".join(f"{count} {words.state(name)}" for name, count in sorted(told["states"].items()))
    yield f"{told['messages']} messages; {told['accepted']} copies accepted = {counts or '0'}"
    for one in told["differences"]:
        yield f"DIFFERS  {one['code']}  message {one['message'] or '-'}  copy {one['copy'] or '-'}: {one['text']}"
    yield f"{len(told['differences'])} differences" if told["differences"] else "balanced · khớp"


def _portions(line: Line) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        portion = line.call("verify", after=after)
        after = portion["next"]
        yield portion
