"""The platform's calls in the words of the HTTP engine: what is sent, and what answers mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.http.settings import HttpSettings
from adapters.lgsp import codes
from adapters.lgsp.call import TYPES
from adapters.lgsp.settings import LgspSettings
from bus.errors import FailureClass

Data = Mapping[str, Any]

#: What each of the guide's codes is to the bus.
CLASSES: Mapping[str, FailureClass] = {
    codes.INVALID_FILE: FailureClass.SCHEMA,
    codes.CREDENTIALS: FailureClass.AUTH,
    codes.NO_RECEIVER: FailureClass.BUSINESS_REJECT,
    codes.NO_SENDER: FailureClass.BUSINESS_REJECT,
    codes.SYSTEM: FailureClass.SERVER_FAULT,
    codes.PROCESSING: FailureClass.SERVER_FAULT,
    codes.NOT_EDXML: FailureClass.SCHEMA,
    codes.RECEIVER_LOCKED: FailureClass.BUSINESS_REJECT,
}

#: What both kinds of settings have.
_SHARED = (
    "url", "poll", "mode", "fail_after", "idempotency", "max_bytes", "concurrency", "rate", "retry", "flood",
    "trace_header", "allow", "ca_file", "cert_file", "key_file", "pin", "connect_timeout", "idle_timeout",
)  # fmt: skip
_SUCCESS: Data = {"status": "2xx", "path": "success", "values": [True]}
_CODE = "data.errorCode"


def engine_settings(settings: LgspSettings) -> HttpSettings:
    """The settings with which the engine speaks the dialect. Raises ValueError."""
    shared = {name: getattr(settings, name) for name in _SHARED}
    parts = {
        "auth": [_auth(settings)],
        "send": {"call": _send(settings)},
        "answers": _answers(settings),
        "receive": _receive(settings),
        "agencies": {"lists": [_agencies(settings)]},
    }
    return HttpSettings.model_validate({**shared, **parts})


def _auth(settings: LgspSettings) -> Data:
    if settings.sign_in == "token":
        known = {"client_id": settings.system_id, "client_secret": settings.secret}
        return {"kind": "oauth2", "token": settings.token, **known}
    return {"kind": "header", "name": "X-SecretKey", "value": settings.secret}


def _call(settings: LgspSettings, method: str, name: str, **more: object) -> Data:
    # Braces in an id of theirs are no template of ours.
    ident = settings.system_id.replace("{", "{{").replace("}", "}}")
    headers = {"X-SystemId": ident} if settings.sign_in == "headers" else {}
    return {"method": method, "path": f"/v1/{name}", "headers": headers, **more}


def _send(settings: LgspSettings) -> Data:
    file = {"name": "edocFile", "file": "edxml", "content_type": "application/xml"}
    body = {"kind": "multipart", "parts": [file, {"name": "messageType", "value": "{type}"}]}
    return _call(settings, "POST", "sendEdoc", body=body)


def _answers(settings: LgspSettings) -> Data:
    return {
        "success": _SUCCESS,
        "failures": list(_failures(settings)),
        # Nothing was looked at, so a token is had anew and the call made once more; the last is a gateway's word for it.
        "expired": [
            {"status": 401},
            {"path": _CODE, "values": [codes.CREDENTIALS]},
            {"path": "fault.code", "values": [900901]},
        ],
        "remote_id": "docId",
        "code": _CODE,
        "words": "message",
    }


def _failures(settings: LgspSettings) -> Iterator[Data]:
    """The guide's codes, whatever the HTTP status beside them; then any other no."""
    for code, failure in CLASSES.items():
        then = {"then": settings.processing_error} if code == codes.PROCESSING else {}
        yield {"path": _CODE, "values": [code], "class": failure, **then}
    yield {"status": "2xx", "path": "success", "values": [False], "class": FailureClass.BUSINESS_REJECT}


def _receive(settings: LgspSettings) -> Data:
    get = _call(settings, "GET", "getEdoc", query={"docId": "{id}"})
    told = {"done": _told(settings, {"status": "done"})}
    if settings.fail != "never":
        told["fail"] = _told(settings, {"status": settings.fail, "description": "{reason}"})
    if settings.processing:
        told["processing"] = _told(settings, {"status": "processing"})
    return {
        "lists": [_list(settings, type_) for type_ in TYPES],
        "get": {"call": get, "success": _SUCCESS, "content": {"kind": settings.edxml, "path": "data.edxml"}},
        "own": settings.own,
        **told,
    }


def _list(settings: LgspSettings, type_: str) -> Data:
    days = {"fromDate": "{since|date:yyyy/MM/dd}", "toDate": "{now|date:yyyy/MM/dd}"}
    return {
        "call": _call(settings, "GET", "syncReceivedEdocList", query={"messageType": type_, **days}),
        "type": type_,
        "success": _SUCCESS,
        "rows": "data",
        "id": "docId",
        "recipient": "to",
        "order": "createdTime",
        "skip": [{"path": "status", "values": ["done", "fail"]}],
        "days": settings.days,
    }


def _told(settings: LgspSettings, said: Data) -> Data:
    body = {"kind": "json", "value": {"docId": "{id}", **said}}
    return {"call": _call(settings, "POST", "updateStatus", body=body), "success": _SUCCESS}


def _agencies(settings: LgspSettings) -> Data:
    """The guide says no more than "list", so the members are those of the axis's list."""
    said = {"code": "code", "old_code": "oldCode", "name": "name", "mail": "mail", "parent": "pid", "id": "id"}
    return {"call": _call(settings, "GET", "getAgenciesList"), "success": _SUCCESS, "rows": "data", **said}
