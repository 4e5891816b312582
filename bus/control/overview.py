"""How the bus is: its endpoints, what waits at each, and how many copies are in each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from bus.clock import iso
from bus.control import holds, shown
from bus.control.parts import Parts


def status(parts: Parts) -> dict[str, Any]:
    """Everything at a glance."""
    counts, plan = parts.browse.counts(), parts.plan
    waiting = {name: (number, oldest) for name, number, oldest in parts.browse.waiting()}
    kinds = {name: settings.kind for name, settings in plan.routes.endpoints.items()} if plan else {}
    names = sorted(kinds.keys() | {endpoint for endpoint, _ in counts if endpoint})
    states = Counter[str]()
    for (_, state), number in counts.items():
        states[state] += number
    return {
        "ready": not parts.problems(),
        "problems": list(parts.problems()),
        "routes_version": plan.routes.version if plan else None,
        "states": dict(states),
        "accepted": states.total(),
        "holds": [holds.shown(one) for one in parts.journal.holds.standing()],
        "credentials": [{**one, "used_at": iso(one["used_at"])} for one in parts.browse.credentials()],
        "endpoints": [_endpoint(parts, name, kinds.get(name, ""), counts, waiting.get(name)) for name in names],
    }


def _endpoint(
    parts: Parts, name: str, kind: str, counts: Mapping[tuple[str, str], int], waiting: tuple[int, int] | None
) -> dict[str, Any]:
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
