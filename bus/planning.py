"""The plan in force, and how a changed ``routes.yaml`` becomes it: whole, or not at all.

Everything that can fail is done before what runs is touched: parse, check, build the directory, the router
and every sink. Then one assignment puts all of it in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bus.clock import micros
from bus.codebook import Codebook
from bus.config import RoutesFile, parse
from bus.config.models import MAILBOX
from bus.directory import Directory
from bus.endpoint import Adapter, Pusher, Sink, Source, Tools
from bus.endpoint_settings import DirectorySettings, EndpointSettings, SourceSettings
from bus.errors import BusError
from bus.outlet import Outlet
from bus.plan import Plan
from bus.poller import Inlet
from bus.refresh import AgencyList
from bus.router import Router


@dataclass(frozen=True, slots=True)
class Force:
    """A plan with its outlets: what the parts of the daemon work by."""

    plan: Plan
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
    inlets: Mapping[str, Inlet] = field(default_factory=dict)
    lists: Mapping[str, AgencyList] = field(default_factory=dict)


#: What is known of the codes in the lists of these endpoints.
Codes = Callable[[Sequence[str]], Codebook]


def _no_lists(_endpoints: Sequence[str]) -> Codebook:
    return Codebook()


class Keeper:
    """Holds what is in force; one assignment puts a new plan in force for everybody."""

    def __init__(self, force: Force) -> None:
        self.force = force

    @property
    def plan(self) -> Plan:
        """What routing goes by now."""
        return self.force.plan


class Planner:
    """Makes plans of texts with the adapters there are, beside what is known of the codes in partners' lists."""

    def __init__(
        self, adapters: Sequence[Adapter], ask_after: timedelta, agency_code: str = "", codes: Codes = _no_lists
    ) -> None:
        self._adapters = {adapter.kind: adapter for adapter in adapters}
        self._ask_after = ask_after
        self._agency_code = agency_code
        self._codes = codes
        self._endpoint_models = {adapter.kind: adapter.settings for adapter in adapters if adapter.settings}
        self._door_models = {adapter.kind: adapter.door for adapter in adapters if adapter.door}
        self._one_call = frozenset(adapter.kind for adapter in adapters if adapter.fan_out == "one_call")

    @property
    def doors(self) -> Mapping[str, Adapter]:
        """The adapters that have a door, by its name."""
        return {kind: self._adapters[kind] for kind in self._door_models}

    def read(self, path: Path) -> RoutesFile:
        """The routes of a file. Raises RoutesInvalid with every problem, OSError where it cannot be read."""
        return self.parse(path.read_text(encoding="utf-8"), path.name)

    def parse(self, text: str, name: str) -> RoutesFile:
        """The routes of a text. Raises RoutesInvalid with every problem."""
        return parse(text, name, self._endpoint_models, self._door_models, self._agency_code)

    def plan(self, routes: RoutesFile) -> Plan:
        """What routing needs."""
        directory = Directory.build(routes, self._codes(sorted(self._listing(routes))))
        return Plan(routes, directory, Router(routes, directory), self._one_call)

    def force(self, routes: RoutesFile, tools: Tools, running: Force | None = None) -> Force:
        """A plan with its sinks. A sink whose endpoint did not change is kept, with its connections."""
        outlets = {
            name: self._outlet(name, settings, routes, tools, running)
            for name, settings in routes.endpoints.items()
            if settings.kind != MAILBOX
        }
        inlets = dict(self._inlets(routes, tools, running))
        return Force(self.plan(routes), outlets, inlets, self.lists(routes, tools, running))

    def lists(self, routes: RoutesFile, tools: Tools, running: Force | None = None) -> dict[str, AgencyList]:
        """The agency lists of endpoints that have one; one whose endpoint did not change is kept."""
        made = {}
        for name, settings in self._listing(routes).items():
            kept = running and running.plan.routes.endpoints.get(name) == settings and running.lists.get(name)
            made[name] = kept or self._list(name, settings, tools)
        return made

    def _listing(self, routes: RoutesFile) -> dict[str, DirectorySettings]:
        return {
            name: settings
            for name, settings in routes.endpoints.items()
            if isinstance(settings, DirectorySettings) and settings.listed
        }

    def _list(self, name: str, settings: DirectorySettings, tools: Tools) -> AgencyList:
        make = self._adapters[settings.kind].directory
        if make is None:
            raise BusError(f"endpoint {name}: a {settings.kind} has no list of agencies")
        every = None if settings.directory == "never" else micros(settings.directory)
        return AgencyList(name, make(name, settings, tools), every)

    def _inlets(self, routes: RoutesFile, tools: Tools, running: Force | None) -> Iterator[tuple[str, Inlet]]:
        """The endpoints that are polled; one that did not change is kept."""
        for name, settings in routes.endpoints.items():
            make = self._adapters[settings.kind].source if settings.kind != MAILBOX else None
            if make and isinstance(settings, SourceSettings) and settings.polled:
                before = running.inlets.get(name) if running else None
                kept = before and running and running.plan.routes.endpoints.get(name) == settings
                yield name, before if before and kept else _inlet(name, settings, make(name, settings, tools))

    def _outlet(
        self, name: str, settings: EndpointSettings, routes: RoutesFile, tools: Tools, running: Force | None
    ) -> Outlet:
        sink = self._sink(name, settings, tools, running)
        return Outlet(
            name=name,
            sink=sink,
            pusher=sink if isinstance(sink, Pusher) else None,
            settings=settings,
            policy=routes.retry[settings.retry],
            may_repeat=frozenset(
                rule.name for rule in routes.routes if rule.duplicates == "allowed" and rule.to == name
            ),
            ask_after=self._ask_after,
            hop=self._agency_code if settings.trace_header == "unsigned" else "",
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
