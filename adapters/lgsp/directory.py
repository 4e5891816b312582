"""The platform's agencies, as ``getAgenciesList`` tells them. The guide says no more than "list", so the members are those
of the axis's list. A row without a code is left out; an answer that is no list is no empty list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.http.client import HttpClient
from adapters.http.decode import read
from adapters.http.paths import parse_path
from adapters.http.rows import text_at
from adapters.http.sending import Sending
from adapters.lgsp.dialect import SUCCESS, agencies_call, engine_settings
from adapters.lgsp.settings import LgspSettings
from bus import log
from bus.endpoint import EndpointSettings, ListedAgency, Tools
from bus.errors import FailureClass, Unreachable

_log = log.get()
#: Bytes of a list that is read.
_MAX_LIST = 32 << 20
_DATA = parse_path("data")
_ID, _CODE, _OLD_CODE, _NAME, _PARENT, _MAIL = map(parse_path, ("id", "code", "oldCode", "name", "pid", "mail"))


class LgspDirectory:
    """The list of one platform."""

    def __init__(self, name: str, settings: LgspSettings, client: HttpClient) -> None:
        self._name = name
        self._settings = settings
        self._client = client

    def version(self) -> str:
        """The platform does not say which version its list is."""
        return ""

    def agencies(self) -> Iterator[ListedAgency]:
        """The whole list. Raises Unreachable, Refused."""
        rows = self._rows()
        known = [row for row in rows if text_at(row, _CODE)]
        if len(known) < len(rows):
            _log.warning(
                "lgsp.rows_unreadable", endpoint=self._name, rows=len(known), unreadable=len(rows) - len(known)
            )
        return _joined(known)

    def _rows(self) -> Sequence[object]:
        call = agencies_call(self._settings)
        answer = read(self._client.call(call, Sending(self._client.facts()), max_answer=_MAX_LIST))
        self._client.judge.success(answer, SUCCESS)
        rows = answer.at(_DATA)
        if not isinstance(rows, list):
            raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no list")
        return rows


def _joined(rows: Sequence[object]) -> Iterator[ListedAgency]:
    """Each above another by its code, where it was named by its id. One above that is not listed is nobody."""
    codes = {text_at(row, _ID): text_at(row, _CODE) for row in rows}
    known = {text_at(row, _CODE) for row in rows}
    for row in rows:
        agency, parent = _agency(row), text_at(row, _PARENT)
        above = codes.get(parent, parent) if parent else ""
        yield replace(agency, parent=above if above in known and above != agency.code else "")


def _agency(row: object) -> ListedAgency:
    """A row without the agency above it."""
    return ListedAgency(
        text_at(row, _CODE), old_code=text_at(row, _OLD_CODE), name=text_at(row, _NAME), mail=text_at(row, _MAIL)
    )


def build_directory(name: str, settings: EndpointSettings, tools: Tools) -> LgspDirectory:
    """The directory of one endpoint, whose calls keep to its rate."""
    assert isinstance(settings, LgspSettings)
    paced = replace(tools, fast=tools.paced(name))
    return LgspDirectory(name, settings, HttpClient(name, engine_settings(settings), paced, tools.kept))
