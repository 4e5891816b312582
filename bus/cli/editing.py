"""``edit``, ``edits`` and ``approve``: other bytes for a copy that is dead or held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (edit, edits, approve):
        add(app, command)


def edit(
    copy: Annotated[str, typer.Argument(help="A dead or held copy.")],
    body: Annotated[
        Path, typer.Option(help="The edited document, or packet of a report.", exists=True, dir_okay=False)
    ],
    before: Annotated[str, typer.Option("--from", help="SHA-256 of what was edited, as bus body told it.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the edit.")],
    not_there: Annotated[
        bool, typer.Option("--not-there", help="It was in doubt once, and its partner says that it has nothing of it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the difference.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give a copy other bytes; it is sent when it is replayed or released, under the id it has. A signed body stays as it is.

    Example:  bus edit 01kbz6y3v5d8w3k0q2m4n6p8r2 --body fixed.edxml --from 9f2c... --reason "wrong annex" --dry-run
    """
    with opened(settings(home)) as line:
        asked = {"copy": copy, "before": before, "reason": reason}
        told = line.carry("edit", body, **asked, dry_run=dry_run, not_there=not_there)
    if as_json:
        show.as_json(told)
        return
    _difference(told["diff"])
    if told["edit"]:
        show.say(f"edit {told['edit']} {told['state']}{_next(told)}")
    else:
        show.say("nothing was changed: without --dry-run it is")


def edits(
    id: Annotated[str, typer.Argument(help="One edit: what it changes. Needs a reason.")] = "",  # noqa: A002 - the word people use
    state: Annotated[str, typer.Option(help="proposed, applied or refused.")] = "",
    copy: Annotated[str, typer.Option(help="Of this copy.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At the most so many.")] = 50,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Edits, newest first; or what one of them changes, which is a look at a body and kept in the audit.

    Examples:  bus edits --state proposed   ·   bus edits 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "asked to approve it"
    """
    with opened(settings(home)) as line:
        if id:
            told = line.call("edited", edit=id, reason=reason)
        else:
            told = line.call("edits", state=state, copy=copy, limit=limit)
    if as_json:
        show.as_json(told)
        return
    for one in told.get("edits", [told]):
        show.say(_line(one))
    if id:
        _difference(told["diff"])


def approve(
    id: Annotated[str, typer.Argument(help="A proposed edit.")],  # noqa: A002 - the word people use
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead; also your own.")] = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let another user's edit be the copy's body. Whoever proposed it cannot.

    Example:  bus approve 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "compared with the paper"
    """
    with opened(settings(home)) as line:
        told = line.call("approve", edit=id, refuse=refuse, reason=reason)
    if as_json:
        show.as_json(told)
    else:
        show.say(_line(told))


def _next(told: dict[str, Any]) -> str:
    if told["state"] == "proposed":
        return f": it waits for another user, bus approve {told['edit']}"
    return f": it goes with bus replay {told['copy']}, or bus release where it is held"


def _line(one: dict[str, Any]) -> str:
    approved = f", approved by {one['approved_by']}" if one["approved_by"] else ""
    said = f"{one['state']} by {one['by']}{approved}: {one['reason']}"
    return f"{one['edit']}  {words.when(one['at'])}  copy {one['copy']}  {said}"


def _difference(diff: dict[str, Any]) -> None:
    for text in diff["lines"]:
        show.say(text)
    if diff["cut"]:
        show.say("... and more; the digests are of the whole")
    if diff["files_before"] != diff["files_after"]:
        for side in ("before", "after"):
            for file in diff[f"files_{side}"]:
                show.say(f"{side:<6}  {file['name']}  {file['size']} bytes  SHA-256 {file['sha256']}")
