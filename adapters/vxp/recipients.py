"""The ``to`` header: JSON text as the SDK writes it, or a bare code as others do."""

from __future__ import annotations

import orjson

from bus.errors import Rejected


def parse_to(text: str) -> tuple[str, ...]:
    """The codes of ``["A","B"]``, ``"A"`` or ``A``, each once, in order; none for an empty header.

    Raises ``Rejected('request.invalid')`` for JSON that holds anything but codes.
    """
    codes = _codes(text.strip())
    if not all(isinstance(code, str) and code.strip() for code in codes):
        raise Rejected("request.invalid", "XroadVnpt-to: expected a JSON list of agency codes")
    return tuple(dict.fromkeys(str(code).strip() for code in codes))


def _codes(text: str) -> list[object]:
    if not text:
        return []
    if text[0] not in '["{':
        return [text]
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Rejected("request.invalid", "XroadVnpt-to: not JSON") from error
    if found == "":
        return []
    return found if isinstance(found, list) else [found]
