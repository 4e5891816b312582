"""A tree of templates as the values zeep is given, with marks in place of bytes."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.http.facts import of_file
from adapters.http.filters import text_of
from adapters.http.json_tree import EACH_FILE
from adapters.http.sending import Sending, streamed
from adapters.http.template import Template
from adapters.soap.client.marks import Marked, Marks
from bus.papers import File


def parameters(tree: object, sending: Sending, marks: Marks) -> dict[str, object]:
    """The values of a call. Raises Refused where the message cannot be had."""
    made = _value(tree, sending, marks, None)
    return made if isinstance(made, dict) else {}


def _value(tree: object, sending: Sending, marks: Marks, file: File | None) -> object:
    if isinstance(tree, Mapping):
        each = tree.get(EACH_FILE)
        if len(tree) == 1 and each is not None:
            return [_of_file(each, sending, marks, one, number) for number, one in enumerate(sending.files, 1)]
        return {name: _value(value, sending, marks, file) for name, value in tree.items()}
    if isinstance(tree, tuple):
        return [_value(one, sending, marks, file) for one in tree]
    return _said(tree, sending, marks, file) if isinstance(tree, Template) else tree


def _of_file(each: object, sending: Sending, marks: Marks, file: File, number: int) -> object:
    return _value(each, Sending(of_file(sending.names, file, number), sending.body, sending.papers), marks, file)


def _said(template: Template, sending: Sending, marks: Marks, file: File | None) -> object:
    match streamed(template):
        case "":
            value = template.value(sending.names)
            return value if isinstance(value, bool | int | float) else text_of(value)
        case "file.base64" if file:
            return marks.put(Marked(file.body, media_type=file.media_type))
        case "edxml.text":
            return marks.put(Marked(sending.message, is_text=True))
        case _:
            return marks.put(Marked(sending.message, media_type="application/xml"))
