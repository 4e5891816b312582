"""Options that several commands share, and the words that pick copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli.words import STATES, VIETNAM
from bus.clock import SystemClock, micros
from bus.config import Settings, load_settings
from bus.quantity import parse_duration

Home = Annotated[
    Path | None, typer.Option("--home", help="Where the bus keeps everything (BUS_HOME).", show_default=False)
]
Routes = Annotated[Path | None, typer.Option("--routes", help="The routes file (BUS_ROUTES).", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Write JSON and nothing else.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the order.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], show_default=False)]


def settings(home: Path | None = None, routes: Path | None = None, **more: object) -> Settings:
    """The settings a command works by."""
    return load_settings(home=home, routes=routes, **more)


def moment(text: str) -> int:
    """``2h`` (ago), or ``2026-03-02`` or ``2026-03-02 08:15`` in Vietnam, in microseconds since 1970."""
    try:
        return SystemClock().now() - micros(parse_duration(text))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        pass
    try:
        read = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"expected 2h, 3d, 2026-03-02 or '2026-03-02 08:15', got {text!r}") from None
    local = read if read.tzinfo else read.replace(tzinfo=VIETNAM)
    return micros(local - datetime.fromtimestamp(0, UTC))


def ahead(text: str) -> int:
    """``3d`` from now, or ``2026-03-02`` in Vietnam, in microseconds since 1970."""
    try:
        return SystemClock().now() + micros(parse_duration(text))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return moment(text)


def states(names: list[str] | None) -> list[str] | None:
    """States as they are called. Raises BadParameter for any other word."""
    for name in names or ():
        if name not in STATES:
            raise typer.BadParameter(f"there is no state {name}; there are {', '.join(STATES)}")
    return names


def host_and_port(text: str, option: str) -> tuple[str, int]:
    """What ``option`` gives as HOST:PORT."""
    host, _, port = text.rpartition(":")
    if not port.isdigit():
        raise typer.BadParameter("expected HOST:PORT such as 127.0.0.1:8090", param_hint=option)
    return host.strip("[]"), int(port)


def picked(
    ids: Annotated[list[str] | None, typer.Argument(help="Copies or messages by id.", show_default=False)] = None,
    state: Annotated[list[str] | None, typer.Option(help="In this state; may be repeated.", show_default=False)] = None,
    endpoint: Annotated[str, typer.Option(help="Bound for this endpoint.")] = "",
    sender: Annotated[str, typer.Option(help="From this agency.")] = "",
    recipient: Annotated[str, typer.Option(help="For this agency.")] = "",
    type: Annotated[str, typer.Option(help="edoc or status.")] = "",  # noqa: A002 - the word of the option
    document: Annotated[str, typer.Option(help="Of this DocumentId.")] = "",
    reason_is: Annotated[str, typer.Option("--class", help="Dead, held or waiting for this reason.")] = "",
    group: Annotated[str, typer.Option(help="In this group of failures, as `bus groups` names it.")] = "",
    rule: Annotated[str, typer.Option(help="Sent its way by this rule of the routes.")] = "",
    code: Annotated[
        str, typer.Option(help="Not delivered, and a call was answered with this status or error code.")
    ] = "",
    attempts: Annotated[
        int, typer.Option(help="Not delivered, and sent at least so many times.", min=0, show_default=False)
    ] = 0,
    unchanged: Annotated[
        str, typer.Option(help="Not delivered, and nothing changed for so long (2h) or since then.")
    ] = "",
    text: Annotated[str, typer.Option(help="With these words in number, subject and names.")] = "",
    since: Annotated[str, typer.Option(help="Accepted since: 2h, 3d, 2026-03-02.")] = "",
    until: Annotated[str, typer.Option(help="Accepted before.")] = "",
) -> dict[str, Any]:
    """The filter of :class:`bus.control.which.Which`, from options; what was not given is left out."""
    given: dict[str, Any] = {
        "ids": ids,
        "states": states(state),
        "endpoint": endpoint,
        "sender": sender,
        "recipient": recipient,
        "type": type,
        "document_id": document,
        "reason": reason_is,
        "group": group,
        "rule": rule,
        "code": code,
        "attempts": attempts,
        "unchanged_since": moment(unchanged) if unchanged else None,
        "text": text,
        "since": moment(since) if since else None,
        "until": moment(until) if until else None,
    }
    return {name: value for name, value in given.items() if value}


def picking(command: Callable[..., None], ids: str = "") -> Callable[..., None]:
    """A command of ``(which, ...)`` that takes the options of :func:`picked` in place of ``which``. ``ids``: what its
    arguments may be, if they may be more than ids.
    """
    words: Sequence[Parameter] = list(signature(picked, eval_str=True).parameters.values())
    if ids:
        argument = Annotated[list[str] | None, typer.Argument(help=ids, show_default=False)]
        words = [words[0].replace(annotation=argument), *words[1:]]
    own = [one for one in signature(command, eval_str=True).parameters.values() if one.name != "which"]

    @wraps(command)
    def run(**given: Any) -> None:
        which = picked(**{word.name: given.pop(word.name) for word in words})
        command(which, **given)

    named = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in (*words, *own)]
    run.__signature__ = Signature(named)  # type: ignore[attr-defined]
    return run
