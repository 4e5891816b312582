"""``backup`` and ``restore``: a home as files that stand by themselves, and a home made of them."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.backup import manifest
from bus.backup.check import Problem, check, tried
from bus.backup.make import Wanted, make
from bus.backup.restore import Restored
from bus.backup.restore import restore as restored
from bus.cli import backups, show
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings
from bus.cli.progress import Progress
from bus.clock import SystemClock
from bus.config import Settings
from bus.errors import BusError
from bus.journal.dump.trial import NotTried

Folder = Annotated[Path, typer.Argument(help="The backup's folder.", metavar="DIR")]

_WHOLE = "the backup is whole · bản sao lưu nguyên vẹn"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, backup)
    add(app, restore)


def backup(
    folder: Folder,
    verify: Annotated[bool, typer.Option("--verify", help="Make none: check the one that is there.")] = False,
    previous: Annotated[
        Path | None, typer.Option(help="An earlier backup on the same disk; its bodies are linked.", show_default=False)
    ] = None,
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help="Also the secrets, as they are.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a backup of a home in a new folder, also while the bus runs; or check one. Where BUS_URL names a bus elsewhere, that
    makes it, in a folder of this name below its own (BUS_BACKUPS).

    Examples:  bus backup /backup/2026-03-02 --previous /backup/2026-03-01
               bus backup /backup/2026-03-02 --verify
    """
    if verify:
        _verify(folder, settings(home), as_json)
        return
    chosen = settings(home)
    if chosen.url:
        _order(chosen, folder, previous, with_secrets=with_secrets, as_json=as_json)
        return
    told = make(chosen, Wanted(folder, previous, with_secrets), SystemClock(), Progress()).told()
    _note(chosen, folder, told)
    if as_json:
        show.as_json({"folder": str(folder), **told})
    else:
        _page(folder, told)


def restore(
    folder: Folder,
    incomplete: Annotated[bool, typer.Option("--incomplete", help="Also where bodies are missing in it.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a new home of a backup. The bus that starts on it takes in, and sends nothing until `bus recovery release`.

    Example:  bus restore /backup/2026-03-02 --home /var/lib/bus-new
    """
    chosen = settings(home)
    done = restored(folder, chosen, SystemClock(), getpass.getuser(), Progress(), incomplete=incomplete)
    if as_json:
        show.as_json(
            {
                "home": str(chosen.home),
                "in_doubt": done.in_doubt,
                "lost": [one.text for one in done.lost],
                "routes": str(done.routes or ""),
                "backup": done.manifest.told(),
            }
        )
    else:
        _made(chosen, done)


def _verify(folder: Path, chosen: Settings, as_json: bool) -> None:
    found, untried = manifest.read(folder), ""
    wrong = check(folder, found, Progress())
    try:
        if not any(one.fatal for one in wrong):
            wrong += tried(folder, found, chosen.database_url, Progress())
    except NotTried as error:
        untried = str(error)
    if as_json:
        problems = [one.text for one in wrong]
        show.as_json({"folder": str(folder), **found.told(), "problems": problems, "not_tried": untried})
    else:
        _told(wrong, untried)
    if wrong:
        raise failed()


def _told(wrong: Sequence[Problem], untried: str) -> None:
    for one in wrong:
        show.say(f"DIFFERS  {one.text}")
    if untried:
        show.complain(f"the rows of the journal were NOT loaded to try them · CHƯA nạp thử dữ liệu: {untried}")
    whole = "every file is as it was written · mọi tệp còn nguyên vẹn" if untried else _WHOLE
    show.say(f"{len(wrong)} problems" if wrong else whole)


def _order(chosen: Settings, folder: Path, previous: Path | None, *, with_secrets: bool, as_json: bool) -> None:
    if with_secrets:
        raise typer.BadParameter("secrets stay on their machine: make this backup there")
    with opened(chosen) as line:
        backups.order(line, str(folder), str(previous or ""), as_json=as_json)


def _note(chosen: Settings, folder: Path, told: dict[str, Any]) -> None:
    """Leave a mark in the journal. Without one the backup is none the worse."""
    mark = {"position": told["journal"]["position"], "bytes": told["bytes"], "with_secrets": told["with_secrets"]}
    try:
        with opened(chosen) as line:
            line.call("backed_up", folder=str(folder), **mark)
    except BusError as error:
        show.complain(f"the backup is made, and could not be noted in the journal: {error}")


def _page(folder: Path, told: dict[str, Any]) -> None:
    show.say(
        f"{folder}: journal up to event {told['journal']['position']}, {told['bodies']} bodies, {told['bytes']} bytes"
    )
    needed = sum(one["needed"] for one in told["missing"])
    if told["missing"]:
        show.complain(
            f"{len(told['missing'])} bodies were missing or damaged in the store; {needed} are still to be sent"
        )
    if not told["with_secrets"]:
        show.complain("secrets are not in it: keep them apart")


def _made(chosen: Settings, done: Restored) -> None:
    show.say(f"{chosen.home} is as it was at {done.manifest.at}, in recovery: {done.in_doubt} copies are in doubt")
    for one in done.lost:
        show.say(f"LOST  {one.text}")
    if done.routes:
        show.say(f"routes: {done.routes}")
    if not done.manifest.with_secrets:
        show.complain(f"no secrets were in the backup: put them into {chosen.secrets} before the start")
    show.say("nothing is sent until you say so: start the bus, then look with `bus recovery`")
