"""Whether rules hold of an answer. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import orjson

from adapters.http.answer_settings import Rule, Status
from adapters.http.decode import Answer
from adapters.http.paths import MISSING

_EMPTY: tuple[object, ...] = (MISSING, None, "", [], {})


def any_holds(rules: Iterable[Rule], answer: Answer) -> bool:
    """Whether one of them does. Of a page none ever does: it is nobody's answer."""
    return not answer.is_page and any(holds(rule, answer) for rule in rules)


def holds(rule: Rule, answer: Answer) -> bool:
    """Whether all that a rule says is so."""
    if rule.status and not any(_is(status, answer.response.status) for status in rule.status):
        return False
    found = _subject(rule, answer)
    return (
        (not rule.values or (found is not MISSING and compared(found) in {compared(one) for one in rule.values}))
        and (not rule.not_values or not (_is_empty(found) or compared(found) in map(compared, rule.not_values)))
        and (not rule.contains or _contains(rule, found))
        and (rule.above is None or _number(found) > rule.above)
        and (rule.present is None or rule.present is not _is_empty(found))
    )


def compared(value: object) -> str:
    """A value as it is compared: a code is the same as a number or a text, in any case and Unicode form."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return fold(_text(value))


def fold(text: str) -> str:
    """A text as it is looked through."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def _is(status: Status, given: int) -> bool:
    return given // 100 == int(status[0]) if isinstance(status, str) else given == status


def _subject(rule: Rule, answer: Answer) -> object:
    if rule.header is not None:
        return answer.response.headers.get(rule.header.lower(), MISSING)
    return answer.at(rule.path) if rule.path is not None else answer.text


def _contains(rule: Rule, found: object) -> bool:
    if found is MISSING:
        return False
    text = fold(_text(found))
    return any(fold(part) in text for part in rule.contains)


def _number(found: object) -> float:
    try:
        return float(found) if isinstance(found, int | float | str) else float("-inf")
    except ValueError:
        return float("-inf")


def _is_empty(found: object) -> bool:
    return any(found is one or (type(found) is type(one) and found == one) for one in _EMPTY)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _dumped(value) if isinstance(value, dict | list) else "" if value is None else str(value)


def _dumped(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # it reads deeper than it writes, and nothing compared lies so deep
        return ""
