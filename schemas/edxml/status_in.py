"""What a status message says."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.content import Attachment, Content, Invalid
from schemas.edxml.codes import STATUS_VI, TAKE_BACK
from schemas.edxml.digest import RULE, content_digest
from schemas.edxml.reading import distinct, document_id, organ_id, present, required, texts
from schemas.edxml.tree import Element

_CODE_DIGITS = 2


def status_content(
    header: Element, message: Element, attachments: Sequence[Attachment], warnings: Sequence[str]
) -> Content:
    """The content of a status message. Raises :class:`Invalid`."""
    where = message.local
    code, doubts = _code(required(message.only("StatusCode"), f"{where}/StatusCode"))
    response = message.one("ResponseFor")
    about = required(document_id(response), f"{where}/ResponseFor/DocumentId")
    respond_to = organ_id(response)
    digest = content_digest(header, attachments)
    return Content(
        type="status",
        kind=code,
        sender=required(organ_id(message.one("From")), f"{where}/From/OrganId"),
        recipients=distinct((respond_to,)),
        document_id=about,
        key=about,
        variant="|".join((respond_to, code, message.first("Timestamp"), digest)),
        digest=digest,
        digest_rule=RULE,
        recalls=code == TAKE_BACK,
        targets=(about,),
        respond_to=respond_to,
        header=texts(header.walk()),
        attachments=tuple(attachments),
        view=_view(message, code),
        warnings=(*warnings, *doubts),
    )


def _code(text: str) -> tuple[str, tuple[str, ...]]:
    """The two digits; codes that are defined nowhere are taken as well, and nothing is done on them."""
    if not (text.isascii() and text.isdigit() and len(text) <= _CODE_DIGITS):
        raise Invalid("edxml.value", "StatusCode is not two digits")
    if len(text) < _CODE_DIGITS:
        return text.zfill(_CODE_DIGITS), ("StatusCode has one digit; a leading zero was added",)
    return text, ()


def _view(message: Element, code: str) -> dict[str, object]:
    return present(
        {
            "number": message.first("ResponseFor", "Code"),
            "promulgation_date": message.first("ResponseFor", "PromulgationDate"),
            "status_code": code,
            "status_text": STATUS_VI.get(code, ""),
            "description": message.first("Description"),
            "timestamp": message.first("Timestamp"),
            "sender_name": message.first("From", "OrganName"),
        }
    )
