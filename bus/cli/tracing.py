"""``trace``: where a message is, why, and everything that happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.endpoints import condition
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, trace)


def trace(
    id: Annotated[str, typer.Argument(help="A message, a copy, a partner's id for it, a DocumentId, or a number.")],  # noqa: A002
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Where a message is and why: its copies, every call made for each, and all that happened.

    Examples:  bus trace 01kbz6y3v5d8w3k0q2m4n6p8r2
               bus trace "000.00.05.H62,2026/03/02,15/QĐ-UBND"   ·   bus trace 15/QĐ-UBND
    """
    with opened(settings(home)) as line:
        told = line.call("trace", id=id)
    if as_json:
        show.as_json(told)
        return
    for text in page(told):
        show.say(text)


def page(told: dict[str, Any]) -> Iterator[str]:
    """A trace for people."""
    yield f"message   {told['message']}   {told['type']} {told['kind']}"
    yield f"document  {told['document_id']}"
    yield f"subject   {told['subject']}"
    yield f"from      {told['sender']} by {told['door']} {told['partner']}, {words.when(told['accepted_at'])}"
    for name in ("recalled_by", "conflict_with", "about"):
        if told[name]:
            yield f"{name:<9} {told[name]}"
    for other in told["also"]:
        yield f"also      {other['message']}   from {other['sender']}, {words.when(other['accepted_at'])}"
    for copy in told["copies"]:
        yield from _copy(copy)
    yield ""
    yield "what happened"
    for event in told["events"]:
        detail = " ".join(f"{key}={value}" for key, value in event["detail"].items())
        yield f"  {words.when(event['at'])}  {event['what']}  {event['copy'] or ''}  by {event['by']}  {detail}".rstrip()


def _copy(copy: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"copy      {copy['copy']}{'' if copy['part'] == 'primary' else '  (' + copy['part'] + ')'}"
    yield f"  for     {copy['recipient'] or '-'} at {copy['endpoint'] or '-'}"
    yield f"  why     {copy['why'] or '-'}"
    yield f"  state   {words.state(copy['state'])}{', ' + copy['reason'] if copy['reason'] else ''}"
    if copy["hint"]:
        yield from show.hint(copy["hint"], "  means   ")
    if copy["group"]:
        yield f"  group   {copy['group']}"
    if copy["next_at"]:
        yield f"  next    {words.when(copy['next_at'])}"
    yield f"  body    SHA-256 {copy['body']}"
    for edit in copy["edits"]:
        yield _edit(edit)
    if copy["remote_id"]:
        yield f"  theirs  {copy['remote_id']}"
    if copy["recalled_by"]:
        yield f"  recall  {copy['recalled_by']}"
    yield from _life(copy["life"] or {})
    if copy["state"] in ("queued", "waiting", "in_doubt"):
        yield f"  partner {condition(copy['condition'])}"
    for before in copy["behind"]:
        yield f"  behind  copy {before['copy']}, {words.state(before['state'])}"
    for call in copy["calls"]:
        yield _call(call)


def _edit(edit: dict[str, Any]) -> str:
    approved = f", approved by {edit['approved_by']}" if edit["approved_by"] else ""
    said = f"{edit['state']} by {edit['by']}{approved}: {edit['reason']}"
    return (
        f"  edit    {edit['edit']}  {words.when(edit['at'])}  {said}  ({edit['before'][:12]} to {edit['after'][:12]})"
    )


def _life(life: dict[str, Any]) -> Iterator[str]:
    """Where the document stands with its recipient, and every status that was reported."""
    if life.get("handling"):
        yield f"  handled {words.status(life['handling']['code'])}"
    if life.get("request"):
        asked = f", asked for by {life['asked_by']}" if life["asked_by"] else ""
        yield f"  request {words.status(life['request']['code'])}{asked}"
    for said in life.get("statuses", ()):
        yield _said(said)


def _said(said: dict[str, Any]) -> str:
    code = words.status(said["read_as"])
    as_sent = f", sent as {said['code']}" if said["code"] != said["read_as"] else ""
    moment = f"{words.when(said['accepted_at'])}  {code}{as_sent}"
    return f"  status  {moment}  by {said['by']} at {said['timestamp'] or '-'}  {said['message']}  {said['description']}".rstrip()


def _call(call: dict[str, Any]) -> str:
    kind = f"{call['outcome']} {call['failure']}".strip()
    return f"  call {call['number']}  {words.when(call['began_at'])}  {call['what']}: {kind}  {call['words']}".rstrip()
