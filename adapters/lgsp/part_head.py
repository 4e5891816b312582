"""The headers of one part of a form: all that is asked of them is the name of its field."""

from __future__ import annotations

import re

from bus.errors import Rejected

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')
_ESCAPE = re.compile(r"\\(.)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NAME = re.compile(r"[ -~]{1,100}")


def name_of(head: bytes, number: int) -> str:
    """The field's name. Raises ``Rejected('request.invalid')`` that says in which part what is wrong."""
    named = [value for name, value in _fields(head, number) if name == "content-disposition"]
    if len(named) != 1:
        raise _bad(number, "expected one Content-Disposition")
    kind, _, rest = named[0].partition(";")
    parameters = f";{rest}"
    if kind.strip().lower() != "form-data" or _PARAMETER.sub("", parameters).strip(" \t;"):
        raise _bad(number, "Content-Disposition is not that of a form's field")
    names = [_plain(value) for parameter, value in _PARAMETER.findall(parameters) if parameter.lower() == "name"]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        raise _bad(number, "expected one name of a field")
    return names[0]


def _fields(head: bytes, number: int) -> list[tuple[str, str]]:
    # Latin-1: software of old writes a file's name in any charset, and no field's name needs more than ASCII.
    text = head.decode("latin-1")
    fields = []
    for line in text.removesuffix("\r\n").split("\r\n") if text else []:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or _CONTROL.search(line):
            raise _bad(number, "expected its headers as lines of 'Name: value'")
        fields.append((name.lower(), value))
    return fields


def _plain(value: str) -> str:
    return _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value.strip()


def _bad(number: int, what: str) -> Rejected:
    return Rejected("request.invalid", f"part {number}: {what}")
