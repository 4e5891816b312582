"""How a command ends: 0 when it is done, 1 with the reason when it is not, with ``--json`` also as JSON."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from bus.cli import show
from bus.control.failures import described
from bus.errors import BusError

P = ParamSpec("P")
_EXAMPLES = re.compile(r"\n+(?:\x08\n)?(?=Examples?:)")


def add(app: typer.Typer, command: Callable[..., None], name: str | None = None) -> None:
    """Make a function a command that ends as all do."""
    app.command(name, help=_lined(inspect.getdoc(command) or ""))(guarded(command))


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with its refusals told and not thrown."""

    @wraps(command)
    def run(*given: P.args, **named: P.kwargs) -> None:
        try:
            command(*given, **named)
        except BusError as error:
            _fail(error, as_json=bool(named.get("as_json")))

    return run


def _lined(text: str) -> str:
    """Help in which examples stand by themselves, each on a line of its own: the library joins lines that it is not told to leave."""
    return _EXAMPLES.sub("\n\n\b\n", text)


def failed() -> typer.Exit:
    """The end of a command that has said what is wrong itself."""
    return typer.Exit(1)


def _fail(error: BusError, *, as_json: bool) -> None:
    told = described(error)
    if as_json:
        show.as_json({"error": told})
    else:
        show.complain(f"{told['code']}: {told['text']}" if told["code"] not in told["text"] else told["text"])
    raise failed() from None
