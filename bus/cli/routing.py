"""``check``, ``route`` and ``reload``: the routes file, and that of the regimes, before and when they count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import adapters
from bus.cli import beside_regimes, connecting, show
from bus.cli.guard import add, failed
from bus.cli.line import opened
from bus.cli.options import Home, Json, Routes, settings
from bus.clock import SystemClock
from bus.config import RoutesFile, RoutesInvalid, Settings
from bus.control import routing
from bus.control.answers.routes import Explained
from bus.journal.store import sqlite_warnings
from bus.planning import Planner


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (check, route, reload):
        add(app, command)


def check(
    routes: Routes = None,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also look at each endpoint; changes nothing there.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Every problem of the routes file and, where there is one, of regimes.yaml, with its place and what to write instead.

    Examples:  bus check   ·   bus check --routes new.yaml --connect
    """
    chosen = settings(home, routes)
    planner = _planner(chosen)
    found: RoutesFile | None = None
    try:
        found = routing.read_routes(planner, chosen.routes)
    except RoutesInvalid as invalid:
        told: dict[str, Any] = {
            "ok": False, "routes_version": None, "problems": routing.problems(invalid.problems), "endpoints": []
        }  # fmt: skip
    else:
        reached = list(connecting.looked_at(found, chosen)) if connect else []
        told = {
            "ok": not any(one["error"] for one in reached),
            "routes_version": found.version,
            "problems": routing.problems(found.warnings),
            "endpoints": reached,
        }
    library = beside_regimes.told_of(chosen.regimes, told)
    told["warnings"] = [
        *(sqlite_warnings() if chosen.database_url.startswith("sqlite") else []),
        *(_shut_out(found, chosen) if found else []),
        *(beside_regimes.odd(found, library, chosen.regimes) if found else []),
    ]
    _told(told, chosen.routes, chosen.regimes, as_json)


def route(
    file: Annotated[
        Path, typer.Argument(help="An edXML document or status, or a packet of a report.", exists=True, dir_okay=False)
    ],
    to: Annotated[
        list[str] | None, typer.Option(help="To this agency, and not to whom it names. May be repeated.")
    ] = None,
    expect: Annotated[str, typer.Option(help="Exit 1 if any recipient would go to another rule or endpoint.")] = "",
    routes: Routes = None,
    as_json: Json = False,
) -> None:
    """Where a document or a report would go, per recipient, and why the other rules did not take it. Nothing is sent.

    By the routes file; where BUS_URL is set and no --routes given, by the routes in force there.

    Examples:  bus route cong-van.edxml --expect so-y-te   ·   bus route tra-lai.json --to 000.00.07.H62
    """
    chosen = settings(routes=routes)
    named = tuple(to or ())
    told = _led(chosen, file, named) if routes or not chosen.url else _led_afar(chosen, file, named)
    if as_json:
        show.as_json(told)
    else:
        for text in _explanation(told):
            show.say(text)
    if expect and any(expect not in (one["rule"], one["endpoint"]) for one in told["recipients"]):
        raise failed()


def reload(home: Home = None, as_json: Json = False) -> None:
    """Have the running bus take its routes file now. A file with errors changes nothing."""
    with opened(settings(home)) as line:
        told = line.call("reload")
    if as_json:
        show.as_json(told)
    else:
        show.say(
            f"routes {told['routes_version']} {'are in force now' if told['changed'] else 'were in force already'}"
        )


def problem_line(one: dict[str, Any]) -> str:
    """One problem as compilers write them."""
    place = f"{one['file']}:{one['line']}:{one['column']}"
    return f"{place}: {one['severity']} {one['code']}: {one['what']}; write {one['write']}"


def _led(chosen: Settings, file: Path, to: tuple[str, ...]) -> Explained:
    planner = _planner(chosen)
    plan = planner.plan(routing.read_routes(planner, chosen.routes))
    return routing.explain(plan, routing.read(file), SystemClock().now(), to)


def _led_afar(chosen: Settings, file: Path, to: tuple[str, ...]) -> Explained:
    with opened(chosen) as line:
        told: Explained = line.carry("route", file, to=to)
    return told


def _planner(chosen: Settings) -> Planner:
    return Planner(adapters.all_adapters(), chosen.ask_after, chosen.agency_code)


def _shut_out(routes: RoutesFile, chosen: Settings) -> Iterator[str]:
    """Entries that nobody can come in by."""
    for name, partner in routes.partners.items():
        for door, entry in partner.doors.items():
            if entry.certificate and not chosen.tls_client_ca:
                yield f"partner {name} must show a certificate at {door}, and without BUS_TLS_CLIENT_CA nobody is asked for one"


def _told(told: dict[str, Any], path: Path, regimes: Path, as_json: bool) -> None:
    if as_json:
        show.as_json(told)
    else:
        for one in told["problems"]:
            show.say(problem_line(one))
        for one in told["endpoints"]:
            for text in connecting.page(one):
                show.say(text)
        for one in told["warnings"]:
            show.say(f"warning: {one}")
        if told["ok"]:
            show.say(f"{path}: correct, version {told['routes_version']}")
        if told["regimes_version"]:
            show.say(f"{regimes}: correct, version {told['regimes_version']}")
    if not told["ok"]:
        raise failed()


def _explanation(told: Explained) -> Iterator[str]:
    yield f"{told['type']} {told['kind']} of {told['sender']}, {told['document_id']}; routes {told['routes_version']}"
    for one in told["recipients"]:
        where = f"to {one['endpoint']} by rule {one['rule']}" if one["rule"] else f"REFUSED {one['refused']}"
        follower = f", send to {one['successor']}" if one["successor"] else ""
        yield f"{one['written']}: {where}{follower}"
        for tried in one["tried"]:
            yield f"  {'yes' if tried['matched'] else 'no '} {tried['rule']}: {tried['reason']}"
    if told["taps"]:
        yield f"taps: {', '.join(told['taps'])}"
