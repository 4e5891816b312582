"""Envelopes on their way out, as bytes: whole, or what stands before and behind something that is streamed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from adapters.soap.wire.names import Version

# XML 1.0, production 2: what no XML can carry. Refusals may quote it, for it is what was wrong.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: The prefix of the envelope in all that is written here.
PREFIX = "soap"


def text(value: object) -> str:
    """A value as it stands between tags."""
    return escape(_FORBIDDEN.sub("\ufffd", str(value)), {"\r": "&#13;"})


def attribute(value: str) -> str:
    """A value as it stands in an attribute, in its quotes."""
    return quoteattr(_FORBIDDEN.sub("\ufffd", value))


def element(name: str, value: object) -> str:
    """An element of text."""
    return f"<{name}>{text(value)}</{name}>"


def elements(pairs: Iterable[tuple[str, object]]) -> str:
    """Elements of text, one behind the other; those that say nothing are left out."""
    return "".join(element(name, value) for name, value in pairs if value not in (None, ""))


def opening(version: Version, header: str = "") -> str:
    """All of an envelope before what its body holds."""
    head = f"<{PREFIX}:Header>{header}</{PREFIX}:Header>" if header else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><{PREFIX}:Envelope xmlns:{PREFIX}="{version.namespace}">{head}<{PREFIX}:Body>'


def closing() -> str:
    """All of an envelope behind it."""
    return f"</{PREFIX}:Body></{PREFIX}:Envelope>"
