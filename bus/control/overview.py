"""How the bus is: its endpoints, what waits at each, and how many copies are in each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bus.clock import MICROS, iso
from bus.control import holds, recovery, shown
from bus.control.answers.bus import CertificateTold, Credential, Endpoints, EndpointTold, Status
from bus.control.parts import Parts
from bus.validity import Held


def status(parts: Parts) -> Status:
    """Everything at a glance."""
    counts, plan = parts.browse.counts(), parts.plan
    states = Counter[str]()
    for (_, state), number in counts.items():
        states[state] += number
    return {
        "ready": not parts.problems(),
        "problems": list(parts.problems()),
        "routes_version": plan.routes.version if plan else None,
        "recovery": recovery.standing(parts),
        "states": dict(states),
        "accepted": states.total(),
        "holds": [holds.shown(one) for one in parts.journal.holds.standing()],
        "credentials": list(map(_credential, parts.browse.credentials())),
        "certificates": certificates(parts).get("", []),
        "endpoints": _endpoints(parts, counts),
    }


def endpoints(parts: Parts) -> Endpoints:
    """Every endpoint: whether it is called and why not, when next, and what waits."""
    return {"endpoints": _endpoints(parts, parts.browse.counts())}


def _endpoints(parts: Parts, counts: Mapping[tuple[str, str], int]) -> list[EndpointTold]:
    plan = parts.plan
    waiting = {name: (number, oldest) for name, number, oldest in parts.browse.waiting()}
    kinds = {name: settings.kind for name, settings in plan.routes.endpoints.items()} if plan else {}
    told = certificates(parts)
    names = sorted(kinds.keys() | {endpoint for endpoint, _ in counts if endpoint})
    return [
        _endpoint(parts, name, kinds.get(name, ""), counts, waiting.get(name), told.get(name, [])) for name in names
    ]


def certificates(parts: Parts) -> dict[str, list[CertificateTold]]:
    """The certificates in use by endpoint; at '' those that are of none."""
    told: dict[str, list[CertificateTold]] = {}
    for held in parts.validity.everything(parts.plan.routes) if parts.plan else ():
        told.setdefault(held.endpoint, []).append(_certificate(held, parts.clock.now()))
    return told


def _certificate(one: Held, now: int) -> CertificateTold:
    return {
        "certificate": one.thing,
        "ends_at": iso(one.ends),
        "days_left": None if one.ends is None else (one.ends - now) // (86_400 * MICROS),
    }


def _credential(one: dict[str, Any]) -> Credential:
    return {
        "partner": one["partner"],
        "door": one["door"],
        "secret": one["secret"],
        "used_at": iso(one["used_at"]),
    }


def _endpoint(
    parts: Parts,
    name: str,
    kind: str,
    counts: Mapping[tuple[str, str], int],
    waiting: tuple[int, int] | None,
    held: list[CertificateTold],
) -> EndpointTold:
    number, oldest = waiting or (0, None)
    return {
        "endpoint": name,
        "kind": kind,
        "in_routes": bool(kind),
        **shown.condition(parts.gates.condition(name)),
        "waiting": number,
        "oldest_at": iso(oldest),
        "states": {state: count for (endpoint, state), count in sorted(counts.items()) if endpoint == name},
        "certificates": held,
    }
