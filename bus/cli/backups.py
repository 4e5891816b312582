"""``backups``, and ``backup`` where the bus is elsewhere: it makes one itself, in a folder of its machine."""

from __future__ import annotations

import time
from typing import Any

import typer

from bus.cli import show
from bus.cli.guard import add, failed
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, settings
from bus.cli.progress import Progress

#: Seconds between looks: at first, and at the most.
_FIRST, _MOST = 0.05, 1.0


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, backups)


def backups(home: Home = None, as_json: Json = False) -> None:
    """Backups the bus made for operators elsewhere (BUS_BACKUPS), newest first, and how far the one under way is.

    Example:  bus backups
    """
    with opened(settings(home)) as line:
        told = line.call("backups")
    if as_json:
        show.as_json(told)
        return
    if told["last"]:
        show.say(_under_way(told["last"]))
    show.table(
        ("backup", "made", "event", "bodies", "bytes", "missing"),
        [
            (one["name"], one["at"], one["position"], one["bodies"], one["bytes"], one["missing"])
            for one in told["backups"]
        ],
    )
    for name in told["broken_off"]:
        show.say(f"{name} was broken off, and can be removed · chưa hoàn thành, có thể xóa")


def order(line: Line, name: str, previous: str, *, as_json: bool) -> None:
    """Have one made, and show how far it is. Ctrl-C ends the showing, not the backup."""
    line.call("backup", backup=name, previous=previous)
    try:
        told = _followed(line, name)
    except KeyboardInterrupt:
        show.complain("the backup goes on: bus backups")
        return
    if told["last"]["error"]:
        show.complain(told["last"]["error"])
        raise failed()
    (made,) = (one for one in told["backups"] if one["name"] == name)
    if as_json:
        show.as_json(made)
    else:
        show.say(f"{told['folder']}/{name}: {made['bodies']} bodies, {made['bytes']} bytes, {made['missing']} missing")


def _followed(line: Line, name: str) -> dict[str, Any]:
    """What the bus says when it has ended. A bus that was stopped meanwhile knows nothing of it any more."""
    progress, pause = Progress(), _FIRST
    while True:
        told: dict[str, Any] = line.call("backups")
        last = told["last"]
        if not last or last["name"] != name:
            show.complain(f"the bus was started anew: {name} was not finished")
            raise failed()
        if last["ended"]:
            return told
        progress(last["step"], last["done"], last["total"])
        time.sleep(pause)
        pause = min(2 * pause, _MOST)


def _under_way(last: dict[str, Any]) -> str:
    if not last["ended"]:
        return f"{last['name']}, by {last['by']}: {last['step']} {last['done']} of {last['total']} · đang sao lưu"
    return f"{last['name']}, by {last['by']}: {last['error'] or 'made · đã xong'}"
