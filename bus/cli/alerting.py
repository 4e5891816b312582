"""``alerts``: what people are told of, quiet for a while, and a letter to try."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add, failed, guarded
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings
from bus.quantity import parse_duration


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="What people are told of by rule (alerts: in routes.yaml).", invoke_without_command=True)
    group.callback()(guarded(alerts))
    add(group, snooze)
    add(group, probe, "test")
    app.add_typer(group, name="alerts")


def alerts(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """Alerts by rule: what goes on, since when, whether it was told, and the letters that wait.

    Examples:  bus alerts   ·   bus alerts snooze het-dia 2h   ·   bus alerts test truc-ban
    """
    if context.invoked_subcommand is not None:
        return
    with opened(settings(home)) as line:
        told = line.call("alerts")
    if as_json:
        show.as_json(told)
    else:
        _page(told)


def snooze(
    rule: Annotated[str, typer.Argument(help="Its name in routes.yaml.")],
    long: Annotated[str, typer.Argument(help="For how long: 30m, 2h, 3d; 0s ends it.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Tell nothing of a rule for a while. What goes on is kept, and told after it if it goes on still.

    Examples:  bus alerts snooze het-dia 2h   ·   bus alerts snooze het-dia 0s
    """
    seconds = _duration(long).total_seconds()
    with opened(settings(home)) as line:
        told = line.call("snooze_alert", rule=rule, seconds=seconds)
    if as_json:
        show.as_json(told)
    else:
        show.say(f"{told['rule']}: tạm không báo đến · nothing is told until {words.when(told['snoozed_until'])}")


def probe(
    channel: Annotated[str, typer.Argument(help="Its name under channels: in routes.yaml.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Send a letter to a channel now and say whether it was taken. Exit 1 where it was not.

    Example:  bus alerts test truc-ban
    """
    with opened(settings(home)) as line:
        told = line.call("try_channel", channel=channel)
    if as_json:
        show.as_json(told)
    else:
        show.say(f"{told['channel']} ({told['kind']}): {told['error'] or 'đã gửi · taken'}")
    if not told["taken"]:
        raise failed()


def _duration(text: str) -> timedelta:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    assert isinstance(duration, timedelta)
    return duration


def _page(told: dict[str, Any]) -> None:
    for rule in told["rules"]:
        quiet = (
            f"  (tạm không báo đến · quiet until {words.when(rule['snoozed_until'])})" if rule["snoozed_until"] else ""
        )
        show.say(f"{rule['rule']} ({rule['on']}) -> {', '.join(rule['to'])}{quiet}")
        for one in rule["things"]:
            ended = f"  gone {words.when(one['gone_at'])}" if one["gone_at"] else ""
            show.say(f"  {one['thing']}  since {words.when(one['since'])}  told {words.when(one['told_at'])}{ended}")
    if not told["rules"]:
        show.say("no rule under alerts: in routes.yaml")
    for one in told["waiting"]:
        show.say(f"{one['channel']}: {one['letters']} letters wait, the oldest since {words.when(one['oldest_at'])}")
    show.table(
        ("written", "channel", "rule", "letter", "tries", "outcome", "words"),
        [
            (
                words.when(one["made_at"]),
                one["channel"],
                one["rule"],
                one["kind"],
                one["attempts"],
                one["outcome"] or "waits",
                one["words"],
            )
            for one in told["letters"]
        ],
    )
