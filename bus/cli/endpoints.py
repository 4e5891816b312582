"""``endpoints``, ``pause`` and ``resume``: whether an endpoint is called."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, settings
from bus.config.models import MAILBOX

Endpoint = Annotated[str, typer.Argument(help="Its name in routes.yaml.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, endpoints)
    add(app, pause)
    add(app, resume)


def endpoints(home: Home = None, as_json: Json = False) -> None:
    """Every endpoint: what waits there, whether it is called, why not, and when the next probe goes.

    Example:  bus endpoints --json | jq '.endpoints[] | select(.breaker == "open")'
    """
    with opened(settings(home)) as line:
        told = line.call("endpoints")
    if as_json:
        show.as_json(told)
    else:
        standing(told["endpoints"])


def pause(endpoint: Endpoint, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Send nothing to an endpoint until it is resumed. What is accepted for it waits in the journal.

    Example:  bus pause so-y-te --reason "they move their server until noon"
    """
    _order(home, as_json, "pause", endpoint=endpoint, reason=reason)


def resume(endpoint: Endpoint, home: Home = None, as_json: Json = False) -> None:
    """Let a paused endpoint go on; also closes an open breaker.

    Example:  bus resume so-y-te
    """
    _order(home, as_json, "resume", endpoint=endpoint)


def _order(home: Any, as_json: bool, name: str, **arguments: Any) -> None:
    with opened(settings(home)) as line:
        told = line.call(name, **arguments)
    if as_json:
        show.as_json(told)
    else:
        show.say(f"{told['endpoint']}: {condition(told)}")


def standing(rows: list[dict[str, Any]]) -> None:
    """Endpoints as a table."""
    show.table(("endpoint", "kind", "waiting", "oldest", "certificates", "condition"), [_row(one) for one in rows])


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    name = one["endpoint"] if one["in_routes"] else f"{one['endpoint']} (not in routes)"
    return (name, one["kind"], one["waiting"], words.age(one["oldest_at"]), _ending(one), condition(one))


def _ending(one: dict[str, Any]) -> str:
    """When the first of an endpoint's certificates ends."""
    first = min(
        (held for held in one["certificates"] if held["ends_at"]), key=lambda held: held["ends_at"], default=None
    )
    return f"{first['days_left']} days" if first else ""


def condition(one: dict[str, Any]) -> str:
    """Whether an endpoint is called, in words."""
    if one.get("kind") == MAILBOX:
        return "is fetched from"
    if one["paused_by"]:
        return f"paused by {one['paused_by']} {words.when(one['paused_at'])} {one['pause_reason']}".rstrip()
    if one["breaker"] == "open":
        since = f" since {words.when(one['opened_at'])}" if one["opened_at"] else ""
        why = " ".join(filter(None, (one["opened_for"], one["opened_words"])))
        probe = f"next probe {words.when(one['breaker_until'])}"
        return f"breaker open{since}, {probe} ({one['failures']} failures): {why}".removesuffix(": ")
    return "is called"
