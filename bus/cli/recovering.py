"""``recovery``: what is in doubt after a restore, asking partners about it, and sending again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add, guarded
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, settings

Endpoint = Annotated[str, typer.Option(help="Only this endpoint.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="After a restore: look, ask partners, send again.", invoke_without_command=True)
    group.callback()(guarded(look))
    add(group, ask)
    add(group, release)
    app.add_typer(group, name="recovery")


def look(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """What is in doubt since the backup, by endpoint and contract, and what waits to be sent.

    Example:  bus recovery
    """
    if context.invoked_subcommand:
        return
    with opened(settings(home)) as line:
        told = line.call("recovery")
    if as_json:
        show.as_json(told)
    elif told["recovery"] is None:
        show.say("not in recovery")
    else:
        _page(told)


def ask(endpoint: Endpoint = "", home: Home = None, as_json: Json = False) -> None:
    """Ask the partners that can answer about what is in doubt. What they have is settled; what they have not waits for the
    release.

    Example:  bus recovery ask --endpoint axis
    """
    with opened(settings(home)) as line:
        told = line.call("ask_restored", endpoint=endpoint)
    if as_json:
        show.as_json(told)
        return
    for one in told["asked"]:
        show.say(f"{one['endpoint']}: {one['count']} questions are on their way; look again with `bus recovery`")
    if not told["asked"]:
        show.say("nobody can be asked about anything that is in doubt")


def release(
    endpoint: Endpoint = "",
    all_: Annotated[bool, typer.Option("--all", help="Every endpoint; the recovery is over then.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be sent.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Send again. What is still in doubt goes on from where it was at the backup, and may arrive twice.

    Examples:  bus recovery release --endpoint so-y-te --dry-run
               bus recovery release --all --reason "asked them all"
    """
    if bool(endpoint) == all_:
        raise typer.BadParameter("name one --endpoint, or --all")
    if not (dry_run or reason.strip()):
        raise typer.BadParameter("give a --reason: it is kept with the order")
    with opened(settings(home)) as line:
        told = line.call("release_restored", endpoint=endpoint, all=all_, reason=reason, dry_run=dry_run)
    if as_json:
        show.as_json(told)
        return
    _table(told["endpoints"])
    show.say("nothing was done" if dry_run else "released; the recovery is over" if told["over"] else "released")


def _page(told: dict[str, Any]) -> None:
    one = told["recovery"]
    show.say(
        f"in recovery since {words.when(one['restored_at'])} by {one['by']}: "
        f"the backup is of {words.when(one['backup_at'])}, event {one['position']}"
    )
    _table(told["endpoints"])
    show.say("nothing is sent to an endpoint before its release; what comes in waits")


def _table(rows: list[dict[str, Any]]) -> None:
    show.table(
        ("endpoint", "contract", "in doubt", "oldest", "may arrive twice", "known by id", "found there", "queued", ""),
        [
            (
                row["endpoint"],
                row["kind"] if row["kind"] == "mailbox" else row["contract"],
                row["in_doubt"],
                words.age(row["oldest_at"]),
                row["may_arrive_twice"],
                row["known_by_id"],
                row["found_delivered"],
                row["queued"],
                "is sent to" if row["released"] else "can be asked" if row["asks"] else "",
            )
            for row in rows
        ],
    )
