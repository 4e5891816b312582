"""``schema``: what a command writes with ``--json``, for whoever reads it with a program."""

from __future__ import annotations

from typing import Annotated

import typer

from bus.cli import shapes, show
from bus.cli.guard import add
from bus.cli.options import Json


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, schema)


def schema(
    command: Annotated[list[str], typer.Argument(help="A command, such as: replays show")], as_json: Json = False
) -> None:
    """The JSON Schema of what a command writes with --json. Keys may be added in later releases; none goes away.

    Example:  bus schema trace
    """
    name = " ".join(command)
    if name not in shapes.COMMANDS:
        raise typer.BadParameter(f"{name} writes no JSON; there are {', '.join(sorted(shapes.COMMANDS))}")
    told = shapes.shape(name).json_schema()
    show.as_json(told) if as_json else show.page().print_json(data=told)
