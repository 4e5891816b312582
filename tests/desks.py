"""A partner whose documents and statuses are fields of JSON, both ways: what it has for us is listed, fetched and acked.

``POST /take`` takes one; ``GET /list/{type}``, ``GET /get/{id}`` and ``POST /ack/{id}`` are its queue. A field's name has
``_`` where ours has a dot.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply
from schemas.edxml.fields import fields_of, names_of
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Status
from tests.seen import Seen, hash_of, said_as

DOCUMENTS, STATUSES = frozenset(names_of(Edoc)), frozenset(names_of(Status))


class FieldsDesk:
    """The partner. Nothing of the bus's own reads or writes its JSON, but for the names of fields."""

    needed = frozenset({"id"})

    def __init__(self, now: Callable[[], int]) -> None:
        self.shelves = Shelves(now, "D")
        #: What it was sent, by what it is.
        self.came: dict[str, list[Seen]] = {"edoc": [], "status": []}

    def call(self, head: Head) -> str:
        return head.path.split("/")[1]

    def answer(self, asked: Asked) -> Reply:
        match asked.head.path.split("/")[1:]:
            case ["take"]:
                self._take(cast("Mapping[str, Any]", asked.json()))
                return Reply(200, {})
            case ["list", type_]:
                rows = [{"id": one.doc_id, "to": one.content["to"]} for one in self.shelves.waiting(type_)]
                return Reply(200, {"data": rows})
            case ["get", id_] if found := self.shelves.find(id_):
                return Reply(200, found.content)
            case ["ack", id_] if found := self.shelves.find(id_):
                found.state = "done"
                return Reply(200, {})
        return Reply(404, {})

    def refusal(self, order: Order) -> Reply:
        return Reply(order.status or 422, {})

    def denial(self) -> Reply:
        return Reply(401, {})

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def offer(self, body: bytes, type_: str, to: str) -> None:
        """Have a message for us, as this partner says such things."""
        sinks: dict[int, io.BytesIO] = {}
        found = load(io.BytesIO(body), lambda place: sinks.setdefault(place, io.BytesIO()))
        fields = {name.replace(".", "_"): value for name, value in fields_of(found.message).items()}
        files = [
            {"name": one.attachment.name, "base64": base64.b64encode(sink.getvalue()).decode()}
            for one, sink in zip(found.files, sinks.values(), strict=True)
        ]
        content = {"to": to, "fields": fields, "files": files}
        self.shelves.offer(json.loads(json.dumps(content, default=str)), type_)

    def _take(self, told: Mapping[str, Any]) -> None:
        kind = Status if told["type"] == "status" else Edoc
        fields = {name.replace("_", "."): value for name, value in told["fields"].items() if value != ""}
        files = tuple((one["name"], hash_of(base64.b64decode(one["base64"], validate=True))) for one in told["files"])
        self.came[told["type"]].append(Seen("", said_as(kind, fields), files))


def endpoint(name: str) -> str:
    """Its line in routes.yaml; ``$name`` is where it listens."""
    names = sorted(DOCUMENTS | STATUSES)
    sent = ", ".join(f'"{name.replace(".", "_")}": "{{{name}}}"' for name in names)
    got = ", ".join(f'"{name}": "fields.{name.replace(".", "_")}"' for name in names)
    lists = ", ".join(
        f'{{type: {type_}, call: {{method: GET, path: "/list/{type_}"}}, rows: data, id: id, recipient: to}}'
        for type_ in ("edoc", "status")
    )
    files = '{"{files}": {name: "{file.name}", base64: "{file.base64}"}}'
    body = f'{{kind: json, value: {{type: "{{type}}", fields: {{{sent}}}, files: {files}}}}}'
    content = f"{{kind: fields, fields: {{{got}}}, files: files, file_name: name, file_base64: base64}}"
    return (
        f'  {name}: {{kind: http, url: "${name}", allow: ["127.0.0.1"], idempotency: id, poll: 1h,\n'
        f'    send: {{call: {{method: POST, path: "/take", body: {body}}}}},\n'
        f"    receive: {{lists: [{lists}], get: {{call: {{method: GET, path: '/get/{{id}}'}}, content: {content}}},\n"
        f"      done: {{call: {{method: POST, path: '/ack/{{id}}'}}}}}}}}\n"
    )
