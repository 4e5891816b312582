"""The bus's own words for what partners ask for most, beside the standard's names of it (``fields``).

``number`` and ``symbol`` are what people see in ``15/QĐ-UBND``, which as a whole is the ``notation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schemas.content import Invalid
from schemas.edxml.fields import Fields
from schemas.edxml.models.messages import Edoc, Message, Status
from schemas.edxml.number import join, split

#: Made of two elements, so it stands in no table.
NOTATION = "notation"
_NUMBER, _SYMBOL = "Code.CodeNumber", "Code.CodeNotation"
_FROM = {"sender": "From.OrganId", "senderName": "From.OrganName"}

#: Word and element of each kind of message.
WORDS: Mapping[type[Message], Mapping[str, str]] = MappingProxyType(
    {
        Edoc: _FROM
        | {
            "recipient": "To.OrganId",
            "recipientName": "To.OrganName",
            "documentId": "DocumentId",
            "number": _NUMBER,
            "symbol": _SYMBOL,
            "place": "PromulgationInfo.Place",
            "date": "PromulgationInfo.PromulgationDate",
            "documentType": "DocumentType.Type",
            "documentTypeDetail": "DocumentType.TypeDetail",
            "documentTypeName": "DocumentType.TypeName",
            "subject": "Subject",
            "content": "Content",
            "competence": "SignerInfo.Competence",
            "position": "SignerInfo.Position",
            "signer": "SignerInfo.FullName",
            "dueDate": "DueDate",
            "priority": "OtherInfo.Priority",
            "amount": "OtherInfo.PromulgationAmount",
            "pages": "OtherInfo.PageAmount",
        },
        Status: _FROM
        | {
            "respondTo": "ResponseFor.OrganId",
            "documentId": "ResponseFor.DocumentId",
            "statusCode": "StatusCode",
            "statusText": "Description",
            "statusTime": "Timestamp",
        },
    }
)


def words_of(kind: type[Message]) -> frozenset[str]:
    """The words there are for messages of that kind."""
    return frozenset({*WORDS[kind], NOTATION}) if kind is Edoc else frozenset(WORDS[kind])


def in_words(kind: type[Message], fields: Mapping[str, Any]) -> Fields:
    """What is said in elements, in the bus's words as far as there are any."""
    found = {word: fields[element] for word, element in WORDS[kind].items() if element in fields}
    if kind is Edoc and _NUMBER in fields:
        found[NOTATION] = join(fields[_NUMBER], fields.get(_SYMBOL, ""))
    return found


def in_elements(kind: type[Message], fields: Mapping[str, Any]) -> Fields:
    """What is said in elements, in the bus's words or both, in elements. Raises :class:`Invalid` for what is said twice."""
    found: Fields = {}
    for name, value in _apart(kind, fields):
        element = WORDS[kind].get(name, name)
        if element in found and found[element] != value:
            raise Invalid("edxml.value", f"{element} is said twice, and not the same")
        found[element] = value
    return found


def _apart(kind: type[Message], fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The fields, without a notation: with what it is made of instead."""
    if kind is not Edoc or NOTATION not in fields:
        return list(fields.items())
    number = split(str(fields[NOTATION] or ""))
    others = [(name, value) for name, value in fields.items() if name != NOTATION]
    return [*others, (_NUMBER, number.number), (_SYMBOL, number.notation)]
