"""A played service that wants to know its caller by three HTTP headers and its elements in one order, behind a platform's token.

What its answers say is our guess (``client/dialects/dan-cu.toml``).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import orjson
from lxml import etree

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.tokens import Tokens
from adapters.http.stage import Head, Reply
from adapters.soap.rehearsal.paper import SOAP11, answer, fault, read
from adapters.soap.rehearsal.wsdls import literal_wsdl

NAMESPACE = "http://dancuquocgia.bca"
OPERATION = "TraCuuThongTinCongDan"
ORDER = ("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "SoDinhDanh", "HoTen")


class Citizens:
    """One operation. ``user`` and ``password`` make AuthHash; ``access``: what lgspaccesstoken holds; tokens come in accessToken."""

    needed = frozenset[str]()

    def __init__(self, tokens: Tokens, user: str, password: str, access: Mapping[str, str]) -> None:
        self.tokens = tokens
        self._hash = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._access = dict(access)
        self.asked: list[Mapping[str, str]] = []

    def call(self, head: Head) -> str:
        return TOKEN if head.method == "GET" or head.path == "/token" else OPERATION

    def answer(self, asked: Asked) -> Reply:
        if asked.head.path == "/token":
            return self.tokens.grant(asked)
        if asked.call == TOKEN:
            url = f"http://{asked.header('host')}"
            wsdl = literal_wsdl(NAMESPACE, url, OPERATION, ORDER, ("MaLoi", "ThongBao"))
            return Reply(200, wsdl.encode(), content_type="text/xml")
        if refused := self.tokens.fault(asked):
            return refused
        return self._answered(asked) if self._is_known(asked) else self.denial()

    def refusal(self, order: Order) -> Reply:
        return fault(SOAP11, order.code or "Client", "Từ chối", status=order.status or 500)

    def denial(self) -> Reply:
        return Reply(401, b"")

    def leave(self, body: bytes, type_: str) -> str:  # noqa: ARG002 - it hands nothing out
        raise ValueError("nothing is fetched here")

    def account(self) -> Mapping[str, object]:
        return {"asked": self.asked}

    def _is_known(self, asked: Asked) -> bool:
        try:
            access = orjson.loads(base64.b64decode(asked.header("lgspaccesstoken")))
        except ValueError:
            return False
        return bool(access == self._access and asked.header("authhash") == self._hash)

    def _answered(self, asked: Asked) -> Reply:
        wrote = read(asked.body, asked.header("content-type"))
        if wrote is None:
            return fault(SOAP11, "Client", "Không đọc được")
        names = [etree.QName(one).localname for one in wrote.call]
        if names != [name for name in ORDER if name in names]:
            told = {"MaLoi": "10", "ThongBao": "Sai thứ tự phần tử"}
        else:
            self.asked.append({name: wrote.text(name) for name in names})
            told = {"MaLoi": "00", "ThongBao": "Thành công"}
        return answer(wrote, f"{{{NAMESPACE}}}{OPERATION}Response", told)
