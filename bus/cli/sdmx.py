"""``reports export``, ``import`` and ``structure``: figures as SDMX."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli import show
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, settings
from bus.errors import BusError

Out = Annotated[Path | None, typer.Option(help="This file instead of standard output.", show_default=False)]


class Format(StrEnum):
    """How figures are written."""

    CSV = "csv"
    ML = "ml"


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    add(group, export)
    add(group, bring_in, "import")
    add(group, structure)


def export(
    report: Annotated[str, typer.Argument(help="The id of a report.")],
    reason: Reason,
    sdmx: Annotated[Format, typer.Option(help="SDMX-CSV 2.0, or SDMX-ML 3.0.")] = Format.CSV,
    version: Annotated[
        int | None, typer.Option(help="Of the report; else the newest.", min=1, show_default=False)
    ] = None,
    unit: Annotated[str, typer.Option(help="Whose, where several units have one of this id.")] = "",
    out: Out = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """The figures of a report as SDMX. Who took them out, and why, is in the audit.

    Example:  bus reports export BC-MC-MC-01-2026-Q1-000.00.07.H62 --sdmx ml --out q1.xml --reason "asked for by the statistics office"
    """
    with opened(settings(home)) as line:
        told = line.call("reports_export", report=report, sdmx=sdmx, reason=reason, version=version, unit=unit)
    _hand_out(told, out, f"version {told['version']}", as_json)


def structure(
    form: Annotated[str, typer.Argument(help="A form, by its code.")],
    version: Annotated[str, typer.Option(help="Of the form; else that of the newest regime.")] = "",
    out: Out = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """The structure that the figures on a form follow: code lists, concepts and the definition (SDMX-ML 3.0).

    Example:  bus reports structure MC-01 --out mc-01.xml
    """
    with opened(settings(home)) as line:
        told = line.call("reports_structure", form=form, version=version)
    _hand_out(told, out, f"form {told['form']}, version {told['version']}", as_json)


def bring_in(
    file: Annotated[Path, typer.Argument(help="SDMX-CSV or SDMX-ML.", exists=True, dir_okay=False)],
    as_: Annotated[
        str, typer.Option("--as", help="The partner that sends it; else the one that acts for the unit.")
    ] = "",
    version: Annotated[
        int | None, typer.Option(help="Of the report; else as the file says.", min=1, show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is in it, and what is wrong with it.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take figures in as a report, through the same checks as at the door. Exit 1 where it is refused.

    Example:  bus reports import q1.csv --dry-run
    """
    with opened(settings(home)) as line:
        told = line.call("reports_import", file=str(file.absolute()), partner=as_, version=version, dry_run=dry_run)
    if as_json:
        show.as_json(told)
    else:
        _page(told)
    if not told["right"]:
        raise failed()


def _page(told: dict[str, Any]) -> None:
    for one in told["problems"]:
        show.say(f"{one['verdict']}: {one['text_vi']}")
        show.say(f"  {one['text']}")
    if told["report_id"]:
        show.say(f"{told['report_id']}, version {told['version']}: {told['figures']} figures")
    if told["message"]:
        show.say(f"message {told['message']}{' (known already)' if told['repeated'] else ''}")
    else:
        show.say("nothing was taken")


def _hand_out(told: dict[str, Any], out: Path | None, what: str, as_json: bool) -> None:
    if out:
        try:
            out.write_text(told["text"], "utf-8", newline="")
        except OSError as error:
            raise BusError(f"{out} cannot be written: {error.strerror}") from error
    if as_json:
        show.as_json(told)
    elif out:
        show.say(f"{what} in {out}")
    else:
        sys.stdout.buffer.write(told["text"].encode())
