"""A played catalogue of agencies, level by level, as a service platform hands it out: rows with the quirks that were seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import orjson

from adapters.http.rehearsal.orders import TOKEN, Order
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.tokens import Tokens, expired
from adapters.http.stage import Head, Reply

BASE = "/dmdc/Category"
Row = Mapping[str, object]


class Catalogue:
    """The lists of one catalogue by their codes; one it has not is met with 404."""

    needed = frozenset(f"MaDinhDanhCap{level}" for level in range(1, 5)) | {"TenDonVi"}

    def __init__(self, tokens: Tokens, lists: Mapping[str, Sequence[Row]]) -> None:
        self._tokens = tokens
        #: May be changed while it plays.
        self.lists = dict(lists)
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {TOKEN: tokens.grant, "category": self._category}

    def call(self, head: Head) -> str:
        if head.path.endswith("/token"):
            return TOKEN
        return "category" if head.path.startswith(BASE) and head.method == "GET" else ""

    def answer(self, asked: Asked) -> Reply:
        fault = self._tokens.fault(asked) if asked.call != TOKEN else None
        return fault or self._answers[asked.call](asked)

    def refusal(self, order: Order) -> Reply:
        return Reply(order.status or 200, {"MSG": "Data not found", "Count": 0})

    def denial(self) -> Reply:
        return expired()

    def leave(self, body: bytes, type_: str) -> str:
        """More rows of the list of this code (``?type=qlvanbandieuhanhcap2``)."""
        rows = orjson.loads(body)
        if not isinstance(rows, list):
            raise ValueError("expected a list of rows, and ?type= with its code")  # noqa: TRY004 - as JSON that is none
        self.lists[type_] = [*self.lists.get(type_, ()), *rows]
        return type_

    def account(self) -> Mapping[str, object]:
        return {"tokens": self._tokens.made}

    def _category(self, asked: Asked) -> Reply:
        name = asked.head.path.rpartition("/")[2]
        if name not in self.lists:
            return Reply(404, {"Message": f"No HTTP resource was found for {name}"})
        return Reply(200, orjson.dumps(list(self.lists[name])))
