"""Sending again: ``replay`` and ``resend``, and ``replays``, which are many at once as a plan."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import freezing, replaying, show
from bus.cli.guard import add, failed, guarded
from bus.cli.line import opened
from bus.cli.options import Home, Json, Reason, picking, settings
from bus.quantity import parse_rate, parse_share

Named = Annotated[str, typer.Argument(metavar="ID", help="A replay, as bus replays lists it.")]
Follow = Annotated[
    bool, typer.Option("--follow", help="Show how far it is until it ends; Ctrl-C ends only the showing.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Also what would arrive out of order.")]


def _rate(text: str) -> float:
    return _quantity(parse_rate, text)


def _share(text: str) -> float:
    return _quantity(parse_share, text)


def _quantity(parse: Any, text: str) -> float:
    try:
        return float(parse(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Rate = Annotated[
    float | None, typer.Option(parser=_rate, metavar="50/s", help="So many at the most.", show_default=False)
]
Share = Annotated[
    float | None,
    typer.Option(parser=_share, metavar="20%", help="Pause at this share of failures (20%).", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, picking(replay))
    add(app, picking(resend))
    group = typer.Typer(help="Replays: all there are, and how they go on.")
    group.callback(invoke_without_command=True)(guarded(listed))
    add(group, shown, "show")
    for command in (pause, resume, stop):
        add(group, command)
    app.add_typer(group, name="replays")


def replay(
    which: dict[str, Any],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be replayed.")] = False,
    delivered: Annotated[bool, typer.Option("--delivered", help="What was delivered: the partner lost it.")] = False,
    rate: Rate = None,
    canary: Annotated[int, typer.Option(min=0, metavar="N", help="The first N; the others if these arrive.")] = 0,
    ask: Annotated[bool, typer.Option("--ask", help="And only when you say so: bus replays resume.")] = False,
    ramp: Annotated[bool, typer.Option("--ramp", help="Slowly at first, then twice as fast every 10 s.")] = False,
    stop_at: Share = None,
    yes: Yes = False,
    follow: Follow = False,
    reason: Reason = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Try dead copies again: the same copy, its next attempt. A few go at once; many are a plan that the bus carries out.

    Examples:  bus replay --endpoint so-y-te --class auth --dry-run
               bus replay --endpoint so-y-te --class auth --canary 10 --rate 50/s --reason "new key" --follow
               bus replay 01kbz6y3v5d8w3k0q2m4n6p8r2
    """
    share = {} if stop_at is None else {"stop_at": stop_at}
    terms = {"rate": rate, "canary": canary, "ask": ask, "ramp": ramp, "delivered": delivered, **share}
    _send("replay", which, home, as_json=as_json, follow=follow, dry_run=dry_run, yes=yes, reason=reason, **terms)


def resend(
    which: dict[str, Any], yes: Yes = False, reason: Reason = "", home: Home = None, as_json: Json = False
) -> None:
    """Send again what is settled, with the same ids and bytes, so that the partner can tell.

    Example:  bus resend 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "they lost it"
    """
    _send("resend", which, home, as_json=as_json, follow=False, yes=yes, reason=reason)


def listed(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """The newest replays, and how far each is.

    Examples:  bus replays   ·   bus replays show ID --follow   ·   bus replays pause ID --reason "they move"
    """
    if context.invoked_subcommand:
        return
    with opened(settings(home)) as line:
        told = line.call("replays")
    if as_json:
        show.as_json(told)
    else:
        replaying.table(told["replays"])


def shown(
    replay: Named,
    csv: Annotated[bool, typer.Option("--csv", help="What became of each copy, as CSV.")] = False,
    follow: Follow = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """One replay: how far it is, and when it will be through. With --csv every copy of it.

    Example:  bus replays show 01kbz6y3v5d8w3k0q2m4n6p8r2 --csv > replayed.csv
    """
    with opened(settings(home)) as line:
        told = line.call("replay_show", id=replay)
        if csv:
            replaying.as_csv(line, replay)
        elif follow and not as_json:
            replaying.follow(line, replay)
        else:
            _tell(told, as_json)


def pause(replay: Named, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Let nothing more go for now; what has gone goes on.

    Example:  bus replays pause 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "they move"
    """
    _word("replay_pause", replay, reason, home, as_json)


def resume(replay: Named, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Go on, also after a canary that asks; slowly again where it began so.

    Example:  bus replays resume 01kbz6y3v5d8w3k0q2m4n6p8r2
    """
    _word("replay_resume", replay, reason, home, as_json)


def stop(replay: Named, reason: Reason = "", home: Home = None, as_json: Json = False) -> None:
    """Let nothing more go, ever. What has not gone stays as it is, free for other replays.

    Example:  bus replays stop 01kbz6y3v5d8w3k0q2m4n6p8r2 --reason "wrong endpoint"
    """
    _word("replay_stop", replay, reason, home, as_json)


def _send(name: str, which: dict[str, Any], home: Any, *, as_json: bool, follow: bool, **given: Any) -> None:
    if not which:
        raise typer.BadParameter("name copies by id, or by a filter such as --endpoint or --class")
    with opened(settings(home)) as line:
        asked = {"which": which, **given}
        told = line.call(name, **asked) if given.get("dry_run") else freezing.begun(line, name, asked)
        if as_json:
            show.as_json(told)
        elif given.get("dry_run"):
            replaying.preview(told)
        else:
            replaying.begun(told)
        if follow and told.get("replay") and not as_json:
            replaying.follow(line, told["replay"]["replay"])
    if not given.get("dry_run") and told["refused"]:
        raise failed()


def _word(name: str, replay: str, reason: str, home: Any, as_json: bool) -> None:
    with opened(settings(home)) as line:
        _tell(line.call(name, id=replay, reason=reason), as_json)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show.as_json(told)
    else:
        replaying.page(told)
