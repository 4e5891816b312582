"""``/api/docs``: the OpenAPI document as a page that any browser shows on a closed network.

Made from the document alone, so that it cannot say anything else. No script, nothing fetched from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from adapters.api.problems import MEDIA_TYPE
from adapters.api.shapes import Field, Shapes, curl

Json = Mapping[str, Any]

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;"
    "vertical-align:top}pre{background:#f3f3f3;padding:.7rem;overflow-x:auto}section{border-top:2px solid #999}"
)
_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_MARKS = ((re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"), (re.compile(r"`(.+?)`"), r"<code>\1</code>"))


def docs(document: Callable[[], Json], root: str) -> Callable[[Request], Response]:
    """The answer at ``/docs`` of an application that is mounted at ``root``."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    headers = {"content-security-policy": _POLICY.format(digest), "x-content-type-options": "nosniff"}

    def answer(_request: Request) -> Response:
        return HTMLResponse(page(document(), root), headers=headers)

    return answer


def page(document: Json, root: str) -> str:
    """The whole page."""
    title, shapes = escape(document["info"]["title"]), Shapes(document)
    calls = [
        (method.upper(), path, call) for path, calls in document["paths"].items() for method, call in calls.items()
    ]
    contents = "".join(f'<li><a href="#{_anchor(call)}">{_line(*call, root)}</a></li>' for call in calls)
    sections = "".join(_section(method, root + path, call, shapes) for method, path, call in calls)
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{title} – API</h1><p>{_text(document['info'].get('description', ''))}</p>"
        f'<p>Bản máy đọc · For machines: <a href="{escape(root)}/openapi.json">{escape(root)}/openapi.json</a></p>'
        f"<h2>Xác thực · Authentication</h2>{''.join(_schemes(document))}"
        f"<p>Trong các ví dụ · In the examples: <code>BUS</code> là địa chỉ của trục · is where the bus is, "
        f"<code>KEY</code> là khóa của đơn vị · is the partner's key.</p>"
        f"<h2>Từ chối · Refusals</h2>{_refusals(document, shapes)}"
        f"<h2>Các lời gọi · Calls</h2><ul>{contents}</ul>{sections}</body></html>"
    )


def _schemes(document: Json) -> Iterator[str]:
    for scheme in document.get("components", {}).get("securitySchemes", {}).values():
        yield f"<p><code>{escape(scheme.get('name', ''))}</code> ({scheme.get('in', '')}): {_text(scheme.get('description', ''))}</p>"


def _refusals(document: Json, shapes: Shapes) -> str:
    """What every refusal looks like, told once."""
    form = document.get("components", {}).get("schemas", {}).get("Problem", {})
    example = json.dumps(form.get("example", {}), ensure_ascii=False, indent=2)
    return f"<p><code>{MEDIA_TYPE}</code></p>{_fields(shapes.fields(form))}<pre>{escape(example)}</pre>"


def _anchor(call: tuple[str, str, Json]) -> str:
    return escape(str(call[2]["operationId"]))


def _line(method: str, path: str, call: Json, root: str) -> str:
    return f"<code>{method} {escape(root + path)}</code> {escape(call.get('summary', ''))}"


def _section(method: str, path: str, call: Json, shapes: Shapes) -> str:
    """One call: what it is for, what it takes, what it answers, and how to try it."""
    return (
        f'<section id="{_anchor((method, path, call))}"><h2>{_line(method, path, call, "")}</h2>'
        f"<p>{_text(call.get('description', ''))}</p>"
        + _titled("Tham số · Parameters", _fields(shapes.parameters(call)))
        + _titled("Nội dung gửi · Request body", _content(call.get("requestBody", {}), shapes))
        + _titled("Trả lời · Answers", _answers(call["responses"], shapes))
        + _titled("Ví dụ · Example", f"<pre>{escape(curl(method, path, call, shapes))}</pre>")
        + "</section>"
    )


def _titled(title: str, body: str) -> str:
    return f"<h3>{title}</h3>{body}" if body else ""


def _answers(responses: Mapping[str, Json], shapes: Shapes) -> str:
    return "".join(f"<h4>{escape(status)}</h4>{_content(answer, shapes)}" for status, answer in responses.items())


def _content(body: Json, shapes: Shapes) -> str:
    """What a body is for, then each form it may have."""
    told = _text(body.get("description", ""))
    forms = (
        f"<p><code>{escape(media)}</code></p>{'' if media == MEDIA_TYPE else _fields(shapes.fields(form.get('schema', {})))}"
        for media, form in body.get("content", {}).items()
    )
    headers = ", ".join(f"<code>{escape(name)}</code>" for name in body.get("headers", {}))
    return (f"<p>{told}</p>" if told else "") + (f"<p>Header: {headers}</p>" if headers else "") + "".join(forms)


def _fields(fields: Iterable[Field]) -> str:
    rows = "".join(map(_row, fields))
    heads = ("Tên · Name", "Kiểu · Type", "Bắt buộc · Required", "Ý nghĩa · Meaning", "Ví dụ · Example")
    return f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}</table>" if rows else ""


def _row(field: Field) -> str:
    cells = (f"<code>{escape(field.name)}</code>", escape(field.kind), "có · yes" if field.required else "")
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in (*cells, _text(field.meaning), escape(field.example)))}</tr>"


def _text(words: str) -> str:
    """The two marks our descriptions use, and nothing of theirs that could be markup."""
    words = escape(words.strip())
    for mark, tag in _MARKS:
        words = mark.sub(tag, words)
    return words
