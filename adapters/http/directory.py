"""A partner's agencies as its settings say: one list, or one for each level, as one.

A row that cannot be read is left out; an answer that is no list is no empty list. No code is taken apart or computed:
who is above whom is known where rows say it, and not otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from adapters.http.agencies_settings import AgencyListSettings
from adapters.http.client import HttpClient
from adapters.http.decode import Answer, read
from adapters.http.paths import JsonPath
from adapters.http.rules import any_holds
from adapters.http.sending import Sending
from adapters.http.settings import HttpSettings
from bus import log
from bus.endpoint import ListedAgency, Tools
from bus.endpoint_settings import EndpointSettings
from bus.errors import FailureClass, Unreachable
from bus.transport import Response

_log = log.get()
#: Largest answer with a list, in bytes: it is whole in memory for a moment.
_MAX_LIST = 32 << 20


@dataclass(frozen=True, slots=True)
class _Row:
    """An agency, and what its list calls it itself."""

    agency: ListedAgency
    id: str


class HttpDirectory:
    """The lists of one partner."""

    def __init__(self, name: str, settings: HttpSettings, client: HttpClient) -> None:
        self._name = name
        self._settings = settings
        self._client = client

    def version(self) -> str:
        """No such list says which version it is."""
        return ""

    def agencies(self) -> Iterable[ListedAgency]:
        """All lists, one after the other. Raises Unreachable, Refused."""
        lists = self._settings.agencies.lists if self._settings.agencies else ()
        return _joined([row for one in lists for row in self._rows(one)])

    def _rows(self, wanted: AgencyListSettings) -> Iterator[_Row]:
        answer = self._asked(wanted)
        if answer is None:
            _log.warning("agencies.list_absent", endpoint=self._name, path=wanted.call.path.text)
            return
        items = answer.at(wanted.rows)
        if not isinstance(items, list):
            raise Unreachable(FailureClass.SERVER_FAULT, f"the answer to {wanted.call.path.text} holds no list")
        rows = [row for item in items if isinstance(item, Mapping) and (row := _row(item, wanted, answer.response))]
        if len(rows) < len(items):
            unreadable = len(items) - len(rows)
            _log.warning("agencies.rows_unreadable", endpoint=self._name, rows=len(rows), unreadable=unreadable)
        yield from rows

    def _asked(self, wanted: AgencyListSettings) -> Answer | None:
        """The answer with the list; None where the partner may have none, and says so."""
        response = self._client.call(wanted.call, Sending(self._client.facts()), max_answer=_MAX_LIST)
        if wanted.absent and response.status == HTTPStatus.NOT_FOUND:
            return None
        answer = read(response)
        self._client.judge.success(answer, wanted.success)
        return answer


def build_directory(name: str, settings: EndpointSettings, tools: Tools) -> HttpDirectory:
    """The directory of one endpoint, whose calls keep to its rate. ``settings``: HttpSettings."""
    assert isinstance(settings, HttpSettings)
    paced = replace(tools, fast=tools.paced(name))
    return HttpDirectory(name, settings, HttpClient(name, settings, paced, tools.kept))


def _joined(rows: list[_Row]) -> Iterator[ListedAgency]:
    """The agencies, each above another by its code. One above that is in no list is nobody."""
    codes = {row.id: row.agency.code for row in reversed(rows) if row.id}
    known = {row.agency.code for row in rows}
    for row in rows:
        above = codes.get(row.agency.parent, row.agency.parent)
        yield replace(row.agency, parent=above if above in known and above != row.agency.code else "")


def _row(item: Mapping[str, object], wanted: AgencyListSettings, response: Response) -> _Row | None:
    """What a row says; None without a code."""
    row = Answer(response, item)
    code = _text(row, wanted.code)
    if not code:
        return None
    agency = ListedAgency(
        code,
        old_code=_text(row, wanted.old_code),
        name=_text(row, wanted.name),
        parent=_text(row, wanted.parent),
        mail=_text(row, wanted.mail),
        closed=any_holds(wanted.closed, row),
    )
    return _Row(agency, _text(row, wanted.id))


def _text(row: Answer, path: JsonPath | None) -> str:
    """A value as text, whatever type it was given; '' for null, and for the word ``null`` that some write."""
    found = row.at(path)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    text = found.strip() if isinstance(found, str) else ""
    return "" if text == "null" else text
