"""The thirteen calls as the sandbox answers them: signature first, then the call, always an envelope."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson

from adapters.vxp.body import CRLF
from adapters.vxp.recipients import parse_to
from adapters.vxp.sandbox_axis import Axis, Copy, Parcel, Unit
from adapters.vxp.signing import HASH_HEADER, SIGN_HEADER, Signed, file_fits, verify
from adapters.vxp.times import parse_from, parse_stamp, shown
from adapters.vxp.times import parse_to as parse_until
from bus.clock import micros
from bus.errors import Rejected

Members = Mapping[str, object]


class No(Exception):
    """The axis says no, with a code of its own."""

    def __init__(self, code: str, words: str, status: int = 200) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came. Header names are lower case."""

    name: str
    method: str
    headers: Mapping[bytes, bytes] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an envelope's members, or a document's bytes."""

    status: int
    members: Members | None = None
    data: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def no(code: str, words: str, status: int, headers: Mapping[str, str] | None = None) -> Answer:
    """An envelope that says no."""
    members = {"status": "FAIL", "ErrorCode": code, "ErrorDesc": words, "DocId": "", "data": ""}
    return Answer(status, members, headers=headers or {})


def answer(axis: Axis, asked: Asked) -> Answer:
    """Carry a call out."""
    try:
        found = _carried_out(axis, asked)
    except No as refusal:
        if asked.name == "downloadEdoc":
            return Answer(404)
        return no(refusal.code, refusal.words, refusal.status)
    if isinstance(found, bytes):
        return Answer(200, data=found)
    return Answer(200, {"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **found})


def _carried_out(axis: Axis, asked: Asked) -> Members | bytes:
    call = _CALLS.get(asked.name)
    if call is None or asked.method != ("GET" if asked.name == "downloadEdoc" else "POST"):
        raise No("404", "no such call", 404)
    signed = _signed(axis, asked)
    try:
        _check_time(axis, signed)
        return call(axis, asked, signed)
    except (ValueError, KeyError, Rejected) as error:
        raise No("400", "a header or the body cannot be read", 400) from error


def _signed(axis: Axis, asked: Asked) -> Signed:
    """The signed headers; the ones sent beside them must say the same."""

    def secrets_of(system: str) -> tuple[bytes, ...]:
        return (axis.systems[system].secret,) if system in axis.systems else ()

    headers = asked.headers
    signed = verify(headers.get(SIGN_HEADER, b""), headers.get(HASH_HEADER, b""), secrets_of)
    if signed is None or any(_plain(headers, name) != value for name, value in signed.members.items()):
        raise No("15", "wrong signature", 401)
    return signed


def _check_time(axis: Axis, signed: Signed) -> None:
    skew = axis.habits.skew
    if skew is not None and abs(parse_stamp(signed.get("timestamp")) - axis.now()) > micros(skew):
        raise No("15", "the timestamp is too far off", 401)


def _plain(headers: Mapping[bytes, bytes], name: str) -> str:
    return headers.get(f"xroadvnpt-{name}".encode(), b"").decode("latin-1")


def _send(axis: Axis, asked: Asked, signed: Signed) -> Members:
    body = asked.body.removesuffix(CRLF)
    if len(asked.body) - len(body) != len(CRLF) or not file_fits(
        signed.get("hash-file"), hashlib.sha256(body).hexdigest()
    ):
        raise No("10", "hash-file does not fit the file")
    system, sender = signed.get("systemid"), signed.get("from")
    if sender not in axis.systems[system].agencies:
        raise No("19", "the sender is not registered")
    parcel = Parcel(system, _type(signed), sender, parse_to(signed.get("to")), body)
    return {"DocId": axis.take(parcel)}


def _received(axis: Axis, _asked: Asked, signed: Signed) -> Members:
    start = parse_from(signed.get("fromDate")) if signed.get("fromDate") else 0
    end = parse_until(signed.get("toDate")) if signed.get("toDate") else 1 << 62
    waiting = axis.waiting(signed.get("systemid"), _type(signed))
    return {"data": [_received_row(copy) for copy in waiting if start <= copy.sent_at <= end]}


def _get(axis: Axis, _asked: Asked, signed: Signed) -> Members:
    return {"data": base64.b64encode(axis.handed_out(_copy(axis, signed))).decode()}


def _download(axis: Axis, _asked: Asked, signed: Signed) -> bytes:
    return axis.handed_out(_copy(axis, signed))


def _update(axis: Axis, _asked: Asked, signed: Signed) -> Members:
    copy, state = _copy(axis, signed), signed.get("status").lower()
    if state not in {"processing", "done", "fail"}:
        raise No("400", "status is not processing, done or fail")
    axis.settle(copy, state, signed.get("description"))
    return {}


def _sent(axis: Axis, _asked: Asked, signed: Signed) -> Members:
    doc_id = signed.get("docId")
    if not doc_id and not axis.habits.lists_sent:
        raise No("400", "docId is missing")
    return {"data": [_sent_row(copy) for copy in axis.sent(signed.get("systemid"), _type(signed), doc_id)]}


def _count(type_: str) -> Callable[[Axis, Asked, Signed], Members]:
    return lambda axis, _asked, signed: {"count": len(list(axis.waiting(signed.get("systemid"), type_)))}


def _agencies(axis: Axis, _asked: Asked, _signed: Signed) -> Members:
    return {"data": [{**_unit(unit), "oldCode": unit.old_code} for unit in axis.units.values() if not unit.deleted]}


def _agencies_qd20(axis: Axis, _asked: Asked, _signed: Signed) -> Members:
    return {"data": [{**_unit(unit), "code102": unit.old_code} for unit in axis.units.values() if not unit.deleted]}


def _synchronise(axis: Axis, _asked: Asked, _signed: Signed) -> Members:
    return {"data": [{**_unit(unit), **_state(unit)} for unit in axis.units.values()]}


def _register(axis: Axis, asked: Asked, _signed: Signed) -> Members:
    given = orjson.loads(asked.body)
    axis.units[given["code"]] = Unit(
        given["code"], given.get("name", ""), given.get("pcode", ""), given.get("mail", ""), version=1
    )
    return {}


def _delete(axis: Axis, _asked: Asked, signed: Signed) -> Members:
    unit = axis.units.get(signed.get("AgencyCode"))
    if unit is None:
        raise No("18", "no such agency")
    unit.deleted, unit.version = True, unit.version + 1
    return {}


def _type(signed: Signed) -> str:
    if signed.get("messagetype") not in {"edoc", "status"}:
        raise No("400", "messagetype is neither edoc nor status")
    return signed.get("messagetype")


def _copy(axis: Axis, signed: Signed) -> Copy:
    copy = axis.find(signed.get("systemid"), signed.get("docId"))
    if copy is None:
        raise No("404", "no such docId")
    return copy


def _received_row(copy: Copy) -> Members:
    return {
        "docId": copy.doc_id,
        "serviceType": "eDoc",
        "messageType": copy.parcel.type,
        "created_time": shown(copy.sent_at),
        "updated_time": shown(copy.updated_at),
        "from": copy.parcel.sender,
        "to": copy.recipient,
        "status": copy.state,
        "status_desc": copy.state,
    }


def _sent_row(copy: Copy) -> Members:
    return {
        "serviceType": "eDoc",
        "messageType": copy.parcel.type,
        "senderDocId": copy.sender_doc_id,
        "receiverDocId": copy.doc_id,
        "fromCode": copy.parcel.sender,
        "toCode": copy.recipient,
        "title": copy.title,
        "notation": copy.notation,
        "sentTime": shown(copy.sent_at),
        "receivedTime": shown(copy.updated_at) if copy.state == "done" else "",
        "sendStatus": "done",
        "sendStatusDesc": "",
        "receiveStatus": copy.state,
        "receiveStatusDesc": copy.description,
    }


def _unit(unit: Unit) -> Members:
    return {"id": unit.code, "code": unit.code, "name": unit.name, "mail": unit.mail, "pid": unit.parent}


def _state(unit: Unit) -> Members:
    return {"version": unit.version, "centerCode": "", "deleted": unit.deleted, "modifyDate": "", "isAgency": True}


_CALLS: Mapping[str, Callable[[Axis, Asked, Signed], Members | bytes]] = MappingProxyType(
    {
        "sendEdoc": _send,
        "getReceivedEdocList": _received,
        "getEdoc": _get,
        "downloadEdoc": _download,
        "updateStatus": _update,
        "getSentEdocList": _sent,
        "countReceiveEdoc": _count("edoc"),
        "countReceiveStatus": _count("status"),
        "getAgenciesList": _agencies,
        "getAgenciesListQD20": _agencies_qd20,
        "getSynchronizeUnit": _synchronise,
        "registerAgency": _register,
        "deleteAgency": _delete,
    }
)
