"""``groups``, ``group`` and ``letter``: what fails, whose it is, and what to write to the other agency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, ahead, settings

Language = Literal["vi", "en"]
Lang = Annotated[Language, typer.Option("--lang", help="The language of the text.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, groups)
    add(app, group)
    add(app, letter)


def groups(
    endpoint: Annotated[str, typer.Option(help="Only of this endpoint.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Also what is snoozed, and what only has notes.")] = False,  # noqa: A002
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 200,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What fails and is not over, by endpoint, class, the partner's own code and place: how much, how old, whose it is.

    Examples:  bus groups   ·   bus group so-y-te/auth/401/answer   ·   bus replay --group so-y-te/auth/401/answer --dry-run
    """
    with opened(settings(home)) as line:
        told = line.call("groups", endpoint=endpoint, all=all, limit=limit)
    if as_json:
        show.as_json(told)
        return
    show.say(f"{told['count']} in {len(told['groups'])} groups{_hidden(told['hidden'])}")
    show.table(
        ("count", "group", "states", "oldest", "last", "owner", "notes", "ticket"),
        [
            (
                one["count"],
                one["group"],
                _states(one),
                words.age(one["first_at"]),
                words.age(one["last_at"]),
                one["owner"],
                one["noted"] or "",
                one["ticket"],
            )
            for one in told["groups"]
        ],
    )


def group(
    name: Annotated[str, typer.Argument(help="As `bus groups` names it.")],
    own: Annotated[str | None, typer.Option(help="Whose it is; '' for nobody's.", show_default=False)] = None,
    note: Annotated[str, typer.Option(help="Write a note; it stays when the copies are replayed.")] = "",
    snooze: Annotated[
        str, typer.Option(help="Do not list it for 3d, or until 2026-03-02; 'no' to list it again.")
    ] = "",
    ticket: Annotated[str | None, typer.Option(help="The URL of a ticket; '' for none.", show_default=False)] = None,
    lang: Lang = "vi",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """One group of failures: what it means, what to do, notes, its newest copies, a text for the other agency.

    Examples:  bus group so-y-te/auth/401/answer
               bus group so-y-te/auth/401/answer --own an --ticket https://tickets.local/17 --note "asked for the new key"
    """
    said = {"owner": own, "ticket": ticket, "note": note or None, "snoozed_until": _snoozed(snooze)}
    given = {key: value for key, value in said.items() if value is not None}
    with opened(settings(home)) as line:
        if given:
            line.call("mark", group=name, **given)
        told = line.call("group", group=name)
    if as_json:
        show.as_json(told)
        return
    for text in _page(told, lang):
        show.say(text)


def letter(
    id: Annotated[str, typer.Argument(help="A copy that failed, or its message.")],  # noqa: A002
    lang: Lang = "vi",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """A text that can be sent to the other agency about what failed: ids, times, their words, what is asked of them.

    Example:  bus letter 01kbz6y3v5d8w3k0q2m4n6p8r2 | mail -s "Văn bản không giao được" van-thu@so-y-te.local
    """
    with opened(settings(home)) as line:
        told = line.call("letter", id=id)
    if as_json:
        show.as_json(told)
        return
    for one in told["letters"]:
        show.say(one[lang])


def _snoozed(text: str) -> int | None:
    if not text:
        return None
    return 0 if text == "no" else ahead(text)


def _hidden(number: int) -> str:
    return f"; {number} not shown (--all, --limit)" if number else ""


def _states(one: dict[str, Any]) -> str:
    return ", ".join(f"{state} {count}" for state, count in sorted(one["states"].items()))


def _page(told: dict[str, Any], lang: Language) -> Iterator[str]:
    yield f"group     {told['group']}"
    yield f"copies    {told['count']}  {_states(told)}"
    if told["count"]:
        yield f"tried     since {words.when(told['first_at'])}, last failed {words.when(told['last_at'])}"
    for name in ("owner", "ticket"):
        if told[name]:
            yield f"{name:<9} {told[name]}"
    if told["snoozed_until"]:
        yield f"snoozed   until {words.when(told['snoozed_until'])}"
    if told["hint"]:
        yield from show.hint(told["hint"], "means     ")
    for note in told["notes"]:
        yield f"note      {words.when(note['at'])} {note['by']}: {note['text']}"
    for copy in told["copies"]:
        yield f"copy      {copy['copy']}  {words.state(copy['state'])}  {words.when(copy['changed_at'])}  for {copy['recipient']}"
    if told["letter"]:
        yield f"\n{told['letter'][lang]}"
