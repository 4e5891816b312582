"""The command line in a test's hands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import typer
from click.testing import CliRunner

from bus.cli.app import application


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


@cache
def commands() -> Any:
    """All commands; to make them takes longer than most of them do."""
    return typer.main.get_command(application())


def bus(*words: object) -> Ended:
    """Call ``bus`` with these words. Not by the runner of typer, which makes all commands anew for each call."""
    result = CliRunner().invoke(commands(), [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)
