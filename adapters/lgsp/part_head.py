"""The headers of one part of a form: all that is asked of them is the name of its field."""

from __future__ import annotations

import re

from adapters.http.multipart import bad_part, headers_of

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"]*)')
_ESCAPE = re.compile(r"\\(.)")
_NAME = re.compile(r"[ -~]{1,100}")


def name_of(head: bytes, number: int) -> str:
    """The field's name. Raises ``Rejected('request.invalid')`` that says in which part what is wrong."""
    named = [value for name, value in headers_of(head, number) if name == "content-disposition"]
    if len(named) != 1:
        raise bad_part(number, "expected one Content-Disposition")
    kind, _, rest = named[0].partition(";")
    parameters = f";{rest}"
    if kind.strip().lower() != "form-data" or _PARAMETER.sub("", parameters).strip(" \t;"):
        raise bad_part(number, "Content-Disposition is not that of a form's field")
    names = [_plain(value) for parameter, value in _PARAMETER.findall(parameters) if parameter.lower() == "name"]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        raise bad_part(number, "expected one name of a field")
    return names[0]


def _plain(value: str) -> str:
    return _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value.strip()
