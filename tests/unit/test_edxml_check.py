"""What the writer refuses to write, and that it says all of it at once."""

from __future__ import annotations

import io
from datetime import datetime

import pydantic
import pytest

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.check import check
from schemas.edxml.codes import Business
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import (
    Bussiness,
    BussinessDocumentInfo,
    DocumentType,
    Edoc,
    MessageHeader,
    Organ,
    OrganIdList,
    OtherInfo,
    ReplacementInfo,
    ReplacementInfoList,
    ResponseFor,
    Status,
    StatusHeader,
    StatusResponse,
    TraceHeaderList,
)
from schemas.edxml.values import Raw
from schemas.edxml.writer import write
from tests.edxml_models import EDOC, HEADER, STATUS


def problems(message: Edoc | Status, *enclosures: Enclosure) -> tuple[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        check(message, enclosures)
    return caught.value.code, caught.value.detail.split("; ")


def header(**fields: object) -> Edoc:
    return Edoc(message_header=HEADER.model_copy(update=fields))


def business(response_for: tuple[ResponseFor, ...] = (), **fields: object) -> Edoc:
    trace = TraceHeaderList(bussiness=Bussiness(**fields))
    return Edoc(message_header=HEADER.model_copy(update={"response_for": response_for}), trace_header_list=trace)


def status(code: str, description: str = "") -> Status:
    update = {"status_code": code, "description": description}
    return Status(message_header=STATUS.message_header.model_copy(update=update))


def test_a_whole_message_is_written() -> None:
    """Nothing is wrong with either kind."""
    check(EDOC)
    check(STATUS)


def test_all_that_is_missing_is_said_at_once() -> None:
    """A sender corrects once, not ten times."""
    bare = Edoc(message_header=MessageHeader(from_=Organ(organ_id="A"), document_id="doc-1"))
    names = "To Code PromulgationInfo DocumentType Subject SignerInfo"

    assert problems(bare) == ("edxml.missing", [f"MessageHeader/{name}" for name in names.split()])


def test_what_is_missing_inside_is_named_by_its_path() -> None:
    """Repeated elements by their place."""
    assert problems(header(to=(Organ(organ_id="B"), Organ(organ_name="C")))) == (
        "edxml.missing",
        ["MessageHeader/To[2]/OrganId"],
    )


def test_a_value_that_could_not_be_read_is_not_written() -> None:
    """It is passed on, but never sent as ours."""
    assert problems(header(other_info=OtherInfo(priority=Raw("khẩn")))) == (
        "edxml.value",
        ["MessageHeader/OtherInfo/Priority is 'khẩn'"],
    )


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"bussiness_doc_type": Business.RECALL}, ["BussinessDocReason", "DocumentId", "ResponseFor"]),
        (
            {"bussiness_doc_type": Business.UPDATE},
            ["BussinessDocReason", "DocumentId", "BussinessDocumentInfo", "ResponseFor"],
        ),
        ({"bussiness_doc_type": Business.REPLACE}, ["BussinessDocReason", "ReplacementInfoList"]),
    ],
)
def test_each_business_needs_its_own_elements(fields: dict[str, object], missing: list[str]) -> None:
    """A recall, update or replacement says why, and of what."""
    code, details = problems(business(**fields))

    assert code == "edxml.missing"
    assert [detail.split("/")[-1].split()[0] for detail in details] == missing


def test_a_whole_recall_update_and_replacement_are_written() -> None:
    """The document is named in Bussiness and again in ResponseFor, for receivers look in either."""
    old = (ResponseFor(organ_id="A", document_id="old"),)
    said = {"document_id": "old", "bussiness_doc_reason": "Gửi nhầm"}
    changes = BussinessDocumentInfo(document_info=True, document_receiver=False)
    replaced = ReplacementInfo(document_id="old", organ_id_list=OrganIdList(organ_id=("B",)))
    listed = ReplacementInfoList(replacement_info=(replaced,))

    check(business(old, bussiness_doc_type=Business.RECALL, **said))
    check(business(old, bussiness_doc_type=Business.UPDATE, bussiness_document_info=changes, **said))
    check(business(bussiness_doc_type=Business.REPLACE, bussiness_doc_reason="Thay", replacement_info_list=listed))


@pytest.mark.parametrize("code", ["02", "13", "16"])
def test_a_refusal_and_a_request_say_why(code: str) -> None:
    """These statuses need a description."""
    assert problems(status(code))[0] == "edxml.missing"
    check(status(code, "Gửi nhầm"))


@pytest.mark.parametrize("code", ["07", "14", "99", "3", ""])
def test_only_statuses_that_are_defined_are_written(code: str) -> None:
    """Others are read and kept."""
    assert problems(status(code))[0] in {"edxml.value", "edxml.missing"}


@pytest.mark.parametrize(
    "said",
    [
        DocumentType(type=2, type_detail=1, type_name="Công văn"),
        DocumentType(type=2, type_detail=18, type_name="công văn"),
        DocumentType(type=3, type_name="Thiệp mừng"),
        DocumentType(type=2, type_detail=40, type_name="Thiệp mừng"),
    ],
)
def test_a_type_goes_with_its_codes(said: DocumentType) -> None:
    """Name and codes of the annex fit each other."""
    assert problems(header(document_type=said))[0] == "edxml.value"


def test_a_type_the_annex_lacks_goes_without_detail() -> None:
    """The Decree has names the annex has not."""
    check(header(document_type=DocumentType(type=2, type_name="Phiếu báo")))
    check(header(document_type=document_type("Thư công")))


def test_ids_are_limited() -> None:
    """Agency codes by the decisions on them, document ids as keys are."""
    assert problems(header(to=(Organ(organ_id="x" * 36),)))[0] == "edxml.value"
    assert problems(header(document_id="x" * (limits.IDENTIFIER + 1)))[0] == "edxml.value"


def test_files_are_checked_too() -> None:
    """Their names, their number, and that it is a document which carries them."""
    assert problems(EDOC, Enclosure("a/b.pdf", io.BytesIO()))[0] == "edxml.attachment_name"
    assert problems(EDOC, *[Enclosure("a.pdf", io.BytesIO())] * (limits.ATTACHMENTS + 1))[0] == "edxml.too_many"
    assert problems(STATUS, Enclosure("a.pdf", io.BytesIO()))[0] == "edxml.value"


def test_nothing_is_written_of_what_is_refused() -> None:
    """No half message goes out."""
    out = io.BytesIO()
    with pytest.raises(Invalid):
        write(header(subject=""), out)

    assert out.getvalue() == b""


@pytest.mark.parametrize(
    "fields",
    [{"subject": 1}, {"subject": None}, {"to": [Organ(organ_id="A")]}, {"due_date": "2025/11/03"}, {"sbject": "x"}],
)
def test_models_take_no_other_types(fields: dict[str, object]) -> None:
    """Nothing is turned into something else on the way, and no field is made up."""
    with pytest.raises(pydantic.ValidationError):
        MessageHeader(**{"from_": Organ(organ_id="A"), "document_id": "x", **fields})


def test_models_are_frozen() -> None:
    """A message is a value."""
    with pytest.raises(pydantic.ValidationError):
        HEADER.subject = "other"


def test_a_status_header_asks_for_what_reading_always_gives() -> None:
    """Without them there is nothing to route or to match."""
    with pytest.raises(pydantic.ValidationError):
        StatusHeader(from_=Organ(organ_id="A"), response_for=StatusResponse(document_id="x"), timestamp=datetime.max)  # noqa: DTZ901
