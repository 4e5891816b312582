"""``pause`` and ``resume``: whether an endpoint is called."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.looking import condition
from bus.cli.options import Home, Json, Reason, settings

Endpoint = Annotated[str, typer.Argument(help="Its name in routes.yaml.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, pause)
    add(app, resume)


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
