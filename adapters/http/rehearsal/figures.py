"""Played systems that take the figures of reports in words of their own: one-stop statistics, form 06, the price database, and the list
of offices of a provincial reporting interface. They answer as they were seen to; what of that is guessed stands in their dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.tokens import Tokens, expired
from adapters.http.stage import Head, Reply

Json = Mapping[str, object]
_CALLS: Mapping[tuple[str, str], str] = {
    ("POST", "/Statistic/UpdateStatistic"): "statistic",
    ("POST", "/SoLieuBaoCao"): "form06",
    ("POST", "/token"): TOKEN,
    ("POST", "/gia/v1/bao-cao"): "prices",
    ("POST", "/gia/v1/bieu-mau"): "forms",
    ("GET", "/bc/offices"): "offices",
}


class Figures:
    """All of them behind one address."""

    needed = frozenset({"Status", "code", "error_code", "Code", "Name"})

    def __init__(self, tokens: Tokens, offices: Sequence[tuple[str, str]] = ()) -> None:
        self._tokens = tokens
        self._offices = offices
        #: What was taken, by call.
        self.taken: list[tuple[str, Json]] = []
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {
            TOKEN: self._grant,
            "statistic": self._statistic,
            "form06": self._form06,
            "prices": self._prices,
            "forms": self._forms,
            "offices": self._listed,
        }

    def call(self, head: Head) -> str:
        return _CALLS.get((head.method, head.path), "")

    def answer(self, asked: Asked) -> Reply:
        return self._answers[asked.call](asked)

    def refusal(self, order: Order) -> Reply:
        return Reply(order.status or 200, {"error_code": "-1", "message": "Dữ liệu không hợp lệ", "result": None})

    def denial(self) -> Reply:
        return expired()

    def leave(self, _body: bytes, _type: str) -> str:
        raise ValueError("this partner has nothing for us")

    def account(self) -> Mapping[str, object]:
        return {"taken": [{"call": call, "said": said} for call, said in self.taken]}

    def _grant(self, asked: Asked) -> Reply:
        return self._tokens.grant(asked) if asked.header("lgspaccesstoken") else expired()

    def _statistic(self, asked: Asked) -> Reply:
        self.taken.append(("statistic", asked.json()))
        return Reply(200, {"Status": 200, "Message": "OK"})

    def _form06(self, asked: Asked) -> Reply:
        self.taken.append(("form06", asked.json()))
        return Reply(200, {"data": None, "error": {"code": 200, "internalMessage": "", "userMessage": ""}})

    def _prices(self, asked: Asked) -> Reply:
        return self._ministry(asked, lambda row: bool(row.get("DS_HHDV_TT")), "Thiếu DS_HHDV_TT")

    def _forms(self, asked: Asked) -> Reply:
        return self._ministry(
            asked, lambda row: bool(row.get("MA_BM") and row.get("FILE_SO_LIEU")), "Thiếu FILE_SO_LIEU"
        )

    def _ministry(self, asked: Asked, is_right: Callable[[Json], bool], otherwise: str) -> Reply:
        """A packet of the price database, as its two tokens allow."""
        if not asked.header("lgspaccesstoken"):
            return expired()
        if fault := self._tokens.fault(asked):
            return fault
        rows = asked.json().get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) and is_right(row) for row in rows):
            return Reply(200, {"error_code": "-1", "message": otherwise, "result": None})
        heads = {name: asked.header(name) for name in ("SENDER_CODE", "TRAN_CODE", "RECEIVER_CODE")}
        self.taken.append((asked.call, {**heads, "data": rows}))
        return Reply(200, {"error_code": "0", "message": "", "result": len(rows)})

    def _listed(self, _asked: Asked) -> Reply:
        rows = [{"Code": code, "Name": name} for code, name in self._offices]
        error = {"code": 200, "internalMessage": "", "userMessage": ""}
        return Reply(200, {"data": rows, "error": error, "total": len(rows)})
