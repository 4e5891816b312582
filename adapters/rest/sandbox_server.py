"""The sandbox's town: whom a request is for, and what that partner makes of it.

Bodies are hashed as they come and never kept.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import orjson
from pydantic import ValidationError

from adapters.http.stage import Head, Play, Reply, Visit
from adapters.rest.sandbox_partner import Incoming, Mode, Order, Partner

_MAX_ORDER = 64 << 10
_NO_SUCH = Reply(404, {"status": "error", "message": "POST /{agency}/edoc, GET /{agency}/edoc/{docId}"})
_UNKNOWN_KEY = Reply(401, {"status": "rejected", "message": "unknown key"})


class Town:
    """All partners of one sandbox, by name; a name that is called for the first time moves in."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key
        self.partners: defaultdict[str, Partner] = defaultdict(Partner)
        self._held: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)
        self.connections: set[asyncio.Transport] = set()

    def visit(self, head: Head) -> Visit | None:
        """An order, a delivery, a question, or nothing that is known here."""
        match _parts(head.path), head.method:
            case ["_control", agency], _:
                return _Told(self, agency, head.method)
            case ([agency, "edoc"], "POST") | ([agency, "edoc", _], "GET"):
                order = self.partners[agency].order_for(asking=head.method == "GET")
                return None if order.mode is Mode.DROP_BEFORE_READING else _Called(self, agency, order, head)
            case _:
                return _Lost()

    def knows(self, key: bytes) -> bool:
        return self._key is None or hmac.compare_digest(self._key, key)

    def account(self, agency: str) -> Mapping[str, object]:
        return self.partners[agency].account()

    def hold(self, agency: str, answer: Callable[[], None]) -> None:
        self._held[agency].append(answer)

    def obey(self, agency: str, order: Order) -> None:
        """A new order for a partner; answers it held back go out."""
        self.partners[agency].obey(order)
        for answer in self._held.pop(agency, []):
            answer()


class _Lost:
    """A request for nobody."""

    def take(self, data: bytes) -> None:
        """Not looked at."""

    def play(self) -> Play:
        return Play(_NO_SUCH)

    def hold(self, release: Callable[[], None]) -> None:
        release()


class _Told(_Lost):
    """An order, or the question what a partner has."""

    def __init__(self, town: Town, agency: str, method: str) -> None:
        self._town = town
        self._agency = agency
        self._method = method
        self._body = b""

    def take(self, data: bytes) -> None:
        self._body = (self._body + data)[:_MAX_ORDER]

    def play(self) -> Play:
        if self._method == "POST":
            try:
                self._town.obey(self._agency, Order.model_validate_json(self._body))
            except ValidationError as error:
                problems = orjson.loads(error.json(include_url=False, include_input=False))
                return Play(Reply(400, {"problems": problems}))
        return Play(Reply(200, self._town.account(self._agency)))


class _Called:
    """A delivery or a question of the push protocol."""

    def __init__(self, town: Town, agency: str, order: Order, head: Head) -> None:
        self._town = town
        self._agency = agency
        self._order = order
        self._head = head
        self._hash = hashlib.sha256()
        self._size = 0

    def take(self, data: bytes) -> None:
        self._size += len(data)
        self._hash.update(data)

    def play(self) -> Play:
        if not self._town.knows(self._head.headers.get(b"x-bus-key", b"")):
            return Play(_UNKNOWN_KEY)
        partner = self._town.partners[self._agency]
        if self._head.method == "GET":
            return Play(partner.answer(self._order, _parts(self._head.path)[2]))
        return partner.receive(self._order, self._incoming())

    def hold(self, release: Callable[[], None]) -> None:
        self._town.hold(self._agency, release)

    def _incoming(self) -> Incoming:
        digest = f"sha-256=:{base64.b64encode(self._hash.digest()).decode()}:"
        return Incoming(
            doc_id=self._header("idempotency-key"),
            message_id=self._header("x-bus-message-id"),
            attempt=self._header("x-bus-attempt"),
            recipient=unquote(self._header("x-bus-recipient")),
            intact=self._header("content-digest") == digest,
            sha256=self._hash.hexdigest(),
            size=self._size,
        )

    def _header(self, name: str) -> str:
        return self._head.headers.get(name.encode(), b"").decode("latin-1")


def _parts(path: str) -> list[str]:
    """The segments of a path; at least one, though it may be empty."""
    return [unquote(part) for part in path.removeprefix("/").split("/")]
