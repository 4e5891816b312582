"""A small element read whole: a block of the header, a parameter that is text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.soap.wire.events import Events
from bus.errors import Rejected
from schemas.xml import Name

#: Characters of text in one.
_TEXT = 64 << 10
#: Elements in one.
_INSIDE = 500


@dataclass(frozen=True, slots=True)
class Element:
    """One element with all that is in it."""

    name: Name
    attributes: Mapping[str, str]
    #: Its text beside its children, as it came.
    raw: str = ""
    children: tuple[Element, ...] = ()

    @property
    def text(self) -> str:
        """Its text without blanks around."""
        return self.raw.strip()

    def child(self, name: Name) -> Element | None:
        """The one child of that name. Raises ``Rejected('request.invalid')`` where there are more."""
        found = [one for one in self.children if one.name == name]
        if len(found) > 1:
            raise Rejected("request.invalid", f"{name.local}: given more than once")
        return found[0] if found else None

    def said(self, name: Name) -> str:
        """The text of the one child of that name; empty where there is none."""
        found = self.child(name)
        return found.text if found else ""


class Whole:
    """Reads elements whole, within one bound for all of them."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._text = _TEXT
        self._inside = _INSIDE

    async def element(self, name: Name, attributes: Mapping[str, str]) -> Element:
        """The rest of an element that has begun. Raises ``Rejected('request.header_too_large')``."""
        self._inside -= 1
        self._text -= sum(map(len, (*attributes, *attributes.values())))
        self._check()
        texts: list[str] = []
        children: list[Element] = []
        while (event := await self._events.peek()) is not None:
            if isinstance(event, str):
                texts.append(await self._events.text())
                self._text -= len(texts[-1])
                self._check()
            elif (begun := await self._events.begins()) is not None:
                children.append(await self.element(*begun))
        await self._events.begins()
        return Element(name, attributes, "".join(texts), tuple(children))

    def _check(self) -> None:
        if self._text < 0 or self._inside < 0:
            raise Rejected(
                "request.header_too_large",
                f"the envelope's header holds more than {_TEXT} characters or {_INSIDE} elements",
            )
