"""A replay being begun: while its list is made, which takes its time with many, how far that is; Ctrl-C gives it up."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any

from bus.cli import show
from bus.cli.guard import failed
from bus.cli.line import Line
from bus.errors import BusError
from bus.message import new_id

Told = dict[str, Any]
#: Seconds between looks.
_EVERY, _SOON = 1.0, 0.05
_GIVEN_UP = "given up while its list was made"


def begun(line: Line, name: str, given: Told) -> Told:
    """What became of the order. Raises as it does; Exit where it was given up."""
    replay = new_id()
    answer = _asked(line, name, {**given, "id": replay})
    try:
        while not wait([answer], _EVERY).done:
            _tell(line, replay)
    except KeyboardInterrupt:
        _give_up(line, replay, answer)
        raise failed() from None
    told: Told = answer.result()
    return told


def _asked(line: Line, name: str, given: Told) -> Future[Any]:
    """In a thread of its own, so that this one can look and be interrupted."""
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(line.call(name, **given))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="order", daemon=True).start()
    return answer


def _tell(line: Line, replay: str) -> None:
    with suppress(BusError):  # nothing is in it yet
        show.complain(f"{line.call('replay_show', id=replay)['count']:,} in the list so far · đang lập danh sách")


def _give_up(line: Line, replay: str, answer: Future[Any]) -> None:
    """Stop it as soon as it is there, and say what it came to."""
    while not (stopped := _stopped(line, replay)) and not wait([answer], _SOON).done:
        pass
    wait([answer])
    if stopped or _stopped(line, replay):
        told = line.call("replay_show", id=replay)
        show.complain(f"given up: {told['count'] - told['outcomes'].get('left', 0)} of {told['count']} had gone")
    else:
        show.complain("nothing was begun, or it is over: bus replays")


def _stopped(line: Line, replay: str) -> bool:
    with suppress(BusError):
        line.call("replay_stop", id=replay, reason=_GIVEN_UP)
        return True
    return False
