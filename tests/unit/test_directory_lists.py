"""The directory beside a partner's list: what the routes say of an agency wins, the rest is the list's."""

from __future__ import annotations

from bus.codebook import Codebook
from bus.directory import Closure, Directory
from tests.unit.routes_models import routes_of

ROUTES = """
endpoints: {}
partners:
  so-noi-vu: {agencies: ["000.00.05.H62"], aliases: {"000.00.05.H62": ["SNV"]}}
agencies:
  "H62.07": {name: Sở Tài chính, old_code: "07.H62"}
  "H62.09": {closed: 2020-01-01, successor: "H62.10"}
  "H62.11": {name: Sở Y tế}
"""
LIST = (
    ("G22", "000.00.00.G22", 0),
    ("H62.05", "000.00.05.H62", 1),
    ("H62.08", "SNV", 0),
    ("H62.10", "", 1),
    ("H62.12", "H62.11", 0),
    ("H62.13", "000.00.13.H62", 1),
)
NOW = 1_790_000_000_000_000
DIRECTORY = Directory.build(routes_of(ROUTES), Codebook.of(["axis"], LIST))


def test_a_code_only_the_list_knows_goes_by_the_lists_own() -> None:
    """Both spellings are one agency, and it is known."""
    assert DIRECTORY.canonical(" 000.00.00.G22 ") == "G22"
    assert DIRECTORY.spellings("000.00.00.G22") == ("G22", "000.00.00.G22")
    assert DIRECTORY.knows("000.00.00.G22")
    assert not DIRECTORY.knows("G23")
    assert DIRECTORY.spellings("G23") == ("G23",)


def test_a_spelling_of_the_list_means_the_agency_of_the_routes() -> None:
    """Where the routes write the agency in its other spelling, that one is canonical and its partner has it."""
    assert DIRECTORY.canonical("H62.05") == "000.00.05.H62"
    assert DIRECTORY.spellings("H62.05") == ("000.00.05.H62", "SNV", "H62.05")
    assert DIRECTORY.partner_of("H62.05") == "so-noi-vu"


def test_an_alias_of_the_routes_joins_nothing() -> None:
    """What the routes call another name of one agency and the list a former code of another stays with the routes."""
    assert (DIRECTORY.canonical("SNV"), DIRECTORY.canonical("H62.08")) == ("000.00.05.H62", "H62.08")
    assert DIRECTORY.spellings("H62.08") == ("H62.08",)


def test_two_agencies_of_the_routes_stay_two() -> None:
    """What the routes keep apart no list joins; what is new joins the code of theirs it is paired with."""
    assert DIRECTORY.canonical("H62.12") == "H62.11"
    assert DIRECTORY.canonical("H62.07") == "H62.07"
    both = Directory.build(
        routes_of('endpoints: {}\nagencies: {"A": {}, "B": {}}\n'), Codebook.of(["axis"], [("A", "B", 0)])
    )
    assert (both.canonical("A"), both.canonical("B")) == ("A", "B")
    assert (both.spellings("A"), both.spellings("B")) == (("A",), ("B",))


def test_the_list_closes_codes_the_routes_do_not_speak_of() -> None:
    """In every spelling, and without a successor, for lists name none."""
    assert DIRECTORY.closed("000.00.13.H62", NOW) == Closure("H62.13")
    assert DIRECTORY.closed("G22", NOW) is None


def test_the_routes_overrule_the_list_on_closing() -> None:
    """An agency of the routes is open unless they say otherwise."""
    assert DIRECTORY.closed("000.00.05.H62", NOW) is None
    assert DIRECTORY.closed("H62.05", NOW) is None


def test_a_successor_that_a_list_closed_is_not_named() -> None:
    """The chain ends at an open code or nowhere."""
    assert DIRECTORY.closed("H62.09", NOW) == Closure("H62.09", "")


def test_every_spelling_is_one_of_its_own() -> None:
    """The spellings of any spelling are the same, canonical first."""
    for text in {text for row in LIST for text in row[:2] if text} | {"SNV", "07.H62", "H62.07"}:
        spellings = DIRECTORY.spellings(text)
        assert text in spellings
        assert {DIRECTORY.canonical(one) for one in spellings} == {spellings[0]}
