"""How long operators wait for ``bus messages`` and ``bus trace``: the questions those commands ask, of a running daemon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bus.bench.documents import RECIPIENT, SENDER
from bus.bench.row import percentile
from bus.clock import MICROS
from bus.control.client import ControlClient
from bus.errors import BusError
from bus.paging import place

#: How often each is asked, and seconds after which it is asked no more.
_TIMES, _LONGEST = 20, 10.0

#: Something that is asked, of a copy that is there.
Question = Callable[[ControlClient, Mapping[str, Any]], object]


def asked(client: ControlClient, command: str) -> dict[str, list[float]]:
    """Seconds each question of ``messages`` or ``trace`` took, by what it asks."""
    chosen = list(_copies(client, _TIMES))
    return {name: list(_timed(client, question, chosen)) for name, question in _QUESTIONS[command].items()}


def summed(told: Mapping[str, list[float]]) -> str:
    """The p95 of each in milliseconds, the slowest first."""
    slow = {name: percentile(sorted(seconds), 0.95) * 1000 for name, seconds in told.items()}
    return "p95 in ms: " + ", ".join(f"{name} {slow[name]:.0f}" for name in sorted(slow, key=lambda one: -slow[one]))


def _copies(client: ControlClient, count: int) -> Iterator[Mapping[str, Any]]:
    """Copies from all over the journal."""
    (newest,) = client.call("messages", which={"limit": 1})["copies"]
    for _ in range(count):
        after = place(random.randint(2, newest["seq"] + 1))  # noqa: S311 - anywhere will do
        for copy in client.call("messages", which={"limit": 1, "after": after})["copies"]:
            yield {**copy, "place": place(copy["seq"])}


def _timed(client: ControlClient, question: Question, chosen: list[Mapping[str, Any]]) -> Iterator[float]:
    over = time.monotonic() + _LONGEST
    for copy in chosen:
        began = time.perf_counter()
        question(client, copy)
        yield time.perf_counter() - began
        if time.monotonic() > over:
            return


def _messages(**which: Any) -> Question:
    """Copies that fit a filter; what begins with an ``@`` is taken from a copy that is there."""

    def ask(client: ControlClient, copy: Mapping[str, Any]) -> object:
        filled = {key: copy[value[1:]] if str(value).startswith("@") else value for key, value in which.items()}
        return client.call("messages", which=filled)

    return ask


def _recent(client: ControlClient, _copy: Mapping[str, Any]) -> object:
    return client.call("messages", which={"since": time.time_ns() // 1000 - 3600 * MICROS})


def _trace(key: str) -> Question:
    return lambda client, copy: client.call("trace", id=copy[key])


def _number(client: ControlClient, _copy: Mapping[str, Any]) -> object:
    """What documents often have for a number."""
    return _told(client, f"{random.randrange(1, 6000)}/UBND-VP")  # noqa: S311 - any one will do


def _unknown(client: ControlClient, _copy: Mapping[str, Any]) -> object:
    return _told(client, "000.00.05.H62,2026/03/02,15/QD")


def _told(client: ControlClient, id_: str) -> object:
    try:
        return client.call("trace", id=id_)
    except BusError:
        return None


_QUESTIONS: Mapping[str, Mapping[str, Question]] = {
    "messages": {
        "newest": _messages(),
        "a page further on": _messages(after="@place"),
        "of a sender": _messages(sender="@sender"),
        "for a recipient": _messages(recipient="@recipient"),
        "between two that write seldom": _messages(sender=SENDER, recipient=RECIPIENT),
        "of an agency that never wrote": _messages(sender="000.00.01.H01"),
        "of words": _messages(text="bao cao tinh hinh tiep nh"),
        "of words that many have": _messages(text="ke hoach tai xa"),
        "of a subject": _messages(text="@subject"),
        "of words and a sender": _messages(text="so hoa ho so", sender="@sender"),
        "of a document": _messages(document_id="@document_id"),
        "at an endpoint": _messages(endpoint="@endpoint"),
        "dead": _messages(states=["dead"]),
        "dead, of words": _messages(states=["dead"], text="tai xa"),
        "expired, of a sender": _messages(states=["expired"], sender="@sender"),
        "for a reason": _messages(reason="operator"),
        "for a reason and of a sender": _messages(reason="operator", sender="@sender"),
        "waiting": _messages(states=["waiting"]),
        "of the last hour": _recent,
    },
    "trace": {
        "message": _trace("message"),
        "copy": _trace("copy"),
        "document": _trace("document_id"),
        "number": _number,
        "unknown": _unknown,
    },
}
