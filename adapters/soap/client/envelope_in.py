"""What an envelope says, of either version of SOAP: its header, the fault in it, or what its body's element holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.soap.client.tree import Attached, Elsewhere, Long, Tree
from adapters.soap.wire.names import VERSIONS
from bus.errors import Rejected

#: Whose side a fault is on, by the first word of its code.
_SIDES: Mapping[str, str] = MappingProxyType(
    {
        "Client": "client",
        "Sender": "client",
        "VersionMismatch": "client",
        "MustUnderstand": "client",
        "DataEncodingUnknown": "client",
        "Server": "server",
        "Receiver": "server",
    }
)


def said(tree: Tree) -> Mapping[str, object]:
    """What rules look into: members of the body's element, and beside them ``Header`` and ``Fault``.

    Raises ``Rejected('xml.malformed')`` for what is no envelope, or one with two bodies.
    """
    version = _version(tree)
    envelope = tree.value.get("Envelope")
    if not isinstance(envelope, Mapping):
        raise Rejected("xml.malformed", "the answer is an envelope that says it is none")
    body = envelope.get("Body")
    header = {"Header": envelope.get("Header") or {}}
    if not isinstance(body, Mapping) or not body:
        return header
    if "Fault" in body and (3, (version, "Fault")) in tree.outer:
        return {**header, "Fault": _fault(body["Fault"])}
    return {**_members(next(iter(body.values())), tree.by_id), **header}


def _version(tree: Tree) -> str:
    """The namespace of the envelope."""
    outer = [name for depth, name in tree.outer if depth == 1]
    bodies = [name.namespace for depth, name in tree.outer if depth == 2 and name.local == "Body"]
    if len(outer) != 1 or outer[0].local != "Envelope" or outer[0].namespace not in {one.namespace for one in VERSIONS}:
        raise Rejected("xml.malformed", "the answer is no SOAP envelope")
    if bodies != [outer[0].namespace]:
        raise Rejected("xml.malformed", "the answer is an envelope without a body, or with two")
    return outer[0].namespace


def _members(value: object, by_id: Mapping[str, object]) -> Mapping[str, object]:
    while isinstance(value, Elsewhere) and value.id in by_id and by_id[value.id] is not value:
        value = by_id[value.id]
    if isinstance(value, dict):
        return value
    return {"text": value} if isinstance(value, str | Long | Attached | list) else {}


def _fault(fault: object) -> Mapping[str, object]:
    """A fault in one shape, whichever version it is of."""
    told = fault if isinstance(fault, Mapping) else {}
    first, sub = _codes(told)
    return {
        "code": first,
        "side": _SIDES.get(first.partition(".")[0], ""),
        "subcode": sub,
        "text": _text(told.get("faultstring", _below(told.get("Reason"), "Text"))),
        "actor": _text(told.get("faultactor", told.get("Role", ""))),
        "detail": told.get("detail", told.get("Detail", "")),
    }


def _codes(told: Mapping[str, object]) -> tuple[str, str]:
    """The code and, where there is one, what it is below that; prefixes do not count."""
    if "faultcode" in told:
        return _local(told["faultcode"]), ""
    code = told.get("Code")
    return _local(_below(code, "Value")), _local(_below(_below(code, "Subcode"), "Value"))


def _below(value: object, name: str) -> object:
    return value.get(name, "") if isinstance(value, Mapping) else ""


def _local(value: object) -> str:
    return _text(value).strip().rpartition(":")[2]


def _text(value: object) -> str:
    """A text, or the first of several."""
    one = value[0] if isinstance(value, list) and value else value
    return one if isinstance(one, str) else ""
