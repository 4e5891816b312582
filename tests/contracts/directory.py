"""What every list of agencies promises, against a partner that can be told to misbehave.

A test file gives four fixtures: ``directory``, ``far`` (a :class:`Far`), ``listed`` (what it lists, in order) and
``lost_directory`` (one whose partner does not listen).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pytest

from bus.endpoint import DirectorySource, ListedAgency
from bus.errors import FailureClass, Refused, Unreachable


class Far(Protocol):
    """The far side."""

    def misbehave(self, how: str) -> None:
        """``down``, ``busy``, ``deny``, ``empty``, ``html``, ``refuse``, ``fault``, ``nulls``, ``lies``; ``ok`` ends it."""
        ...


class DirectoryContract:
    """One class of rules for all protocols."""

    def test_everybody_is_listed(self, directory: DirectorySource, listed: Sequence[ListedAgency]) -> None:
        """All that rows say, in the partner's order, and again when asked again; a row without a code is nobody."""
        assert list(directory.agencies()) == listed
        assert list(directory.agencies()) == listed

    def test_who_is_above_is_listed_too(self, directory: DirectorySource, far: Far) -> None:
        """Named by its code, and nobody is above itself."""
        found = list(directory.agencies())
        codes = {one.code for one in found}
        assert any(one.parent for one in found)
        assert all(one.parent in codes - {one.code} for one in found if one.parent)

    def test_its_version_stays_while_nothing_changes(self, directory: DirectorySource) -> None:
        """Or it does not say."""
        assert directory.version() == directory.version()

    @pytest.mark.parametrize("how", ["nulls", "lies"])
    def test_rows_that_lie_cost_no_other(
        self, directory: DirectorySource, far: Far, listed: Sequence[ListedAgency], how: str
    ) -> None:
        """Null rows and members, numbers for texts: a code is all that is needed."""
        far.misbehave(how)
        assert [one.code for one in directory.agencies()] == [one.code for one in listed]

    @pytest.mark.parametrize("how", ["down", "busy", "deny", "empty", "html", "refuse", "fault"])
    def test_no_list_is_no_empty_list(
        self, directory: DirectorySource, far: Far, listed: Sequence[ListedAgency], how: str
    ) -> None:
        """Whatever comes in its place closes no agency, and is over when it is."""
        far.misbehave(how)
        with pytest.raises((Unreachable, Refused)):
            list(directory.agencies())
        far.misbehave("ok")
        assert list(directory.agencies()) == listed

    def test_partner_that_does_not_listen(self, lost_directory: DirectorySource) -> None:
        """Where nobody listens nothing is known."""
        with pytest.raises(Unreachable) as caught:
            list(lost_directory.agencies())
        assert caught.value.failure is FailureClass.CONNECT
