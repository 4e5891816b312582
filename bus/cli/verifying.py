"""``verify``: whether receipts, copies, events and bodies tell one story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.auditing import chain_differences
from bus.cli.guard import add, failed
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, moment, settings

#: Messages between two signs of life.
_PROGRESS = 50_000


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, verify)


def verify(
    bodies: Annotated[bool, typer.Option("--bodies", help="Also read every body and compare its digest.")] = False,
    by_day: Annotated[bool, typer.Option("--by-day", help="Instead: copies by day, rule and state.")] = False,
    at: Annotated[str, typer.Option(help="Instead: ask this endpoint what it has of what it got.")] = "",
    since: Annotated[str, typer.Option(help="With --by-day and --at: messages accepted since.")] = "31d",
    head: Annotated[str, typer.Option(help="NUMBER:HASH of the audit, as noted once from bus audit --head.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check the account of every message (what was accepted, where the copies are, what the events tell), and the audit.

    Exit 1 where anything differs; each difference is named. Examples:  bus verify --json | jq .differences
               bus verify --bodies   ·   bus verify --by-day --since 2026-03-01   ·   bus verify --at axis --since 2d
    """
    if at:
        _there(home, at, moment(since), as_json)
        return
    if by_day:
        _days(home, moment(since), as_json)
        return
    with opened(settings(home)) as line:
        told = account(line, head)
        if bodies:
            told = _with_bodies(told, line)
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


def _with_bodies(told: dict[str, Any], line: Line) -> dict[str, Any]:
    """The account, and what the bytes themselves say."""
    checked, size, differences, after = 0, 0, list(told["differences"]), ""
    while after is not None:
        portion = line.call("verify_bodies", after=after)
        checked, size, after = checked + portion["bodies"], size + portion["bytes"], portion["next"]
        differences += portion["differences"]
        show.complain(f"{checked} bodies read, {size} bytes")
    balanced = not differences
    return {**told, "balanced": balanced, "bodies": checked, "bytes": size, "differences": differences}


def _there(home: Path | None, endpoint: str, since: int, as_json: bool) -> None:
    """Partners are asked one copy at a time, at the endpoint's rate: how far it is goes to standard error."""
    told: dict[str, Any] = {"endpoint": endpoint, "copies": 0, "unsure": 0, "differences": []}
    after: str | None = ""
    with opened(settings(home)) as line:
        while after is not None:
            portion = line.call("verify_there", endpoint=endpoint, since=since, after=after)
            for name in ("copies", "unsure", "differences"):
                told[name] += portion[name]
            after = portion["next"]
            show.complain(f"{told['copies']} copies asked about")
    if as_json:
        show.as_json(told)
    else:
        show.say(f"{endpoint} was asked about {told['copies']} copies; of {told['unsure']} it could not say")
        for one in told["differences"]:
            show.say(f"DIFFERS  {one['code']}  message {one['message']}  copy {one['copy']}: {one['text']}")
    if told["differences"]:
        raise failed()


def _days(home: Path | None, since: int, as_json: bool) -> None:
    with opened(settings(home)) as line:
        told = line.call("days", since=since)
    if as_json:
        show.as_json(told)
    else:
        show.table(
            ("day", "rule", "state", "copies"),
            [(row["day"], row["rule"], words.state(row["state"]), row["copies"]) for row in told["days"]],
        )
        for row in told["differences"]:
            show.say(
                f"DIFFERS  {row['day']} {row['rule']} {row['state']}: {row['copies']} copies, {row['summed']} summed up"
            )
    if told["differences"]:
        raise failed()


def page(told: dict[str, Any]) -> Iterator[str]:
    """An account for people."""
    counts = " + ".join(f"{count} {words.state(name)}" for name, count in sorted(told["states"].items()))
    yield f"{told['messages']} messages; {told['accepted']} copies accepted = {counts or '0'}"
    if "bodies" in told:
        yield f"{told['bodies']} bodies read, {told['bytes']} bytes"
    for one in told["differences"]:
        yield f"DIFFERS  {one['code']}  message {one['message'] or '-'}  copy {one['copy'] or '-'}: {one['text']}"
    yield f"{len(told['differences'])} differences" if told["differences"] else "balanced · khớp"


def _portions(line: Line) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    while after is not None:
        portion = line.call("verify", after=after)
        after = portion["next"]
        yield portion
