"""Text and names as they may stand in XML. What XML cannot carry is refused, never dropped or written broken."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from schemas.content import Invalid

# XML 1.0, production 2: everything else cannot be carried, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Of XML's rules for names, those that keep a name from being read as something else.
_NAME = re.compile(r"[^\s<>&\"'/=:!?{}()\[\]\-.\d][^\s<>&\"'/=:!?{}()\[\]]*")


def escaped(name: str, text: str) -> str:
    """The text as it stands between the tags of that name. Raises :class:`Invalid`."""
    return escape(_carried(name, text), {"\r": "&#13;"})


def quoted(name: str, text: str) -> str:
    """The text as the value of an attribute, in its quotes. Raises :class:`Invalid`."""
    return quoteattr(_carried(name, text))


def plain_name(name: str) -> str:
    """The name, without a prefix. Raises :class:`Invalid` if it is none."""
    if not _NAME.fullmatch(name):
        raise Invalid("edxml.value", f"{name!r} is no name of an element or attribute")
    return _carried("a name", name)


def _carried(name: str, text: str) -> str:
    if found := _FORBIDDEN.search(text):
        raise Invalid("edxml.value", f"{name} holds the character U+{ord(found[0]):04X}, which XML cannot carry")
    return text
