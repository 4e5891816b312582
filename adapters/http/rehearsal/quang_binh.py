"""A played reporting interface of a province, after its published text: offices, their indicators, and values of a period.

It is as inconsistent as the text: members are written Code and Name in one list, code and name in others, and what is asked for alone
is no list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply

_OF_OFFICE = "/bc/indicators/office/hasdata/"
_CALLS: Mapping[tuple[str, str], str] = {
    ("GET", "/bc/offices"): "offices",
    ("GET", "/bc/indicators/hasdata"): "filled",
    ("POST", "/bc/indicators"): "values",
}
#: Office, data type, period and year, as calls name them.
Place = tuple[str, str, str, str]


class QuangBinh:
    """Offices by their codes, indicators by theirs, and values where some were given."""

    needed = frozenset({"Code", "Name", "code", "name", "indicatorCode", "unit", "value"})

    def __init__(self, token: str, offices: Mapping[str, str]) -> None:
        self._token = token
        self._offices = offices
        self._indicators: dict[str, dict[str, str]] = {}
        self._values: dict[Place, dict[str, tuple[str, object]]] = {}
        self._answers: Mapping[str, Callable[[Asked], object]] = {
            "offices": self._all_offices,
            "indicators": self._of_office,
            "filled": self._filled,
            "values": self._valued,
        }

    def define(self, office: str, code: str, name: str) -> None:
        """An indicator of an office, from now on."""
        self._indicators.setdefault(office, {})[code] = name

    def give(self, place: Place, code: str, value: object, unit: str = "tấn") -> None:
        """What an indicator's value is from now on."""
        self._values.setdefault(place, {})[code] = (unit, value)

    def call(self, head: Head) -> str:
        if head.method == "GET" and head.path.startswith(_OF_OFFICE):
            return "indicators"
        return _CALLS.get((head.method, head.path), "")

    def answer(self, asked: Asked) -> Reply:
        if asked.header("authorization") != f"Bearer {self._token}":
            return self.denial()
        return _said(self._answers[asked.call](asked))

    def refusal(self, order: Order) -> Reply:
        return _said(None, int(order.code or "500"), "Tham số không hợp lệ", order.status or 200)

    def denial(self) -> Reply:
        return _said(None, 401, "Không có quyền truy cập", 401)

    def leave(self, _body: bytes, _type: str) -> str:
        raise ValueError("this partner hands nothing out: it is asked")

    def account(self) -> Mapping[str, object]:
        told = [{"of": list(place), "values": len(found)} for place, found in self._values.items()]
        return {"indicators": {office: len(found) for office, found in self._indicators.items()}, "values": told}

    def _all_offices(self, _asked: Asked) -> object:
        return [{"Code": code, "Name": name} for code, name in self._offices.items()]

    def _of_office(self, asked: Asked) -> object:
        return self._named(unquote(asked.head.path.removeprefix(_OF_OFFICE)))

    def _filled(self, asked: Asked) -> object:
        place = _place(asked.query)
        return self._named(place[0], self._values.get(place, {}))

    def _valued(self, asked: Asked) -> object:
        said = asked.json()
        codes, found = said.get("indicatorCodes"), self._values.get(_place(said), {})
        wanted = [code for code in codes if code in found] if isinstance(codes, list) else []
        rows = [{"indicatorCode": code, "unit": found[code][0], "value": found[code][1]} for code in wanted]
        return rows[0] if len(rows) == 1 else rows

    def _named(self, office: str, among: Mapping[str, object] | None = None) -> Sequence[Mapping[str, str]]:
        known = self._indicators.get(office, {})
        return [{"code": code, "name": name} for code, name in known.items() if among is None or code in among]


def _place(said: Mapping[str, object]) -> Place:
    return (
        str(said.get("officeCode")),
        str(said.get("dataTypeId")),
        str(said.get("periodId")),
        str(said.get("dataYear")),
    )


def _said(data: object, code: int = 200, words: str = "", status: int = 200) -> Reply:
    error = {"code": code, "internalMessage": "", "userMessage": words}
    return Reply(status, {"data": data, "error": error, "total": len(data) if isinstance(data, list) else 1})
