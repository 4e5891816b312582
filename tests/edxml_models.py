"""Messages as models: the least that may be written, and any that reading could give, made from the models' shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from schemas.edxml import paths
from schemas.edxml.codes import Business, Priority, Steering
from schemas.edxml.document_types import document_type
from schemas.edxml.models import (
    Block,
    Code,
    Edoc,
    Extension,
    MessageHeader,
    Organ,
    PromulgationInfo,
    SignerInfo,
    Status,
    StatusHeader,
    StatusResponse,
    TraceHeaderList,
    Unknown,
)
from schemas.edxml.names import NAMESPACE, clean
from schemas.edxml.shape import Slot, shape
from schemas.edxml.values import Raw

CARRIED = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
#: The least that the writer takes.
HEADER = MessageHeader(
    from_=Organ(organ_id="A"),
    to=(Organ(organ_id="B"),),
    document_id="doc-1",
    code=Code(code_number="15", code_notation="QĐ-UBND"),
    promulgation_info=PromulgationInfo(place="Tỉnh Mẫu", promulgation_date=date(2025, 11, 3)),
    document_type=document_type("Quyết định"),
    subject="Trích yếu",
    signer_info=SignerInfo(full_name="Nguyễn Văn Mẫu"),
)
EDOC = Edoc(message_header=HEADER)
STATUS = Status(
    message_header=StatusHeader(
        from_=Organ(organ_id="B"),
        response_for=StatusResponse(organ_id="A", document_id="doc-1"),
        status_code="03",
        timestamp=datetime(2025, 11, 3, 8, 30),  # noqa: DTZ001 - the wire has no zone
    )
)


#: Text as reading gives it; the word null is nobody's code.
TEXTS = st.text(CARRIED, min_size=1, max_size=12).map(clean).filter(lambda text: text not in {"", "null"})
MOMENTS = st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0, fold=0))  # noqa: DTZ001

_VALUES: dict[type, st.SearchStrategy[Any]] = {
    date: st.dates(),
    datetime: MOMENTS,
    bool: st.booleans(),
    int: st.integers(0, 999_999_999),
    Priority: st.sampled_from(Priority),
    Steering: st.sampled_from(Steering),
}
_RAW = st.sampled_from(["khi có thể", "12/13/2025x", "1.5", "-1"]).map(Raw)
#: Places every message has or gets by having something there, in the order in which reading finds them.
_PLACES = (paths.ROOT, paths.ENVELOPE, paths.BODY, paths.MANIFEST, paths.ATTACHMENTS, paths.HEADER, paths.MESSAGE)
_INSIDE = (f"{paths.MESSAGE}/From", f"{paths.MESSAGE}/From/OrganId")
_TRACE = (paths.TRACE, f"{paths.TRACE}/Bussiness")


def blocks(kind: type[Block], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any block of that kind that says something."""
    fields = {slot.field: given.get(slot.field, _field(kind, slot)) for slot in shape(kind)}
    return st.builds(kind, **fields).filter(_says)


def edocs() -> st.SearchStrategy[Edoc]:
    """Any document message."""
    return st.builds(
        Edoc,
        message_header=blocks(MessageHeader, document_id=TEXTS),
        trace_header_list=blocks(TraceHeaderList),
        extensions=_extensions((*_PLACES, *_INSIDE, *_TRACE)),
    )


def statuses() -> st.SearchStrategy[Status]:
    """Any status message."""
    header = blocks(
        StatusHeader,
        response_for=blocks(StatusResponse, document_id=TEXTS),
        status_code=st.integers(0, 99).map("{:02}".format),
    )
    return st.builds(Status, message_header=header, extensions=_extensions((*_PLACES, *_INSIDE)))


def _field(kind: type[Block], slot: Slot) -> st.SearchStrategy[Any]:
    annotation = kind.model_fields[slot.field].annotation
    if slot.repeated:
        members = blocks(slot.block) if slot.block else TEXTS
        return st.lists(members, max_size=3).map(tuple)
    if slot.block:
        required = type(None) not in get_args(annotation)
        return blocks(slot.block, organ_id=TEXTS) if required else st.none() | blocks(slot.block)
    return _value(annotation)


def _value(annotation: Any) -> st.SearchStrategy[Any]:
    if annotation is Business:
        return st.sampled_from(Business)
    args = get_args(annotation)
    known = [_VALUES[one] for one in args if one in _VALUES]
    if not known:
        return st.just("") | TEXTS
    return known[0] | _RAW | st.none() if type(None) in args else known[0] | _RAW


def _says(block: Block) -> bool:
    return any(getattr(block, slot.field) not in (None, "", ()) for slot in shape(type(block)))


_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["kind", "{urn:mau:a}kind", "Số"]), st.text(CARRIED, max_size=5), max_size=2
)


def _unknown(children: st.SearchStrategy[tuple[Unknown, ...]]) -> st.SearchStrategy[Unknown]:
    built = st.builds(
        Unknown,
        namespace=st.sampled_from([NAMESPACE, "", "urn:mau", "urn:m&u"]),
        local=st.sampled_from(["Them", "Ghi-chu", "x_1", "Đường", "Signed"]),
        text=st.just("") | TEXTS,
        attributes=_ATTRIBUTES.map(lambda found: tuple(found.items())),
        children=children,
    )
    return built.filter(lambda one: bool(one.text or one.attributes or one.children))


UNKNOWN = _unknown(st.lists(_unknown(st.just(())), max_size=2).map(tuple))


def _extensions(places: Sequence[str]) -> st.SearchStrategy[tuple[Extension, ...]]:
    found = st.dictionaries(st.sampled_from(places), st.lists(UNKNOWN, min_size=1, max_size=2), max_size=2)
    return found.map(
        lambda by_place: tuple(
            Extension(parent=place, element=one) for place in places for one in by_place.get(place, ())
        )
    )
