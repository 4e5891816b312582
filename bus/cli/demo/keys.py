"""A secret for every name the routes speak of, where there is none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bus.config import RoutesFile, Settings
from bus.secret import make_secret

_FILE = "file:"


def make_missing(settings: Settings, routes: RoutesFile) -> None:
    """Make the files of all ``file:NAME`` of endpoints and doors."""
    for name in sorted(set(_named(routes))):
        path = settings.secrets / name
        if not path.exists():
            make_secret(path)


def _named(routes: RoutesFile) -> Iterator[str]:
    for endpoint in routes.endpoints.values():
        yield from _files(endpoint.model_dump())
    for partner in routes.partners.values():
        for door in partner.doors.values():
            yield from _files(door.model_dump())


def _files(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_FILE):
        yield value.removeprefix(_FILE)
    elif isinstance(value, dict):
        for below in value.values():
            yield from _files(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _files(below)
