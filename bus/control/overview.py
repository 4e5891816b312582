"""How the bus is: its endpoints, what waits at each, and how many copies are in each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bus.clock import iso
from bus.control import holds, recovery, shown
from bus.control.answers.bus import Credential, Endpoints, EndpointTold, Status
from bus.control.parts import Parts


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
        "endpoints": _endpoints(parts, counts),
    }


def endpoints(parts: Parts) -> Endpoints:
    """Every endpoint: whether it is called and why not, when next, and what waits."""
    return {"endpoints": _endpoints(parts, parts.browse.counts())}


def _endpoints(parts: Parts, counts: Mapping[tuple[str, str], int]) -> list[EndpointTold]:
    plan = parts.plan
    waiting = {name: (number, oldest) for name, number, oldest in parts.browse.waiting()}
    kinds = {name: settings.kind for name, settings in plan.routes.endpoints.items()} if plan else {}
    names = sorted(kinds.keys() | {endpoint for endpoint, _ in counts if endpoint})
    return [_endpoint(parts, name, kinds.get(name, ""), counts, waiting.get(name)) for name in names]


def _credential(one: dict[str, Any]) -> Credential:
    return {
        "partner": one["partner"],
        "door": one["door"],
        "secret": one["secret"],
        "used_at": iso(one["used_at"]),
    }


def _endpoint(
    parts: Parts, name: str, kind: str, counts: Mapping[tuple[str, str], int], waiting: tuple[int, int] | None
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
    }
