"""Where a document stands with a recipient: by the rank of what was reported, never by its order."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.directory import Directory
from bus.journal.statuses import Reported
from bus.life import Reader, life
from bus.plan import Plan
from bus.router import Router
from bus.sent import Life
from schemas.edxml.statuses import KINDS
from tests.unit.routes_models import routes_of

OWNER, RECEIVER, ALIAS, OTHER = "000.00.05.H62", "000.00.07.H62", "H62.07", "000.00.08.H62"
ROUTES = routes_of(f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners:
  snv: {{agencies: ["{OWNER}"]}}
  stc: {{agencies: ["{RECEIVER}"], aliases: {{"{RECEIVER}": ["{ALIAS}"]}}, statuses: {{"14": "15", "09": "06"}}}}
  syt: {{agencies: ["{OTHER}"]}}
""")
DIRECTORY = Directory.build(ROUTES)
READER = Reader(Plan(ROUTES, DIRECTORY, Router(ROUTES, DIRECTORY), frozenset()))

_numbers = count()


def said(code: str, by: str = RECEIVER, to: str = OWNER) -> Reported:
    """One status about the document."""
    document = (OWNER, "VB-1", 1)
    return Reported(document, str(next(_numbers)), code, by, frozenset({to}), "2025/11/03 08:30:00", "vì sao", 0)


def asked(to: str = RECEIVER) -> Reported:
    """The sender asks one recipient to give its document back."""
    return said("13", OWNER, to)


def told(*statuses: Reported, reader: Reader = READER) -> Life:
    """How the document fares at the receiver."""
    return life(statuses, OWNER, RECEIVER, reader)


def stands(*statuses: Reported) -> tuple[str, str]:
    now = told(*statuses)
    return now.handling, now.request


codes = st.one_of(st.sampled_from(sorted(KINDS)), st.from_regex(r"[0-9]{2}", fullmatch=True))
reports = st.lists(
    st.one_of(
        st.builds(said, codes, st.sampled_from([RECEIVER, ALIAS, OTHER, OWNER]), st.sampled_from([OWNER, RECEIVER]))
    ),
    max_size=12,
)


@given(reports, st.data())
def test_neither_order_nor_repeats_matter(given_reports: list[Reported], data: st.DataObject) -> None:
    """However the same statuses come, and however often, they tell of the same state."""
    repeats = data.draw(st.lists(st.sampled_from(given_reports))) if given_reports else []
    shuffled = data.draw(st.permutations([*given_reports, *repeats]))

    assert stands(*shuffled) == stands(*given_reports)


@given(reports)
def test_more_is_never_less(given_reports: list[Reported]) -> None:
    """Each further status leaves the handling where it is or moves it up in rank."""
    ranks = [
        KINDS[now].rank if (now := stands(*given_reports[:length])[0]) else 0
        for length in range(len(given_reports) + 1)
    ]

    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        ((), ""),
        (("01",), "01"),
        (("05", "03", "01"), "05"),
        (("02", "05"), "02"),
        (("06", "02"), "06"),
        (("15", "16"), ""),
    ],
)
def test_the_handling_is_the_highest_of_01_to_06(codes: tuple[str, ...], state: str) -> None:
    """A late 01 takes nothing back; answers to a request are no handling."""
    assert stands(*map(said, codes))[0] == state


def test_a_request_and_its_answers() -> None:
    """13, declined by 16, agreed to by 15 after all; and it is told whose 13 it was."""
    steps = [asked(), said("16"), said("15")]

    assert [stands(*steps[:length])[1] for length in (1, 2, 3)] == ["13", "16", "15"]
    assert told(*steps).asked_by == OWNER
    assert told(said("15")).asked_by == ""


def test_a_request_to_another_recipient_is_not_ours() -> None:
    """A 13 speaks to one receiver; with the others nothing changes, and nothing of it is shown."""
    assert told(asked(OTHER)) == Life()


def test_what_is_defined_nowhere_is_shown_and_not_counted() -> None:
    """07 to 12 and 14 stand in the history and lead to nothing."""
    now = life([said("14", OTHER), said("08", OTHER)], OWNER, OTHER, READER)

    assert (now.handling, now.request) == ("", "")
    assert [(one.code, one.read_as) for one in now.statuses] == [("14", "14"), ("08", "08")]


def test_only_who_may_say_it_is_counted() -> None:
    """The sender reports no handling of its own document and its recipient asks for none back; both are shown."""
    now = told(said("06", OWNER, RECEIVER), said("13", RECEIVER, OWNER))

    assert (now.handling, now.request, now.asked_by) == ("", "", "")
    assert [one.code for one in now.statuses] == ["06", "13"]


def test_another_recipients_word_is_its_own() -> None:
    """Each recipient has a life of the document of its own."""
    assert stands(said("06", OTHER), said("03")) == ("03", "")


def test_any_spelling_of_the_agency_counts() -> None:
    """Codes are compared in their canonical spelling, and shown in it."""
    now = told(said("05", ALIAS))

    assert (now.handling, now.statuses[0].by) == ("05", RECEIVER)


def test_a_partners_odd_codes_are_read_as_it_means_them() -> None:
    """What the file says of a partner's codes holds for its agencies, and what came stays to be seen."""
    now = told(asked(), said("14"), said("09", ALIAS))

    assert (now.handling, now.request) == ("06", "15")
    assert [(one.code, one.read_as) for one in now.statuses[1:]] == [("14", "15"), ("09", "06")]


def test_without_routes_codes_are_read_as_they_stand() -> None:
    """Where no daemon runs and the file cannot be read, a trace is told all the same."""
    assert told(said("05"), said("09"), reader=Reader(None)).handling == "05"
