"""Partners and their secrets on the command line."""

from __future__ import annotations

import stat

import pytest

from tests.buses import home
from tests.clis import bus


@pytest.fixture
def settings(tmp_path):
    return home(tmp_path)


def test_a_secret_is_made_for_its_owner_only_and_not_shown(settings):
    """The file is 0600, and its content is printed only on request."""
    quiet = bus("partner", "secret", "so-noi-vu", "--home", settings.home)
    file = settings.secrets / "so-noi-vu"

    assert quiet.code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) >= 32
    assert file.read_text().strip() not in quiet.out + quiet.err

    shown = bus("partner", "secret", "other", "--show", "--home", settings.home)
    assert shown.out.strip() == (settings.secrets / "other").read_text().strip()


def test_a_secret_is_not_overwritten_by_accident(settings):
    """A second one of that name is refused; --replace makes a new one; nothing else is left in the folder."""
    words = ("partner", "secret", "one", "--home", settings.home)
    bus(*words)
    first = (settings.secrets / "one").read_text()

    assert bus(*words).code == 1
    assert (settings.secrets / "one").read_text() == first
    assert bus(*words, "--replace").code == 0
    assert (settings.secrets / "one").read_text() != first
    assert [file.name for file in settings.secrets.iterdir()] == ["one"]


@pytest.mark.parametrize("name", ["../escape", "a b", ""])
def test_a_secret_stays_in_its_folder(settings, name):
    """A name that could lead elsewhere is wrong usage."""
    assert bus("partner", "secret", name, "--home", settings.home).code == 2


def test_a_partner_without_readable_secret_cannot_sign_in(settings):
    """The test of a partner fails until each of its doors has a secret that can be read."""
    words = ("partner", "test", "so-noi-vu", "--home", settings.home, "--routes", settings.routes)
    assert bus(*words).code == 1
    assert "cannot be read" in bus(*words).out

    bus("partner", "secret", "so-noi-vu", "--home", settings.home)

    assert bus(*words).code == 0
    assert bus(*words, "--json").json()["doors"][0]["secrets"] == [
        {"name": "file:so-noi-vu", "readable": True, "why": ""}
    ]


def test_the_list_names_what_is_missing(settings):
    """Every partner with its doors, and the secrets that cannot be read."""
    told = bus("partner", "list", "--home", settings.home, "--routes", settings.routes, "--json").json()

    assert [one["partner"] for one in told["partners"]] == ["so-noi-vu", "so-tai-chinh", "so-y-te"]
    assert [one["ok"] for one in told["partners"]] == [False, False, False]
    unknown = bus("partner", "test", "nobody", "--home", settings.home, "--routes", settings.routes)
    assert unknown.code == 1
    assert "so-noi-vu" in unknown.err
