"""The way of a call that came in whole from its connection straight to who answers it.

Only what is plain goes this way: a POST to such a path, nothing under way before it, and its small body here when the
bytes at hand end. Everything else goes by ASGI, as if there were no other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from bus.peer import Peer, showing
from bus.whole import SMALL, Answer, Answering, Whole

_LENGTH = b"content-length"
#: What uvicorn says where an application fails.
_FAULT = 500, {"content-type": "text/plain; charset=utf-8"}, b"Internal Server Error"


class _Call:
    """A call under way, as uvicorn's protocol looks at it."""

    def __init__(self, *, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_complete = False

    @property
    def message_event(self) -> _Call:
        """What is set where more of a body came, or nobody is there any more."""
        return self

    def set(self) -> None:
        """Nobody waits for it: the body was whole."""


class DirectProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, with a way past ASGI for calls to the paths of ``answering``."""

    def __init__(self, answering: Mapping[bytes, Answering], **given: Any) -> None:
        super().__init__(**given)
        self.peer: Peer | None = None
        self._answering = answering
        #: Who would answer the call whose body is coming, and what of that is here.
        self._by: Answering | None = None
        self._pieces: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._by:
            self._go_by_asgi()

    def on_headers_complete(self) -> None:
        by = self._answering.get(self.url)
        self._by = by if by and self._is_plain() else None
        if not self._by:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._by:
            self._pieces.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._by:
            self._go(self._by)
        else:
            super().on_message_complete()

    def _is_plain(self) -> bool:
        length = dict(self.headers).get(_LENGTH, b"")
        return (
            length.isdigit()
            and int(length) <= SMALL
            and not self._is_busy()
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and not self.parser.should_upgrade()
            and not self.expect_100_continue
        )

    def _is_busy(self) -> bool:
        before: RequestResponseCycle | None = self.cycle
        return before is not None and not before.response_complete

    def _go_by_asgi(self) -> None:
        """More of the body is to come."""
        self._by, pieces = None, self._taken()
        super().on_headers_complete()
        if pieces:
            super().on_body(pieces)

    def _taken(self) -> bytes:
        body = b"".join(self._pieces)
        self._pieces.clear()
        return body

    def _go(self, by: Answering) -> None:
        self._by = None
        call = _Call(keep_alive=self.parser.should_keep_alive())
        self.cycle = call  # type: ignore[assignment]
        whole = Whole(self.headers, self.client[0] if self.client else "", self._taken())
        task = self.loop.create_task(self._answer(call, by, whole))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, call: _Call, by: Answering, whole: Whole) -> None:
        try:
            answer = await self._answered(by, whole)
        except BaseException:  # as uvicorn: also where the server ends and waits no more
            self.logger.exception("Exception in a direct call")
            call.keep_alive, answer = False, _FAULT
        if self.flow.write_paused and not call.disconnected:
            await self.flow.drain()
        if not call.disconnected:
            self._write(call, *answer)

    async def _answered(self, by: Answering, whole: Whole) -> Answer:
        if not self.peer:
            return await by(whole)
        with showing(self.peer):
            return await by(whole)

    def _write(self, call: _Call, status: int, headers: Mapping[str, str], body: bytes) -> None:
        lines = [b"%b: %b\r\n" % header for header in self.server_state.default_headers]
        told = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        end = "\r\n" if call.keep_alive else "connection: close\r\n\r\n"
        length = f"content-length: {len(body)}\r\n"
        self.transport.write(b"".join([STATUS_LINE[status], *lines, (told + length + end).encode("latin-1"), body]))
        call.response_complete = True
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()
