"""``bus partner``: who may call, and whether they can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

import adapters
from bus.cli import connecting, secrets, show, words
from bus.cli.guard import add, failed
from bus.cli.importing import import_
from bus.cli.line import opened, running
from bus.cli.options import Home, Json, Routes, settings
from bus.clock import SystemClock
from bus.config import RoutesFile, Settings
from bus.config.models import Partner
from bus.control.partners import endpoints_of
from bus.control.routing import read_routes
from bus.errors import NotFound, SecretMissing
from bus.planning import Planner
from bus.secret import Secrets

Name = Annotated[str, typer.Argument(help="Its name in routes.yaml.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(help="Partners: who may call the bus.", no_args_is_help=True)
    add(group, list_, "list")
    add(group, shown, "show")
    add(group, probe, "test")
    add(group, import_, "import")
    secrets.register(group)
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
    """Whether a partner can sign in: its secrets can be read, and the doors of the running bus let it in with them. Also looks
    at the endpoints by which it gets documents, as `bus check --connect` does. Changes nothing.

    Example:  bus partner test so-noi-vu
    """
    chosen = settings(home, routes)
    found = _routes(chosen)
    if name not in found.partners:
        raise NotFound(f"there is no partner {name}; there are {', '.join(sorted(found.partners))}")
    line = running(chosen)
    tried = line.call("try_partner", partner=name)["doors"] if line else []
    reached = list(connecting.looked_at(found, chosen, _endpoints(chosen, found, name)))
    told = {**_told(chosen, name, found.partners[name]), "tried": tried, "endpoints": reached}
    told["ok"] = (
        told["ok"] and all(one["ok"] is not False for one in tried) and not any(one["error"] for one in reached)
    )
    if as_json:
        show.as_json(told)
    else:
        for text in _page(told):
            show.say(text)
    if not told["ok"]:
        raise failed()


def shown(name: Name, home: Home = None, as_json: Json = False) -> None:
    """All that is known of a partner: agencies, endpoints, doors, and when each of its secrets was last used.

    Example:  bus partner show so-noi-vu
    """
    with opened(settings(home)) as line:
        told = line.call("partner", partner=name)
    if as_json:
        show.as_json(told)
        return
    show.say(f"{told['partner']}  {told['name']}  {', '.join(told['agencies'])}")
    show.say(f"documents for it go to: {', '.join(told['endpoints']) or 'its mailbox'}")
    show.table(
        ("door", "id", "certificate", "secret", "last used"),
        [
            (door["door"], door["id"], ", ".join(door["certificate"]), one["name"], _used(one))
            for door in told["doors"]
            for one in door["secrets"]
        ],
    )
    for one in told["certificates"]:
        show.say(f"its certificate at {one['certificate']}: {_ends(one)}")


def _used(one: dict[str, Any]) -> str:
    if not one["readable"]:
        return str(one["why"])
    return words.when(one["used_at"]) if one["used_at"] else "never"


def _ends(one: dict[str, Any]) -> str:
    return f"ends {words.when(one['ends_at'])}" if one["ends_at"] else "not seen yet"


def _planner(chosen: Settings) -> Planner:
    return Planner(adapters.all_adapters(), chosen.ask_after, chosen.agency_code)


def _routes(chosen: Settings) -> RoutesFile:
    return read_routes(_planner(chosen), chosen.routes)


def _endpoints(chosen: Settings, routes: RoutesFile, name: str) -> list[str]:
    return endpoints_of(_planner(chosen).plan(routes), routes.partners[name], SystemClock().now())


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
    for tried in told["tried"]:
        yield f"  {tried['door']} {tried['words']}"
    for reached in told["endpoints"]:
        yield from connecting.page(reached)
    if not all(any(one["readable"] for one in door["secrets"]) for door in told["doors"]) or not told["doors"]:
        yield "cannot sign in: make the missing secret with `bus partner secret make NAME`, or give it a door"
