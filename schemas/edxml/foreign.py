"""Writes elements the standard does not know, as they came."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.content import Invalid
from schemas.edxml.escape import escaped, plain_name, quoted
from schemas.edxml.models.unknown import Extension, Unknown
from schemas.edxml.names import NAMESPACE, PREFIX

_XML = "http://www.w3.org/XML/1998/namespace"


class Bag:
    """The extensions of a message, given out by place; at the end none may be left."""

    def __init__(self, extensions: Sequence[Extension]) -> None:
        self._by_parent: dict[str, list[Unknown]] = {}
        for extension in extensions:
            self._by_parent.setdefault(extension.parent, []).append(extension.element)

    def take(self, parent: str) -> list[str]:
        """The elements that belong there, as XML."""
        return [_xml(element) for element in self._by_parent.pop(parent, ())]

    def check_empty(self) -> None:
        """Raises :class:`Invalid` for what has no place in the message."""
        if self._by_parent:
            raise Invalid("edxml.value", f"the message has no place {min(self._by_parent)} for an extension")


def _xml(element: Unknown) -> str:
    local = plain_name(element.local)
    ours = element.namespace == NAMESPACE
    tag = f"{PREFIX}:{local}" if ours else local
    # Declared on each, for it stands on no element around it that is sure to be there.
    where = f"xmlns:{PREFIX}" if ours else "xmlns"
    attributes = "".join(_attribute(place, *one) for place, one in enumerate(element.attributes))
    inside = escaped(local, element.text) + "".join(map(_xml, element.children))
    return f"<{tag} {where}={quoted('a namespace', element.namespace)}{attributes}>{inside}</{tag}>"


def _attribute(place: int, name: str, value: str) -> str:
    namespace, _, local = name.rpartition("}")
    plain, text = plain_name(local), quoted(local, value)
    if not namespace:
        return f" {plain}={text}"
    if namespace[1:] == _XML:
        return f" xml:{plain}={text}"
    return f" xmlns:a{place}={quoted('a namespace', namespace[1:])} a{place}:{plain}={text}"
