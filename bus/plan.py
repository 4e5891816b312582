"""The plan in force: one version of the routes with what was made of it. Who holds it swaps it whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bus.config import RoutesFile
from bus.directory import Directory
from bus.router import Router


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of the routes with what was made of it; swapped whole when the file changes."""

    routes: RoutesFile
    directory: Directory
    router: Router
    #: Kinds of endpoint whose sink carries all recipients of a message in one call.
    one_call: frozenset[str]


class PlanHolder(Protocol):
    """Who knows the plan in force."""

    @property
    def plan(self) -> Plan: ...
