"""The thirteen calls of the axis from the caller's side, each with its own success rule.

Every method raises Unreachable (or OutcomeUnknown) and Refused, as :mod:`adapters.vxp.answers` judges.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

import orjson

from adapters.vxp import rows
from adapters.vxp.answers import Members, judge, text
from adapters.vxp.base64_in import Unwrapping
from adapters.vxp.body import sent
from adapters.vxp.plain import plain
from adapters.vxp.raw_in import Raw
from adapters.vxp.rows import AgencyRow, Listing, ReceivedRow, Row, SentRow, listing
from adapters.vxp.rows_in import RowsIn
from adapters.vxp.signing import hash_file
from adapters.vxp.wire import Wire
from bus import log
from bus.errors import FailureClass, Refused, Unreachable
from bus.message import Claim
from bus.transport import Response

_log = log.get()
_SERVICE = {"servicetype": "eDoc"}
_COUNTS = {"edoc": "countReceiveEdoc", "status": "countReceiveStatus"}
#: Largest answer that is no list.
_SMALL = 1 << 20
_MAX_ID = 200


class NoSuchCall(Refused):
    """This axis does not have this call: not all of them have all lists of agencies."""


class AxisClient:
    """One system's client. Safe to use from many threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def send(self, type_: str, sender: str, recipients: Sequence[str], document: Claim) -> str:
        """``sendEdoc`` to these recipients and no others; the axis's DocId, empty where it gave none."""
        logical = {
            **_SERVICE,
            "messagetype": type_,
            "from": sender,
            "to": json.dumps(list(recipients), separators=(",", ":")),
            "hash-file": hash_file(document.sha256),
        }
        answer = self._wire.call(
            "sendEdoc", logical, sent(document), content_type="application/octet-stream", max_answer=_SMALL
        )
        return text(judge(answer, sending=True).get("DocId"))[:_MAX_ID]

    def received(self, type_: str) -> Listing[ReceivedRow]:
        """``getReceivedEdocList``: what waits for us."""
        return self._list("getReceivedEdocList", {**_SERVICE, "messagetype": type_}, rows.received)

    def sent(self, type_: str, doc_id: str = "") -> Listing[SentRow]:
        """``getSentEdocList``: the recipients of one DocId, or of everything where none is named."""
        named = {"docId": doc_id} if doc_id else {}
        return self._list("getSentEdocList", {**_SERVICE, "messagetype": type_, **named}, rows.sent)

    def get(self, doc_id: str, write: Callable[[bytes], None]) -> None:
        """``getEdoc``: the document's bytes to ``write``, piece by piece. Raises Rejected where they are not base64."""
        unwrapping = Unwrapping(write)
        answer = self._wire.fetch("POST", "getEdoc", doc_id, unwrapping.feed)
        judge(Response(answer.status, answer.headers, unwrapping.close()))
        unwrapping.check()
        if not unwrapping.size:
            raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no document")

    def download(self, doc_id: str, write: Callable[[bytes], None]) -> None:
        """``downloadEdoc``: the same without base64. An envelope or a page in the document's place is none."""
        raw = Raw(write)
        answer = self._wire.fetch("GET", "downloadEdoc", doc_id, raw.feed)
        raw.check(answer)

    def update(self, doc_id: str, status: str, description: str = "") -> None:
        """``updateStatus``: ``processing``, ``done`` or ``fail``, with a reason that is written without accents."""
        said = {"description": plain(description)} if description else {}
        self._do("updateStatus", {"docId": doc_id, "docid": doc_id, "status": status, **said}, b"{}")

    def count(self, type_: str) -> int:
        """``countReceiveEdoc`` or countReceiveStatus."""
        given = text(self._do(_COUNTS[type_], {}, b"{}").get("count"))
        if not given.isdecimal():
            raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no count")
        return int(given)

    def agencies(self) -> Listing[AgencyRow]:
        """``getAgenciesList``."""
        return self._agencies("getAgenciesList")

    def agencies_qd20(self, level: int | None = None) -> Listing[AgencyRow]:
        """``getAgenciesListQD20``: the new codes with the old ones."""
        return self._agencies("getAgenciesListQD20", {"level": str(level)} if level else {})

    def synchronised(self) -> Listing[AgencyRow]:
        """``getSynchronizeUnit``: all agencies, deleted ones too."""
        return self._agencies("getSynchronizeUnit")

    def register(self, agency: Mapping[str, str]) -> None:
        """``registerAgency``: id, pcode, code, name, mail, mobile, fax."""
        self._do("registerAgency", {}, orjson.dumps(dict(agency)))

    def delete(self, code: str) -> None:
        """``deleteAgency``."""
        self._do("deleteAgency", {"AgencyCode": code})

    def _do(self, name: str, logical: Mapping[str, str], body: bytes = b"") -> Members:
        return judge(self._wire.call(name, logical, body, max_answer=_SMALL))

    def _agencies(self, name: str, logical: Mapping[str, str] = MappingProxyType({})) -> Listing[AgencyRow]:
        taking = RowsIn(rows.agency)
        answer = self._wire.listed(name, logical, taking.feed)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NoSuchCall(FailureClass.CLIENT_FAULT, f"this axis has no {name}")
        return self._whole(name, answer, taking)

    def _list(
        self, name: str, logical: Mapping[str, str], read: Callable[[Mapping[str, object]], Row | None]
    ) -> Listing[Row]:
        taking = RowsIn(read)
        return self._whole(name, self._wire.listed(name, logical, taking.feed), taking)

    def _whole(self, name: str, answer: Response, taking: RowsIn[Row]) -> Listing[Row]:
        found = listing(judge(Response(answer.status, answer.headers, taking.close())), taking)
        if found.unreadable:
            _log.warning("axis.rows_unreadable", call=name, rows=len(found.rows), unreadable=found.unreadable)
        return found
