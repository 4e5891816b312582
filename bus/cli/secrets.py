"""``bus partner secret``: new secrets, and a partner's own changed without a gap."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bus.cli import show
from bus.cli.guard import add
from bus.cli.importing import Address, Out
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings
from bus.secret import make_secret

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")

Partner = Annotated[str, typer.Argument(help="Its name in routes.yaml.")]
Door = Annotated[str, typer.Option(help="At this door only.", show_default=False)]


class _Makes(TyperGroup):
    """``secret NAME`` is ``secret make NAME``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        begins = args and not (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, ["make", *args] if begins else args)


def register(group: typer.Typer) -> None:
    """Add the commands of this file."""
    below = typer.Typer(
        help="Secrets: make one, or change a partner's without a gap.", no_args_is_help=True, cls=_Makes
    )
    add(below, make)
    add(below, rotate)
    add(below, retire)
    group.add_typer(below, name="secret")


def make(
    name: Annotated[str, typer.Argument(help="NAME of file:NAME in routes.yaml.")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the one there is; it stops working.")] = False,
    show_it: Annotated[bool, typer.Option("--show", help="Print it, to hand to the partner.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a secret: a file only you can read below BUS_HOME/secrets. It is printed only with --show.

    To change a partner's without a gap: bus partner secret rotate.
    """
    if not _NAME.fullmatch(name):
        raise typer.BadParameter("letters, digits, '.', '_' and '-' only", param_hint="NAME")
    path = settings(home).secrets / name
    value = make_secret(path, replace=replace)
    told = {"name": f"file:{name}", "path": str(path), **({"secret": value} if show_it else {})}
    if as_json:
        show.as_json(told)
    else:
        show.say(value if show_it else f"{path} made; in routes.yaml it is file:{name}")


def rotate(
    partner: Partner, door: Door = "", out: Out = None, address: Address = "", home: Home = None, as_json: Json = False
) -> None:
    """A new secret for a partner beside the one it has: both open the door until the old one is retired.

    Example:  bus partner secret rotate so-noi-vu --door api
    """
    folder = str(out.absolute()) if out else ""
    with opened(settings(home)) as line:
        told = line.call("rotate_secret", partner=partner, door=door, out=folder, address=address)
    if as_json:
        show.as_json(told)
        return
    for one in told["rotated"]:
        show.say(f"{one['partner']} {one['door']}: {', '.join(one['secrets'])}; to hand over: {one['sheet']}")
    show.say(f"when it is in use (bus partner show {partner}): bus partner secret retire {partner}")


def retire(
    partner: Partner,
    door: Door = "",
    unused: Annotated[str, typer.Option(help="How long the old one must not have been used.")] = "1d",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Whatever was used when: the old one may have leaked.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take a partner's old secret away, once the new one is used and the old one is not.

    Example:  bus partner secret retire so-noi-vu --unused 12h
    """
    with opened(settings(home)) as line:
        told = line.call("retire_secret", partner=partner, door=door, unused=unused, anyway=anyway)
    if as_json:
        show.as_json(told)
        return
    for one in told["retired"]:
        show.say(f"{one['partner']} {one['door']}: {one['kept']} opens it; {', '.join(one['retired'])} no more")
