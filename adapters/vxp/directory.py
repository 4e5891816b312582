"""The axis's agencies: its three lists as one.

Its own table of new and old codes decides which spellings are one agency; no code is taken apart or computed. An agency
is closed where all its units are deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from adapters.vxp.client import AxisClient, NoSuchCall
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.rows import AgencyRow, Listing
from adapters.vxp.sink import paced_client
from bus import log
from bus.endpoint import ListedAgency, Tools
from bus.endpoint_settings import EndpointSettings

_log = log.get()


class AxisDirectory:
    """The lists of one axis."""

    def __init__(self, client: AxisClient) -> None:
        self._client = client

    def version(self) -> str:
        """A digest of what the units say of their own state; '' where none says anything."""
        units = _asked(self._client.synchronised)
        states = sorted(f"{unit.code} {unit.version} {unit.deleted}" for unit in units if unit.version.strip("0 "))
        return hashlib.blake2b("\n".join(states).encode(), digest_size=8).hexdigest() if states else ""

    def agencies(self) -> Iterable[ListedAgency]:
        """All three lists, one after the other: of each only what counts is kept."""
        merge = Merge()
        calls = (self._client.agencies_qd20, self._client.agencies, self._client.synchronised)
        lists = (merge.table, merge.listed, merge.units)
        for ask, take in zip(calls, lists, strict=True):
            take(_asked(ask))
        return merge.agencies()


@dataclass(slots=True)
class _Found:
    """What the lists say of one agency so far."""

    name: str = ""
    old_code: str = ""
    parent: str = ""
    mail: str = ""
    #: Whether all its units are deleted; None where none was seen.
    deleted: bool | None = None


class Merge:
    """Takes the lists in order: the table of codes, the plain list, the units."""

    def __init__(self) -> None:
        self._found: dict[str, _Found] = {}
        self._code_of: dict[str, str] = {}
        #: From the axis's own ids, by which lists name the agency above.
        self._ids: dict[str, str] = {}

    def table(self, rows: Iterable[AgencyRow]) -> None:
        """getAgenciesListQD20: what says which code was which."""
        for row in rows:
            self._take(row.code, row)
            if row.old_code and self._code_of.setdefault(row.old_code, row.code) != row.code:
                self._code_of[row.old_code] = row.old_code  # two claim it: it is neither's

    def listed(self, rows: Iterable[AgencyRow]) -> None:
        """getAgenciesList: an old code counts where the table is silent."""
        for row in rows:
            self._take(self._code(row), row)

    def units(self, rows: Iterable[AgencyRow]) -> None:
        """getSynchronizeUnit: which are deleted."""
        for row in rows:
            found = self._take(self._code(row), row)
            found.deleted = row.deleted and found.deleted is not False

    def agencies(self) -> Iterator[ListedAgency]:
        """What came out."""
        for code, found in self._found.items():
            parent = self._ids.get(found.parent, found.parent)
            above = parent if parent in self._found and parent != code else ""
            yield ListedAgency(code, found.old_code, found.name, above, found.mail, bool(found.deleted))

    def _code(self, row: AgencyRow) -> str:
        """The code an agency goes by: the table's, where the row bears the old one."""
        return row.code if row.code in self._found else self._code_of.get(row.code, row.code)

    def _take(self, code: str, row: AgencyRow) -> _Found:
        found = self._found.setdefault(code, _Found())
        found.name = found.name or row.name
        found.mail = found.mail or row.mail
        found.parent = found.parent or row.parent
        found.old_code = found.old_code or row.old_code
        if row.id:
            self._ids.setdefault(row.id, code)
        return found


def _asked(ask: Callable[[], Listing[AgencyRow]]) -> tuple[AgencyRow, ...]:
    """The rows of a list; none where this axis has no such call. Raises Unreachable, Refused."""
    try:
        return ask().rows
    except NoSuchCall as absent:
        _log.warning("axis.list_absent", words=absent.words)
        return ()


def build_directory(name: str, settings: EndpointSettings, tools: Tools) -> AxisDirectory:
    """The directory of one endpoint."""
    assert isinstance(settings, VxpSettings)
    return AxisDirectory(paced_client(name, settings, tools))
