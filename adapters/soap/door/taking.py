"""The bytes of a call as they come in: where they stand, or beside the envelope, which has to end before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from adapters.soap.door.call import Call, Values
from adapters.soap.wire.envelope import Parameter

T = TypeVar("T")
#: Takes bytes in, knowing what the call said before them.
Receive = Callable[[AsyncIterator[bytes], Values], Awaitable[T]]


async def taken(call: Call, receive: Receive[T], discard: Callable[[T], None]) -> tuple[Values, T]:
    """All that a call says, and what ``receive`` made of its bytes; nothing more comes. Raises Rejected, and then what
    was made is discarded.
    """
    taking = _Taking(call, receive)
    try:
        values = await call.parameters(taking.take)
        return values, await taking.finish(values)
    except BaseException:
        for made in taking.made:
            discard(made)
        raise


class _Taking(Generic[T]):
    def __init__(self, call: Call, receive: Receive[T]) -> None:
        self._call = call
        self._receive = receive
        #: One, once it is there.
        self.made: list[T] = []
        self._beside: str | None = None

    async def take(self, parameter: Parameter, before: Values) -> None:
        self._beside = await parameter.included()
        if self._beside is None:
            self.made.append(await self._receive(parameter.decoded(), before))

    async def finish(self, values: Values) -> T:
        await self._call.envelope.end()
        if self._beside is not None:
            self.made.append(await self._receive(await self._call.package.part(self._beside), values))
        await self._call.package.end()
        (made,) = self.made
        return made
