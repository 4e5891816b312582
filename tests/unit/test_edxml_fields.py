"""Messages as flat dictionaries: nothing both sides can say is lost on the way there and back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from schemas.content import Invalid
from schemas.edxml.codes import Business
from schemas.edxml.fields import Fields, fields_of, names_of
from schemas.edxml.fields_in import document_of, status_of
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Message, Organ
from tests.edxml_models import EDOC, STATUS, edocs, statuses
from tests.messages import edoc, status, written
from tests.whole_documents import document


def whole(body: bytes) -> Fields:
    return fields_of(load(io.BytesIO(body)).message)


def made(message: Message, fields: Fields) -> Message:
    return document_of(fields) if isinstance(message, Edoc) else status_of(fields)


def in_json(fields: Fields) -> Fields:
    found: Fields = orjson.loads(orjson.dumps(fields))
    return found


@given(edocs() | statuses())
@settings(max_examples=60)
def test_what_a_message_says_comes_back(message: Message) -> None:
    """All of it but what the standard does not know; also by way of JSON, which has no dates."""
    plain = message.model_copy(update={"extensions": ()})
    fields = fields_of(message)

    assert made(message, fields) == plain
    assert made(message, in_json(fields)) == plain
    assert load(io.BytesIO(written(made(message, fields)))).message == plain


@given(edocs() | statuses())
@settings(max_examples=15)
def test_names_are_known_before_there_is_a_message(message: Message) -> None:
    """So that settings which name them are checked when they are read."""
    assert fields_of(message).keys() <= names_of(type(message))


def test_names_are_the_standards() -> None:
    """As they stand on the wire, and values as what they are."""
    found = whole(edoc(kind="recall", reason="Sai nơi nhận", priority=2))

    assert found == {
        "From.OrganId": "000.00.05.H62",
        "From.OrganName": "Đơn vị 000.00.05.H62",
        "To": [{"OrganId": "000.00.07.H62", "OrganName": "Đơn vị 000.00.07.H62"}],
        "To.OrganId": "000.00.07.H62",
        "To.OrganName": "Đơn vị 000.00.07.H62",
        "DocumentId": "000.00.05.H62,2025/11/03,15/QĐ-UBND",
        "Code.CodeNumber": "15",
        "Code.CodeNotation": "QĐ-UBND",
        "PromulgationInfo.Place": "Vĩnh Yên",
        "PromulgationInfo.PromulgationDate": date(2025, 11, 3),
        "DocumentType.Type": 2,
        "DocumentType.TypeDetail": 2,
        "DocumentType.TypeName": "Quyết định",
        "Subject": "V/v thử nghiệm liên thông văn bản",
        "SignerInfo.Competence": "TM.",
        "SignerInfo.Position": "Chủ tịch",
        "SignerInfo.FullName": "Nguyễn Văn An",
        "DueDate": date(2025, 11, 10),
        "OtherInfo.Priority": 2,
        "Bussiness.DocumentId": "000.00.05.H62,2025/11/03,15/QĐ-UBND",
        "Bussiness.BussinessDocType": 1,
        "Bussiness.BussinessDocReason": "Sai nơi nhận",
        "Bussiness.Paper": False,
    }


def test_a_status_says_who_of_what() -> None:
    """Its code keeps its two digits."""
    found = whole(status(code="03"))

    assert (found["StatusCode"], found["Timestamp"]) == ("03", datetime(2025, 11, 3, 8, 30))  # noqa: DTZ001 - the wire has no zone
    assert (found["From.OrganId"], found["ResponseFor.OrganId"]) == ("000.00.07.H62", "000.00.05.H62")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("DueDate", "10/11/2025", date(2025, 11, 10)),
        ("DueDate", "2025-11-10", date(2025, 11, 10)),
        ("DueDate", datetime(2025, 11, 9, 20, tzinfo=UTC), date(2025, 11, 10)),
        ("Code.CodeNumber", 15, "15"),
        ("OtherInfo.Priority", "2", 2),
        ("OtherInfo.Direction", "true", True),
        ("Bussiness.Paper", 1, True),
        ("ToPlaces.Place", "Lưu: VT", ["Lưu: VT"]),
        ("Subject", "  V/v\n", "V/v"),
        ("Content", None, None),
    ],
)
def test_values_are_taken_in_any_form_that_is_read(name: str, given: object, said: object) -> None:
    """Partners write dates and numbers as they like."""
    assert fields_of(document_of({**fields_of(EDOC), name: given})).get(name) == said


def test_one_of_many_may_be_said_by_its_parts() -> None:
    """A partner that knows one recipient has no list; where there is a list, it counts."""
    fields = fields_of(EDOC)
    one = {name: value for name, value in fields.items() if name != "To"}

    assert document_of(one) == EDOC
    assert document_of({**fields, "To.OrganId": "Z"}) == EDOC
    assert document_of({**one, "To.OrganName": "Sở Mẫu"}).message_header.to == (
        Organ(organ_id="B", organ_name="Sở Mẫu"),
    )


@pytest.mark.parametrize("empty", ["", None, [], [""]])
def test_what_is_named_and_empty_is_not_said(empty: object) -> None:
    """A partner's form has a place for everything, also where there are no changes to tell of and no recipients."""
    fields = fields_of(load(io.BytesIO(document("A", "B", "d-1", kind=Business.REPLACE))).message)
    empties = {name for name, value in fields.items() if isinstance(value, list) or not isinstance(empty, list)}

    assert document_of({**dict.fromkeys(empties, empty), **fields_of(EDOC)}) == EDOC
    assert document_of({**fields_of(EDOC), "ResponseFor": [{}], "Bussiness.StaffInfo.Email": " "}) == EDOC


def test_what_cannot_be_read_is_kept_for_the_writer_to_refuse() -> None:
    """Nothing is guessed."""
    message = document_of({**fields_of(EDOC), "DueDate": "khi có thể"})

    assert fields_of(message)["DueDate"] == "khi có thể"


@pytest.mark.parametrize(
    ("message", "name"), [(EDOC, "DocumentId"), (EDOC, "From.OrganId"), (STATUS, "StatusCode"), (STATUS, "ResponseFor")]
)
def test_what_no_message_is_without_is_missed(message: Message, name: str) -> None:
    """Under its name."""
    fields = {key: value for key, value in fields_of(message).items() if not key.startswith(name)}

    with pytest.raises(Invalid) as caught:
        made(message, fields)

    assert caught.value.code == "edxml.missing"
    assert name.startswith(caught.value.detail)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"subject": "x"}, "subject"),
        ({"StatusCode": "03"}, "StatusCode"),
        ({"To": [{"Code": "x"}]}, "Code"),
        ({"To": "x"}, "To"),
        ({"To": {"OrganId": ["x"]}}, "OrganId"),
        ({"Subject": {"vi": "x"}}, "Subject"),
        ({"ToPlaces.Place": [["x"]]}, "ToPlaces.Place"),
        ({"Code": {"CodeNumber": "15"}}, "Code"),
    ],
)
def test_a_name_or_shape_that_is_none_is_refused(wrong: dict[str, Any], told: str) -> None:
    """It would be lost in silence."""
    with pytest.raises(Invalid, match=told) as caught:
        document_of({**fields_of(EDOC), **wrong})

    assert caught.value.code == "edxml.value"
