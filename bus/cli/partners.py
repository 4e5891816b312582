"""``bus partner``: who may call, whether their secrets can be read, and new secrets."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import adapters
from bus.cli import show
from bus.cli.guard import add, failed
from bus.cli.options import Home, Json, Routes, settings
from bus.config import RoutesFile, Settings
from bus.config.models import Partner
from bus.control.routing import read_routes
from bus.errors import BusError, NotFound, SecretMissing
from bus.planning import Planner
from bus.secret import Secrets

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")

Name = Annotated[str, typer.Argument(help="Its name in routes.yaml.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Partners: who may call the bus.", no_args_is_help=True)
    add(group, list_, "list")
    add(group, probe, "test")
    add(group, secret)
    app.add_typer(group, name="partner")


def list_(routes: Routes = None, home: Home = None, as_json: Json = False) -> None:
    """Partners, their agencies and doors, and which of their secrets cannot be read."""
    chosen = settings(home, routes)
    told = [_told(chosen, name, partner) for name, partner in _routes(chosen).partners.items()]
    if as_json:
        show.as_json({"partners": told})
        return
    show.table(
        ("partner", "name", "agencies", "doors", "missing secrets"),
        [
            (one["partner"], one["name"], ", ".join(one["agencies"]), ", ".join(_names(one)), ", ".join(_missing(one)))
            for one in told
        ],
    )


def probe(name: Name, routes: Routes = None, home: Home = None, as_json: Json = False) -> None:
    """Whether a partner can sign in: at least one secret of each of its doors can be read.

    Example:  bus partner test so-noi-vu
    """
    chosen = settings(home, routes)
    partners = _routes(chosen).partners
    if name not in partners:
        raise NotFound(f"there is no partner {name}; there are {', '.join(sorted(partners))}")
    told = _told(chosen, name, partners[name])
    if as_json:
        show.as_json(told)
    else:
        for text in _page(told):
            show.say(text)
    if not told["ok"]:
        raise failed()


def secret(
    name: Annotated[str, typer.Argument(help="NAME of file:NAME in routes.yaml.")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the one there is; it stops working.")] = False,
    show_it: Annotated[bool, typer.Option("--show", help="Print it, to hand to the partner.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a secret: a file only you can read below BUS_HOME/secrets. It is printed only with --show.

    To change one without a gap: list both names in routes.yaml (new, old), make the new one, hand it over, drop the old.
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


def make_secret(path: Path, *, replace: bool = False) -> str:
    """A fresh secret in a file that only its owner can read. Raises BusError where there is one already."""
    value = secrets.token_urlsafe(32)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
    try:
        _put(fresh, path, replace=replace)
    finally:
        fresh.unlink(missing_ok=True)
    return value


def _put(fresh: Path, path: Path, *, replace: bool) -> None:
    if replace:
        fresh.replace(path)
        return
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise BusError(f"{path} exists already; --replace overwrites it") from None


def _routes(chosen: Settings) -> RoutesFile:
    planner = Planner(adapters.all_adapters(), chosen.ask_after, chosen.agency_code)
    return read_routes(planner, chosen.routes)


def _told(chosen: Settings, name: str, partner: Partner) -> dict[str, Any]:
    doors = [_door(chosen, door, entry) for door, entry in partner.doors.items()]
    return {
        "partner": name,
        "name": partner.name,
        "agencies": list(partner.agencies),
        "doors": doors,
        "ok": bool(doors) and all(any(one["readable"] for one in door["secrets"]) for door in doors),
    }


def _door(chosen: Settings, door: str, entry: Any) -> dict[str, Any]:
    names = getattr(entry, "secret", None) or getattr(entry, "key", None) or []
    return {
        "door": door,
        "system_id": getattr(entry, "system_id", ""),
        "secrets": [{"name": name, **_readable(chosen, name)} for name in names],
    }


def _readable(chosen: Settings, name: str) -> dict[str, Any]:
    try:
        Secrets(chosen.home).value(name)
    except SecretMissing as error:
        return {"readable": False, "why": str(error)}
    return {"readable": True, "why": ""}


def _names(one: dict[str, Any]) -> Iterator[str]:
    return (door["door"] for door in one["doors"])


def _missing(one: dict[str, Any]) -> Iterator[str]:
    return (secret["name"] for door in one["doors"] for secret in door["secrets"] if not secret["readable"])


def _page(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['partner']}  {told['name']}  {', '.join(told['agencies'])}"
    for door in told["doors"]:
        for one in door["secrets"]:
            yield f"  {door['door']} {door['system_id']} {one['name']}: {'readable' if one['readable'] else one['why']}"
    if not told["ok"]:
        yield "cannot sign in: make the missing secret with `bus partner secret NAME`, or give it a door"
