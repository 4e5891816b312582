"""The code lists: complete, in their order, and told from what messages say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml import abbreviations, statuses
from schemas.edxml.codes import BUSINESS, BUSINESS_VI, PRIORITY_VI, STATUS_VI, Priority, Steering
from schemas.edxml.document_types import KINDS, Group, document_type, recognise
from schemas.edxml.models import DocumentType
from schemas.edxml.statuses import About, By


def test_the_annex_has_its_two_groups() -> None:
    """13 legal and 32 administrative types, numbered from 1."""
    legal, administrative = KINDS[Group.LEGAL], KINDS[Group.ADMINISTRATIVE]

    assert [kind.index for kind in legal] == list(range(1, 14))
    assert [kind.index for kind in administrative] == list(range(1, 33))
    assert (legal[7].name, administrative[17].name, administrative[31].name) == ("Quyết định", "Công văn", "Thư công")


@pytest.mark.parametrize("kind", [kind for kinds in KINDS.values() for kind in kinds], ids=lambda kind: kind.name)
def test_every_type_is_written_and_recognised(kind) -> None:
    """What is written by a name is recognised as it, in either case and by its codes alone."""
    written = document_type(kind.name, kind.group)

    assert recognise(written) == kind
    assert recognise(written.model_copy(update={"type_name": f" {kind.name.upper()}  "})) == kind
    assert recognise(DocumentType(type=written.type, type_detail=written.type_detail)) == kind


def test_a_name_in_both_groups_is_told_by_the_group() -> None:
    """Quyết định is legal under 1, administrative under 2, and administrative where the code says neither."""
    groups = [recognise(DocumentType(type=code, type_name="Quyết định (cá biệt)")) for code in (1, 2, 18)]

    assert [kind.group for kind in groups if kind] == [Group.LEGAL, Group.ADMINISTRATIVE, Group.ADMINISTRATIVE]


def test_what_is_in_no_list_is_not_recognised() -> None:
    """Nothing is guessed."""
    assert recognise(DocumentType(type=7, type_detail=99, type_name="Thiệp mừng")) is None
    assert recognise(DocumentType()) is None
    with pytest.raises(KeyError):
        document_type("Thiệp mừng")


def test_the_decree_has_27_abbreviations_and_3_forms_of_copy() -> None:
    """All but Phiếu báo have a line in the annex."""
    missing = [short for short in abbreviations.TYPES if abbreviations.in_annex(short) is None]

    assert (len(abbreviations.TYPES), len(abbreviations.COPIES)) == (27, 3)
    assert missing == ["PB"]
    with pytest.raises(KeyError):
        abbreviations.in_annex("CV")


def test_the_small_lists_are_whole() -> None:
    """Every code has a name, and every name a code."""
    assert [priority.value for priority in Priority] == list(range(len(PRIORITY_VI)))
    assert [steering.value for steering in Steering] == [0, 1, 2]
    assert set(BUSINESS.values()) == set(BUSINESS_VI)
    assert set(statuses.KINDS) == set(STATUS_VI)
    assert statuses.KINDS["06"].name == "Hoàn thành"


def test_only_the_sender_takes_back() -> None:
    """13 is the sender's; all others are the receiver's."""
    assert [code for code, kind in statuses.KINDS.items() if kind.by is By.SENDER] == ["13"]


@pytest.mark.parametrize(
    ("codes", "now"),
    [
        ([], None),
        (["01"], "01"),
        (["01", "03", "05"], "05"),
        (["01", "03", "04", "05", "06"], "06"),
        (["01", "02"], "02"),
        (["07", "14"], None),
        (["01", "13", "15"], "01"),
    ],
)
def test_the_state_is_told_by_rank(codes: list[str], now: str | None) -> None:
    """Whatever order the statuses of a document came in, and however often."""
    random.shuffle(codes)
    found = statuses.current(codes * 2)

    assert (found.code if found else None) == now


@given(st.lists(st.sampled_from(["13", "15", "16", "03"])))
def test_a_request_is_open_until_it_is_answered(codes: list[str]) -> None:
    """13 stands while nobody answered; 15 outranks 16."""
    found = statuses.current(codes, About.REQUEST)

    assert (found.code if found else None) == next((code for code in ("15", "16", "13") if code in codes), None)
