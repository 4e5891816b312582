"""Senders that press on while the bus is short of room: they come again until they have a receipt."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tests.e2e.lives import PATIENCE
from tests.e2e.partners import Broken, Document, document
from tests.e2e.places import SECRETS, Place

#: Seconds until a sender that was told to come again does; a real one waits as long as it is told.
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said."""

    status: int
    headers: Mapping[str, str]
    told: Any

    @property
    def come_again(self) -> bool:
        """Whether it is the bus that has no room, in the form that is promised for that."""
        if self.status != 503:
            return False
        assert int(self.headers["retry-after"]) > 0
        assert "bus.busy" in (self.told.get("code"), self.told.get("ErrorCode")), self.told
        return True


def post(place: Place, path: str, headers: Mapping[str, str], body: bytes = b"", method: str = "POST") -> Answer:
    """One call on a connection of its own. Raises one of :data:`~tests.e2e.partners.Broken`."""
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        told = json.loads(answer.read())
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, told)
    finally:
        connection.close()


def attempt(place: Place, paper: Document) -> Answer:
    """Through the native door, once."""
    headers = {"X-Bus-Key": SECRETS["sender"], "Idempotency-Key": paper.sha256}
    return post(place, "/api/v1/messages", headers, paper.body)


def missing(place: Place) -> list[str]:
    """What the bus says it is short of."""
    told: list[str] = post(place, "/ready", {}, method="GET").told["missing"]
    return told


class Presser:
    """Sends one document after another; each until it has a receipt, whatever becomes of the bus."""

    def __init__(self, place: Place, name: str, sizes: tuple[int, ...]) -> None:
        self._place = place
        self._name = name
        self._sizes = sizes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name)
        self.receipts: dict[str, Document] = {}
        self.refused = 0
        self.odd: list[Answer] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        number = 0
        while not self._stop.is_set():
            self._press(document(f"{self._name}-{number}", size=self._sizes[number % len(self._sizes)]))
            number += 1

    def _press(self, paper: Document) -> None:
        """Until there is a receipt, and be it after everybody else has gone home."""
        while True:
            try:
                answer = attempt(self._place, paper)
            except Broken:
                self._stop.wait(_PAUSE)
                if self._stop.is_set():
                    return
                continue
            if answer.status == 202:
                self.receipts[str(answer.told["id"])] = paper
                return
            if not answer.come_again:
                self.odd.append(answer)
                return
            self.refused += 1
            threading.Event().wait(_PAUSE)
