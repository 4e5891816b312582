"""WS-Addressing 1.0: what a message says of itself, and what its answer says back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.soap.wire.element import Element
from adapters.soap.wire.headers import one_of
from adapters.soap.wire.names import ADDRESSING
from adapters.soap.wire.writing import text
from bus.errors import Rejected
from schemas.xml import Name

_BACK = {"", f"{ADDRESSING}/anonymous", f"{ADDRESSING}/none"}
#: Letters of a MessageID.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Addressing:
    """What a header says; empty where it says nothing."""

    message_id: str = ""
    action: str = ""

    def answer(self, action: str) -> str:
        """The blocks of an answer: none to who said nothing of this."""
        if not self.message_id and not self.action:
            return ""
        related = (
            f'<wsa:RelatesTo xmlns:wsa="{ADDRESSING}">{text(self.message_id)}</wsa:RelatesTo>'
            if self.message_id
            else ""
        )
        return f'<wsa:Action xmlns:wsa="{ADDRESSING}">{text(action)}</wsa:Action>{related}'


def read(blocks: Sequence[Element]) -> Addressing:
    """What a header says. Raises ``Rejected('request.invalid')`` where it wants the answer elsewhere, for it goes back
    the way the call came.
    """
    for name in ("ReplyTo", "FaultTo"):
        block = one_of(blocks, Name(ADDRESSING, name))
        if block and block.said(Name(ADDRESSING, "Address")) not in _BACK:
            raise Rejected("request.invalid", f"{name}: answers go back the way the call came, and nowhere else")
    message_id = _said(blocks, "MessageID")
    if len(message_id) > _LONGEST:
        raise Rejected("request.invalid", f"MessageID: longer than {_LONGEST} letters")
    return Addressing(message_id, _said(blocks, "Action"))


def _said(blocks: Sequence[Element], name: str) -> str:
    block = one_of(blocks, Name(ADDRESSING, name))
    return block.text if block else ""
