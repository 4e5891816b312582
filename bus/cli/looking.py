"""Looking around: ``status``, ``messages`` and ``dead``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import exporting, show, words
from bus.cli.endpoints import standing
from bus.cli.guard import add
from bus.cli.holds import line_of
from bus.cli.line import opened
from bus.cli.options import Home, Json, picking, settings
from bus.errors import Rejected
from bus.message import is_id
from bus.paging import seq_of
from bus.words import words as looked_for

Limit = Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)]
After = Annotated[str, typer.Option(help="Continue a list: what the last page called next.", show_default=False)]
_NAMES = "Copies or messages by id, or words of their number, subject and names."


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, status)
    add(app, picking(messages, ids=_NAMES), "messages")
    add(app, picking(dead), "dead")


def status(home: Home = None, as_json: Json = False) -> None:
    """How the bus is: endpoints, what waits, how many copies are in each state.

    Example:  bus status --json | jq .states
    """
    with opened(settings(home)) as line:
        told = line.call("status")
    if as_json:
        show.as_json(told)
    else:
        _status(told)


def messages(
    which: dict[str, Any],
    limit: Limit = 50,
    after: After = "",
    count: Annotated[bool, typer.Option("--count", help="Only say how many there are.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write all of them as CSV, whatever --limit says.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List copies, newest first: all, or those with these words in their number, subject or names, or by id.

    Accents need not be written, nor the last word be finished.

    Examples:  bus messages bao cao thang 6   ·   bus messages 15/QD-UBND --sender 000.00.05.H62
               bus messages --state waiting --endpoint so-y-te --since 2h   ·   bus messages --group axis/auth/15/answer --csv
    """
    asked = {**_named(which), "limit": limit, "after": _place(after)}
    if as_csv and (as_json or count):
        raise typer.BadParameter("--csv goes with neither --json nor --count")
    with opened(settings(home)) as line:
        if as_csv:
            exporting.write(line, asked)
            return
        told = line.call("count" if count else "messages", which=asked)
    if as_json:
        show.as_json(told)
        return
    if count:
        show.say(f"{told['count']:,}{' and more' if told['more'] else ''}")
        return
    copies(told["copies"])
    if told["next"]:
        show.say(f"more: --after {told['next']}")
    if told["behind"]:
        show.complain(_behind(told["behind"]))


def dead(which: dict[str, Any], limit: Limit = 50, home: Home = None, as_json: Json = False) -> None:
    """What could not be delivered, by endpoint and reason, and the newest of it.

    Put the cause right, look, then try again:
    bus dead --endpoint so-y-te   ·   bus replay --endpoint so-y-te --dry-run   ·   bus replay --endpoint so-y-te
    """
    with opened(settings(home)) as line:
        told = line.call("dead", which={**which, "limit": limit})
    if as_json:
        show.as_json(told)
        return
    show.say(f"{told['count']} dead")
    show.table(("count", "endpoint", "reason"), [(g["count"], g["endpoint"], g["reason"]) for g in told["groups"]])
    for hint in told["hints"].values():
        for text in show.hint(hint):
            show.say(text)
    copies(told["copies"])


def _named(which: dict[str, Any]) -> dict[str, Any]:
    """The filter, with words for ids where what was named cannot be ids."""
    named = which.get("ids") or []
    if all(map(is_id, named)):
        return which
    text = " ".join([*named, which.get("text", "")])
    if not looked_for(text):
        raise typer.BadParameter(f"there is no letter and no digit in {text!r} to look for")
    return {**which, "ids": (), "text": text}


def _place(after: str) -> str:
    """Checked here already: what no page said is wrong usage."""
    try:
        seq_of(after)
    except Rejected as refusal:
        raise typer.BadParameter(refusal.detail) from None
    return after


def _behind(behind: dict[str, int]) -> str:
    number = behind["events"] + behind["older"]
    return f"the index is being made: about {number:,} events and older copies cannot be found by words yet"


def copies(rows: list[dict[str, Any]]) -> None:
    """Copies as a table."""
    show.table(
        ("accepted", "copy", "sender", "recipient", "endpoint", "state", "status", "reason", "subject"),
        [
            (
                words.when(row["accepted_at"]),
                row["copy"],
                row["sender"],
                row["recipient"],
                row["endpoint"],
                words.state(row["state"]),
                words.status(row["status"]) if row["status"] else "",
                row["reason"],
                row["subject"][:60],
            )
            for row in rows
        ],
    )


def _status(told: dict[str, Any]) -> None:
    show.say(f"routes {told['routes_version']}   {'ready' if told['ready'] else '; '.join(told['problems'])}")
    if recovery := told["recovery"]:
        since, doubts = words.when(recovery["backup_at"]), recovery["in_doubt"]
        show.say(f"IN RECOVERY of the backup of {since}: {doubts} copies in doubt, nothing is sent; see bus recovery")
    counts = "   ".join(f"{words.state(name)}: {count}" for name, count in sorted(told["states"].items()))
    show.say(f"accepted · đã nhận: {told['accepted']} = {counts or '0'}")
    standing(told["endpoints"])
    for one in told["holds"]:
        show.say(f"holds what comes: {line_of(one)}")
    if told["certificates"]:
        show.table(
            ("certificate", "ends", "days left"),
            [(one["certificate"], words.when(one["ends_at"]), one["days_left"]) for one in told["certificates"]],
        )
    if told["credentials"]:
        show.table(
            ("partner", "door", "secret", "last used"),
            [(one["partner"], one["door"], one["secret"], words.when(one["used_at"])) for one in told["credentials"]],
        )
