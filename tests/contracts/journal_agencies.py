"""Rules of the cached lists of agencies, and of the look that keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from bus.codebook import Codebook
from bus.endpoint import ListedAgency
from bus.journal import Journal
from bus.journal.agencies import PORTION, Portion
from bus.refresh import AgencyList, ListBusy, ListLost, Refresh, Refreshed
from tests.journals import hand

NOI_VU = ListedAgency("H62.05", "000.00.05.H62", "Sở Nội vụ", "H62", "snv@example.vn")
TAI_CHINH = ListedAgency("H62.07", "000.00.07.H62", "Sở Tài chính 100% _ Đổi mới")
OLD = ListedAgency("H62.03", "000.00.03.H62", "Ban cũ", closed=True)
ALL = (NOI_VU, TAI_CHINH, OLD)


class Partner:
    """A list in a test's hands, and how often it was fetched."""

    def __init__(self, *agencies: ListedAgency, version: str = "") -> None:
        self.listed: Sequence[ListedAgency] = agencies
        self.called = version
        self.fetched = 0

    def version(self) -> str:
        return self.called

    def agencies(self) -> Iterable[ListedAgency]:
        self.fetched += 1
        return iter(self.listed)


def look(journal: Journal, partner: Partner, endpoint: str = "axis", **how: bool) -> Refreshed:
    return Refresh(journal, journal.clock, "first").look(AgencyList(endpoint, partner, None), **how)


def written(told: Refreshed) -> int:
    """How many rows a look wrote."""
    return told.added + told.changed + told.gone


def cached(journal: Journal, endpoint: str = "axis") -> dict[str, str]:
    return {one.code: one.name for page in journal.agencies.pages([endpoint]) for one in page}


class AgencyRules:
    def test_a_list_is_kept_whole(self, journal: Journal) -> None:
        """Everything a list says is in the cache, and the report says how much came."""
        told = look(journal, Partner(*ALL, version="7"))

        assert (told.agencies, told.added, told.version, written(told)) == (3, 3, "7", 3)
        (found,) = journal.agencies.under(["axis"], ["H62.05"])
        assert (found.old_code, found.name, found.parent, found.mail, found.closed) == (
            "000.00.05.H62", "Sở Nội vụ", "H62", "snv@example.vn", False,
        )  # fmt: skip
        head = journal.agencies.heads()["axis"]
        assert (head.version, head.count, head.refreshed_at) == ("7", 3, journal.clock.now())
        codes = Codebook.of(["axis"], journal.agencies.codes(["axis"]))
        assert (codes.code("000.00.07.H62"), codes.closed("H62.03"), len(codes)) == ("H62.07", True, 3)

    def test_what_differs_is_told(self, journal: Journal) -> None:
        """Added, changed, closed and gone are counted apart, and the rest is left."""
        look(journal, Partner(*ALL))
        told = look(journal, Partner(replace(NOI_VU, closed=True), replace(OLD, name="Ban"), ListedAgency("G22")),
                    smaller=True)  # fmt: skip

        assert (told.added, told.changed, told.closed, told.gone) == (1, 2, 1, 1)
        assert cached(journal) == {"H62.05": "Sở Nội vụ", "H62.03": "Ban", "G22": ""}

    def test_nothing_is_written_where_nothing_changed(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither by the same rows in another order, nor by the same version: only the time of the look is kept."""
        partner = Partner(*ALL, version="7")
        look(journal, partner)
        first = journal.agencies.heads()["axis"].changed_at
        portions: list[Portion] = []
        monkeypatch.setattr(journal, "put_agencies", portions.append)
        hand(journal).move(60)
        partner.listed = ALL[::-1]
        told = look(journal, partner, anew=True)
        assert (written(told), partner.fetched) == (0, 2)
        again = look(journal, partner)

        assert (again.looked, partner.fetched, again.agencies) == (False, 2, 3)
        assert portions == []
        head = journal.agencies.heads()["axis"]
        assert (head.refreshed_at, head.changed_at) == (journal.clock.now(), first)

    def test_a_list_without_a_version_is_compared_each_time(self, journal: Journal) -> None:
        """No word on the version is no word that nothing changed."""
        partner = Partner(*ALL)
        look(journal, partner)
        partner.listed = (*ALL, ListedAgency("G22"))

        assert look(journal, partner).added == 1

    @pytest.mark.parametrize(
        "after",
        [(NOI_VU,), tuple(replace(agency, old_code="", closed=False) for agency in ALL)],
        ids=["most of it gone", "its pairs gone"],
    )
    def test_a_list_that_lost_most_changes_nothing(self, journal: Journal, after: Sequence[ListedAgency]) -> None:
        """A partner in trouble does not close the country, unless an operator says that it is right."""
        look(journal, Partner(*ALL))
        partner = Partner(*after)
        with pytest.raises(ListLost):
            look(journal, partner)
        assert len(cached(journal)) == 3

        look(journal, partner, smaller=True)
        assert len(cached(journal)) == len(after)

    def test_an_empty_list_is_no_list(self, journal: Journal) -> None:
        """Whoever says that it is right: there is no country without agencies."""
        look(journal, Partner(*ALL))
        for smaller in (False, True):
            with pytest.raises(ListLost):
                look(journal, Partner(), smaller=smaller)
        assert len(cached(journal)) == 3

    def test_rows_that_are_no_agency_are_counted(self, journal: Journal) -> None:
        """An impossible code is left out with its row; text is kept in one form; the first of two rows counts."""
        rows = (
            ListedAgency(" H62.05 ", "H62.05", "So\u031b\u0309  Nội\nvụ\0"), ListedAgency("H62.05", name="other"),
            ListedAgency("\t"), ListedAgency("x" * 101), ListedAgency("a\u0007b"), ListedAgency("G22", "\u202eold"),
        )  # fmt: skip
        told = look(journal, Partner(*rows))

        assert (told.agencies, told.skipped) == (1, 4)
        (found,) = journal.agencies.under(["axis"], ["H62.05"])
        assert (found.name, found.old_code) == ("Sở Nội vụ", "")

    def test_a_closed_agency_keeps_its_former_code(self, journal: Journal) -> None:
        """Lists may tell no pair of what they close: what was known of it stays, and that of an open one does not."""
        look(journal, Partner(*ALL))
        partner = Partner(replace(NOI_VU, old_code="", closed=True), replace(TAI_CHINH, old_code=""), OLD)
        look(journal, partner)

        codes = Codebook.of(["axis"], journal.agencies.codes(["axis"]))
        assert (codes.code("000.00.05.H62"), codes.closed("H62.05")) == ("H62.05", True)
        assert codes.code("000.00.07.H62") is None
        assert not written(look(journal, partner))

    def test_found_without_accents(self, journal: Journal) -> None:
        """All words, in name or codes, accents and case apart; signs of patterns are signs; open ones first."""
        look(journal, Partner(*ALL, ListedAgency("A1", name="Sở Nội vụ", closed=True)))

        def find(*words: str) -> list[str]:
            return [one.code for one in journal.agencies.find(["axis"], words, 10)]

        assert find("noi", "so") == ["H62.05", "A1"]
        assert find("doi moi") == find("100%") == find("% _ doi") == ["H62.07"]
        assert find("000.00.05") == ["H62.05"]
        assert find("10_") == find("khong") == []
        assert journal.agencies.find(["other"], ["so"], 10) == []

    def test_lists_stand_beside_each_other(self, journal: Journal) -> None:
        """A refresh of one leaves the others alone."""
        look(journal, Partner(*ALL))
        look(journal, Partner(replace(NOI_VU, name="Another word")), "lgsp")

        assert (len(cached(journal)), cached(journal, "lgsp")) == (3, {"H62.05": "Another word"})

    def test_two_processes_do_not_look_at_one_list_together(self, journal: Journal) -> None:
        """The second is told so and writes nothing; when the first has ended it may look."""
        partner, second = Partner(*ALL), Refresh(journal, journal.clock, "second")
        asked = AgencyList("axis", partner, None)

        class Between(Partner):
            def agencies(self) -> Iterable[ListedAgency]:
                with pytest.raises(ListBusy, match="axis"):
                    second.look(asked)
                return super().agencies()

        assert look(journal, Between(*ALL)).added == 3
        assert not written(second.look(asked))

    def test_a_refresh_that_broke_off_is_made_anew(self, journal: Journal) -> None:
        """Until its end a list is no whole one, whatever version it had."""
        partner = Partner(*ALL, version="7")
        look(journal, partner)
        refresh = Refresh(journal, journal.clock, "first")
        assert refresh.last("axis") == journal.clock.now()
        journal.begin_agencies("axis").result()

        assert refresh.last("axis") is None
        assert look(journal, partner).looked
        assert refresh.last("axis") == journal.clock.now()

    def test_a_long_list_goes_in_portions(self, journal: Journal) -> None:
        """Others write in between: no portion has more rows than one may, and pages hold all of it."""
        agencies = [ListedAgency(f"H{number:05}", f"old{number}") for number in range(2 * PORTION + 1)]
        look(journal, Partner(*agencies))
        changed = [replace(agency, closed=True) for agency in agencies]
        told = look(journal, Partner(*changed))

        assert (told.changed, told.closed) == (2 * PORTION + 1,) * 2
        found = [one for page in journal.agencies.pages(["axis"]) for one in page]
        assert [one.code for one in found] == [agency.code for agency in agencies]
        assert all(one.closed for one in found)
