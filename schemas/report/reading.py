"""Bytes to a packet: JSON without anything twice, checked against its contract; all that is wrong at once, a figure with its cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.report.packets import MODELS
from schemas.report.problem import Problem, problem
from schemas.report.table import spelled

_MOST = 500


class PacketInvalid(ValueError):
    """A body is no packet; ``problems`` says everything that is wrong."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(one.text("en") for one in problems))
        self.problems = problems


def read(body: bytes) -> Any:
    """The packet of a body: the model of its ``type``. Raises PacketInvalid. Who calls bounds the body."""
    text = _text(body)
    said = _json(text)
    model = MODELS.get(said.get("type", "")) if isinstance(said, dict) and isinstance(said.get("type"), str) else None
    if model is None:
        kinds = ", ".join(MODELS)
        raise _invalid("type", f"expected one of: {kinds}", f"phải là một trong: {kinds}")
    try:
        return TypeAdapter(model).validate_json(text, strict=True)
    except ValidationError as error:
        raise PacketInvalid(tuple(_told(error, said))) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _invalid("body", "this is not UTF-8", "không phải UTF-8") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "body"
        raise _invalid(where, f"this is no JSON: {error}", "không phải JSON hợp lệ") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        raise ValueError("a key comes twice in one object")
    return said


def _constant(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _invalid(at: str, what: str, what_vi: str) -> PacketInvalid:
    return PacketInvalid((problem("report.shape", at=at, problem=what, problem_vi=what_vi),))


def _told(error: ValidationError, said: Mapping[str, Any]) -> Iterator[Problem]:
    for detail in error.errors(include_url=False, include_context=False)[:_MOST]:
        loc = detail["loc"][1:] if said["type"] == "report.catalog.v1" else detail["loc"]  # the kind comes first
        name = _cell(said, loc)
        if name and loc[-1] == "value" and detail["type"] == "string_type":
            yield problem("report.number", name, given=detail["input"])
        else:
            what = detail["msg"].removeprefix("Value error, ")
            what_vi = _VI.get(detail["type"], "giá trị không hợp lệ")
            at = ".".join(map(str, loc)) or "body"
            yield problem("report.shape", name, at=at, problem=what, problem_vi=what_vi)


_VI = {
    "missing": "thiếu trường bắt buộc",
    "extra_forbidden": "trường không có trong quy định",
    "string_type": "phải là chuỗi ký tự",
    "string_too_long": "quá dài",
    "string_too_short": "không được để trống",
    "too_short": "không được để trống",
    "too_long": "quá nhiều phần tử",
    "enum": "không thuộc danh sách giá trị cho phép",
    "literal_error": "không thuộc danh sách giá trị cho phép",
}


def _cell(said: Mapping[str, Any], loc: tuple[str | int, ...]) -> str:
    """The cell a place in the packet is about, as far as the packet says it."""
    if len(loc) < 2 or loc[0] not in {"observations", "values"}:
        return ""
    try:
        one = said[loc[0]][loc[1]]
        return spelled(str(one["indicator"]), {str(k): str(v) for k, v in (one.get("breakdown") or {}).items()})
    except (KeyError, IndexError, TypeError, AttributeError):
        return ""
