"""``bus check --connect``: what endpoints say when they are looked at. Nothing is sent to them or taken from them."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from adapters import load
from bus.clock import SystemClock
from bus.config import RoutesFile, Settings
from bus.endpoint import Finding, Means
from bus.endpoint_settings import Address, EndpointSettings, address_of
from bus.secret import Secrets
from bus.transport.fast import FastTransport
from bus.transport.plain import PlainTransport

_SECONDS = 5.0


def looked_at(routes: RoutesFile, settings: Settings, names: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """Each endpoint, or of these, that has an address, with what was found there; ``error`` is the first thing that is wrong."""
    with closing(FastTransport()) as fast, closing(PlainTransport()) as plain:
        means = Means(SystemClock(), Secrets(settings.home), fast, plain, folder=settings.home)
        for name, endpoint in routes.endpoints.items():
            if (names is None or name in names) and (address := _address(endpoint)):
                findings = list(_findings(name, endpoint, means, address))
                yield {
                    "endpoint": name,
                    "address": f"{address[0]}:{address[1]}",
                    "error": next((one.words for one in findings if one.error), ""),
                    "findings": [asdict(one) for one in findings],
                }


def page(told: dict[str, Any]) -> Iterator[str]:
    """One endpoint for people."""
    yield f"{told['endpoint']}: {told['address']}"
    for one in told["findings"]:
        advice = f"; write {one['write']}" if one["write"] else ""
        yield f"  {'error' if one['error'] else 'ok   '} {one['code']}: {one['words']}{advice}"


def _findings(name: str, endpoint: EndpointSettings, means: Means, address: Address) -> Iterator[Finding]:
    """What the adapter's own probe says; of one that has none, whether somebody listens."""
    probe = load(endpoint.kind).probe
    if probe:
        yield from probe(name, endpoint, means)
    else:
        yield _knock(address)


def _address(endpoint: EndpointSettings) -> Address | None:
    return address_of(endpoint.server) if endpoint.server else None


def _knock(address: Address) -> Finding:
    try:
        socket.create_connection(address, timeout=_SECONDS).close()
    except OSError as error:
        return Finding("unreachable", f"cannot be reached: {error.strerror or error}", error=True)
    return Finding("reached", "can be reached")
