"""All commands of ``bus``, gathered from their groups."""

from __future__ import annotations

import typer

from bus.cli import (
    alerting,
    auditing,
    backing,
    backups,
    bodies,
    detained,
    detour,
    directory,
    doubts,
    editing,
    endpoints,
    expecting,
    failures,
    holds,
    looking,
    measuring,
    orders,
    partners,
    recovering,
    replays,
    reports,
    retaining,
    routing,
    running,
    schemas,
    sending,
    statements,
    tracing,
    verifying,
)

_HELP = """Trục liên thông văn bản / The bus between the document systems of government agencies.

Start:  bus run --demo   ·   Check routes:  bus check   ·   Where is it:  bus trace ID

Every command takes --json. Exit: 0 done, 1 failed, 2 wrong usage.
"""


def application() -> typer.Typer:
    """The command line, ready to be called."""
    app = typer.Typer(
        help=_HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False
    )
    for group in (
        running,
        routing,
        sending,
        looking,
        failures,
        doubts,
        tracing,
        orders,
        replays,
        detour,
        holds,
        endpoints,
        detained,
        bodies,
        editing,
        auditing,
        verifying,
        alerting,
        expecting,
        reports,
        statements,
        partners,
        directory,
        measuring,
        backing,
        backups,
        recovering,
        retaining,
        schemas,
    ):
        group.register(app)
    return app
