"""What a document message says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.content import Attachment, Content, Invalid
from schemas.edxml.codes import BUSINESS, PRIORITY_VI, Business
from schemas.edxml.digest import RULE, content_digest
from schemas.edxml.reading import distinct, document_id, organ_id, present, required, texts
from schemas.edxml.tree import Element

# A summary for people needs no list of hundreds.
_NAMES_SHOWN = 20


def edoc_content(
    header: Element, message: Element, attachments: Sequence[Attachment], warnings: Sequence[str]
) -> Content:
    """The content of a document message. Raises :class:`Invalid`."""
    elements = header.walk()
    business = _business(elements)
    type_code, kind = _kind(business)
    own_id = required(document_id(message), "MessageHeader/DocumentId")
    digest = content_digest(header, attachments)
    priority, doubts = _priority(message)
    return Content(
        type="edoc",
        kind=kind,
        sender=required(organ_id(message.one("From")), "MessageHeader/From/OrganId"),
        recipients=distinct(organ_id(to) for to in message.named("To")),
        document_id=own_id,
        key=own_id,
        variant="" if kind is Business.NEW else f"{type_code}:{digest}",
        digest=digest,
        digest_rule=RULE,
        subject=message.first("Subject"),
        priority=priority,
        recalls=kind is Business.RECALL,
        targets=distinct(_targets(kind, message, business)),
        header=texts(elements),
        attachments=tuple(attachments),
        view=_view(message, business),
        warnings=(*warnings, *doubts),
    )


def _business(elements: Sequence[Element]) -> Element | None:
    """The Bussiness block, wherever below the header a system puts it."""
    found = [element for element in elements if element.word == "Bussiness"]
    if len(found) > 1:
        raise Invalid("edxml.value", f"Bussiness stands there {len(found)} times")
    return found[0] if found else None


def _kind(business: Element | None) -> tuple[str, Business]:
    """BussinessDocType as written and what it means; a document without one is new."""
    code = (business.only("BussinessDocType") if business else "") or "0"
    if code not in BUSINESS:
        raise Invalid("edxml.value", "BussinessDocType is not one of 0, 1, 2, 3")
    return code, BUSINESS[code]


def _priority(message: Element) -> tuple[int, tuple[str, ...]]:
    text = message.first("OtherInfo", "Priority")
    if not text:
        return 0, ()
    if text in map(str, range(len(PRIORITY_VI))):
        return int(text), ()
    return 0, ("OtherInfo/Priority is not one of 0 to 4; taken as 0",)


def _targets(kind: Business, message: Element, business: Element | None) -> Iterator[str]:
    """The documents it may be about, the surest first: sources disagree on which element names them."""
    if kind is not Business.NEW and business is not None:
        yield document_id(business)
        if kind is Business.REPLACE:
            yield from (document_id(one) for one in _replaced(business))
    if kind is not Business.NEW:
        yield document_id(message)
    yield from (document_id(response) for response in message.named("ResponseFor"))


def _replaced(business: Element) -> Iterator[Element]:
    for replaced in business.named("ReplacementInfoList"):
        yield from replaced.named("ReplacementInfo")


def _view(message: Element, business: Element | None) -> dict[str, object]:
    return present(
        {
            "number": "/".join(
                filter(None, (message.first("Code", "CodeNumber"), message.first("Code", "CodeNotation")))
            ),
            "type_name": message.first("DocumentType", "TypeName"),
            "place": message.first("PromulgationInfo", "Place"),
            "promulgation_date": message.first("PromulgationInfo", "PromulgationDate"),
            "due_date": message.first("DueDate"),
            "answers": _answers(message, business),
            "signer": message.first("SignerInfo", "FullName"),
            "reason": business.first("BussinessDocReason") if business else "",
            "sender_name": message.first("From", "OrganName"),
            "recipient_names": _names(message.named("To")),
        }
    )


def _answers(message: Element, business: Element | None) -> list[str]:
    """The documents a new one answers, by their ids; what changes another names that one there."""
    if business is not None and _kind(business)[1] is not Business.NEW:
        return []
    return list(distinct(map(document_id, message.named("ResponseFor"))))[:_NAMES_SHOWN]


def _names(organs: Sequence[Element]) -> dict[str, str]:
    named = {organ_id(organ): organ.first("OrganName") for organ in organs[:_NAMES_SHOWN]}
    return {code: name for code, name in named.items() if code and name}
