"""The calls of the link that bring packets: one system's ids, a packet, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from adapters.http.call_settings import CallSettings
from adapters.http.client import HttpClient
from adapters.http.decode import Answer, read
from adapters.http.paths import opened
from adapters.http.sending import Sending
from adapters.http.spill import Spill
from adapters.qlvb.settings import QueueSettings
from bus.errors import FailureClass, Refused, Unreachable
from bus.transport import Response

_MAX_ID = 200


class Link:
    """Calls to one system, all of which may be repeated."""

    def __init__(self, queue: QueueSettings, client: HttpClient) -> None:
        self._queue = queue
        self._client = client

    def ids(self) -> list[str]:
        """What waits for us. Raises Unreachable, also for an answer that is no list: that is not an empty one."""
        data = self._data(self._answered(self._queue.list, {}))
        if not isinstance(data, list):
            raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no list")
        found = (str(one).strip() for one in data if isinstance(one, str | int) and not isinstance(one, bool))
        return [one for one in found if 0 < len(one) <= _MAX_ID and one.isprintable()]

    def packet(self, id_: str, most: int, spills: Callable[[Spill], None]) -> Mapping[str, object]:
        """A packet of at most so many bytes in files, which are in the last spill that ``spills`` is told of; they are its
        to discard. Raises Unreachable, Rejected.
        """

        def taking() -> Spill:
            spill = Spill(most)
            spills(spill)
            return spill

        data = self._data(self._answered(self._queue.get, {"id": id_}, taking, most * 2 + (1 << 20)))
        if not isinstance(data, Mapping):
            raise Unreachable(FailureClass.SERVER_FAULT, "the answer holds no packet")
        return data

    def tell(self, id_: str, *, done: bool, reason: str = "") -> None:
        """What became of a packet. Raises Unreachable."""
        call = self._queue.done if done else self._queue.fail
        self._answered(call, {"id": id_, "state": "done" if done else "fail", "reason": reason})

    def put_back(self, id_: str) -> None:
        """Have a packet listed again, where that can be said. Raises Unreachable."""
        if self._queue.again:
            self._answered(self._queue.again, {"id": id_, "state": "again"})

    def _answered(
        self,
        call: CallSettings,
        said: Mapping[str, str],
        taking: Callable[[], Spill] | None = None,
        most: int = 1 << 20,
    ) -> Response:
        names = {"type": "edoc", "state": "", "reason": "", **said}
        sending = Sending(self._client.facts().also({name: _says(text) for name, text in names.items()}))
        with _again():
            response = self._client.call(call, sending, taking=taking, max_answer=most)
            self._client.judge.success(read(response), self._queue.success)
        return response

    def _data(self, response: Response) -> object:
        return opened(Answer(response, read(response).value).at(self._queue.data))


def _says(text: str) -> Callable[[], object]:
    return lambda: text


@contextmanager
def _again() -> Iterator[None]:
    """A no to a question or an ack settles nothing: the packet is still there and comes again."""
    try:
        yield
    except Refused as refusal:
        raise Unreachable(refusal.failure, refusal.words, code=refusal.code) from refusal
