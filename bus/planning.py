"""The plan in force, and how a changed ``routes.yaml`` becomes it: whole, or not at all.

Everything that can fail is done before what runs is touched: parse, check, build the directory, the router
and every sink. Then one assignment puts all of it in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bus.clock import micros
from bus.config import RoutesFile, parse
from bus.config.models import MAILBOX
from bus.directory import Directory
from bus.endpoint import Adapter, EndpointSettings, Sink, Source, SourceSettings, Tools
from bus.errors import BusError
from bus.ingress import Plan
from bus.outlet import Outlet
from bus.poller import Inlet
from bus.router import Router


@dataclass(frozen=True, slots=True)
class Force:
    """A plan with its outlets: what the parts of the daemon work by."""

    plan: Plan
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    inlets: Mapping[str, Inlet] = field(default_factory=dict)


class Planner:
    """Makes plans of texts with the adapters there are."""

    def __init__(self, adapters: Sequence[Adapter], ask_after: timedelta) -> None:
        self._adapters = {adapter.kind: adapter for adapter in adapters}
        self._ask_after = ask_after
        self._endpoint_models = {adapter.kind: adapter.settings for adapter in adapters if adapter.settings}
        self._door_models = {adapter.kind: adapter.door for adapter in adapters if adapter.door}
        self._one_call = frozenset(adapter.kind for adapter in adapters if adapter.fan_out == "one_call")

    def read(self, path: Path) -> RoutesFile:
        """The routes of a file. Raises RoutesInvalid with every problem, OSError where it cannot be read."""
        return self.parse(path.read_text(encoding="utf-8"), path.name)

    def parse(self, text: str, name: str) -> RoutesFile:
        """The routes of a text. Raises RoutesInvalid with every problem."""
        return parse(text, name, self._endpoint_models, self._door_models)

    def plan(self, routes: RoutesFile) -> Plan:
        """What routing needs."""
        directory = Directory.build(routes)
        return Plan(routes, directory, Router(routes, directory), self._one_call)

    def force(self, routes: RoutesFile, tools: Tools, running: Force | None = None) -> Force:
        """A plan with its sinks. A sink whose endpoint did not change is kept, with its connections."""
        outlets = {
            name: self._outlet(name, settings, routes, tools, running)
            for name, settings in routes.endpoints.items()
            if settings.kind != MAILBOX
        }
        return Force(self.plan(routes), outlets, dict(self._inlets(routes, tools, running)))

    def _inlets(self, routes: RoutesFile, tools: Tools, running: Force | None) -> Iterator[tuple[str, Inlet]]:
        """The endpoints that are polled; one that did not change is kept."""
        for name, settings in routes.endpoints.items():
            make = self._adapters[settings.kind].source if settings.kind != MAILBOX else None
            if make and isinstance(settings, SourceSettings):
                before = running.inlets.get(name) if running else None
                kept = before and running and running.plan.routes.endpoints.get(name) == settings
                yield name, before if before and kept else _inlet(name, settings, make(name, settings, tools))

    def _outlet(
        self, name: str, settings: EndpointSettings, routes: RoutesFile, tools: Tools, running: Force | None
    ) -> Outlet:
        return Outlet(
            name=name,
            sink=self._sink(name, settings, tools, running),
            settings=settings,
            policy=routes.retry[settings.retry],
            may_repeat=frozenset(rule.name for rule in routes.routes if rule.duplicates == "allowed"),
            ask_after=self._ask_after,
        )

    def _sink(self, name: str, settings: EndpointSettings, tools: Tools, running: Force | None) -> Sink:
        before = running.outlets.get(name) if running else None
        if before and before.settings == settings:
            return before.sink
        make = self._adapters[settings.kind].sink
        if make is None:
            raise BusError(f"endpoint {name}: nothing can be sent to a {settings.kind}")
        return make(name, settings, tools)


def _inlet(name: str, settings: SourceSettings, source: Source) -> Inlet:
    observe = settings.mode == "observe"
    return Inlet(name, source, micros(settings.poll), micros(settings.fail_after), observe=observe)


def closed_by(before: Force, after: Force) -> list[Sink]:
    """Sinks of a plan that the next one does not use."""
    kept = {id(outlet.sink) for outlet in after.outlets.values()}
    return [outlet.sink for outlet in before.outlets.values() if id(outlet.sink) not in kept]
