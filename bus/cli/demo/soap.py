"""Sandboxes of partners that speak SOAP: who may call them, and how to use them. No security server stands before them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType

import orjson

from adapters.http.rehearsal.partner import Partner
from adapters.http.rehearsal.tokens import Tokens
from adapters.soap.rehearsal.citizens import Citizens
from adapters.soap.rehearsal.documents import Documents
from adapters.soap.rehearsal.house import SoapHouse
from adapters.soap.rehearsal.nss import PATH, NssGateway
from bus.cli.demo.dialects import Dialect, Now

#: All of these guard nothing but a sandbox.
_USER, _KEY = "mot-cua", "try-key"
_ACCESS = {"AccessKey": "try", "SecretKey": _KEY, "AppName": "thu", "PartnerCode": "000.00.05.H62"}
_HASH = base64.b64encode(f"{_USER}:{_KEY}".encode()).decode()

_WELL = 'success: {status: 2xx, path: result.code, values: ["0"]}'
_LIST = f"{{call: {{operation: ListDocuments, parameters: {{type: TYPE}}}}, type: TYPE, {_WELL}, rows: items.item, id: docId, order: created}}"
_ACK = (
    '{call: {operation: UpdateStatus, parameters: {docId: "{id}", status: "{state}", reason: "{reason}"}}, '
    + _WELL
    + "}"
)
_SENT = 'documentId: "{docId}", type: "{type}", to: "{recipient}", document: "{edxml.base64}"'
_EXCHANGE = (
    f"kind: soap, send: {{call: {{operation: SendDocument, parameters: {{{_SENT}}}}}}}, "
    f'answers: {{{_WELL}, duplicate: {{path: result.code, values: ["1"]}}, remote_id: docId}}, '
    f'receive: {{own: ["000.00.05.H62"], lists: [{_LIST.replace("TYPE", "edoc")}, {_LIST.replace("TYPE", "status")}], '
    f'get: {{call: {{operation: GetDocument, parameters: {{docId: "{{id}}"}}}}, {_WELL}, '
    f"content: {{kind: base64, path: document}}}}, done: {_ACK}, fail: {_ACK}}}"
)
_DAN_CU = (
    'kind: soap, dialect: dan-cu, auth: [{kind: lgsp_access_token, secret: "file:NAME"}, {kind: header, value: "file:NAME"}, '
    f'{{kind: oauth2, token: /token, client_id: {_USER}, client_secret: "file:NAME"}}], '
    'send: {call: {parameters: {MaDVC: so-nv, MaTichHop: th01, MaCanBo: cb01, SoDinhDanh: "{subject}"}}}'
)
_FAULTS = (
    ('{"mode": "refuse", "call": "CALL", "times": 1}', "a fault"),
    ('{"mode": "lost", "call": "CALL", "times": 1}', "taken, but no answer"),
    ('{"mode": "cut", "call": "CALL", "times": 1}', "half an envelope"),
)


def _orders(call: str) -> tuple[tuple[str, str], ...]:
    return tuple((order.replace("CALL", call), what) for order, what in _FAULTS)


def _citizens(now: Now) -> Partner:
    return Citizens(Tokens(_USER, _KEY, now, header="accessToken"), _USER, _KEY, _ACCESS)


SOAP: Mapping[str, Dialect] = MappingProxyType(
    {
        "soap": Dialect(
            "soap",
            "an exchange of documents by SOAP (kind soap)",
            Documents,
            _EXCHANGE,
            MappingProxyType({}),
            (*_orders("SendDocument"), ('{"mode": "nulls", "times": 1}', "items that are nil")),
            "curl --data-binary @cong-van.edxml OFFER",
            SoapHouse,
        ),
        "nss": Dialect(
            "nss",
            "a gateway in the manner of NSS (dialect nss-gateway)",
            lambda now: NssGateway(_USER, _KEY, now),
            f'kind: soap, dialect: nss-gateway, auth: [{{kind: basic, user: {_USER}, password: "file:NAME"}}], '
            'receive: {own: ["000.00.05.H62"]}',
            MappingProxyType({"nss-key": _KEY}),
            _orders("call"),
            "curl --data-binary @cong-van.edxml OFFER",
            SoapHouse,
            PATH,
        ),
        "dan-cu": Dialect(
            "dan-cu",
            "a look-up of citizens behind a platform's token (dialect dan-cu)",
            _citizens,
            _DAN_CU,
            MappingProxyType({"lgsp-access": orjson.dumps(_ACCESS).decode(), "dan-cu-hash": _HASH, "dan-cu-key": _KEY}),
            _orders("TraCuuThongTinCongDan"),
            "",
            SoapHouse,
        ),
    }
)
