"""What people are shown of what is stored: the same on every way, and plain about what cannot be found yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bus.config import Settings
from bus.control.client import ControlClient
from bus.control.failures import ControlFailed
from bus.control.parts import Parts
from bus.daemon import Daemon
from bus.paging import place
from tests.adapters.api_driver import ApiDriver, client_of
from tests.buses import alone, ask, home, send, until
from tests.clis import bus
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import running
from tests.messages import RECIPIENT, SENDER, edoc, status

SUBJECT = "V/v báo cáo tiến độ"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture
def parts(settings: Settings, tmp_path: Path) -> Iterator[Parts]:
    with alone(settings) as opened:
        for number in range(3):
            send(opened, tmp_path, edoc(document_id=str(number), subject=f"{SUBJECT} {number}"))
        yield opened


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(tmp_path) as started:
        yield started


def test_a_sender_finds_what_it_sent(daemon: Daemon) -> None:
    """By the same questions as operators, with the same answer; nobody else's."""
    with client_of(daemon.doors) as client:
        noi_vu, tai_chinh = ApiDriver(client, NOI_VU), ApiDriver(client, TAI_CHINH)
        for number in range(3):
            noi_vu.send(edoc(document_id=str(number), subject=f"{SUBJECT} {number}"))
        tai_chinh.send(edoc(RECIPIENT, (SENDER,), "back", subject=SUBJECT))
        for filters in (
            {"text": "bao cao ti"},
            {"recipient": RECIPIENT},
            {"state": "offered", "text": "bao cao tien do 1"},
        ):
            api = noi_vu.call("GET", f"/messages?{'&'.join(f'{k}={quote(v)}' for k, v in filters.items())}").json()
            which = {
                "states" if name == "state" else name: [v] if name == "state" else v for name, v in filters.items()
            }
            told = ask(daemon.parts(), "messages", which={**which, "sender": SENDER})
            assert [one["doc_id"] for one in api["copies"]] == [one["copy"] for one in told["copies"]] != []


def test_a_list_of_the_api_goes_on(daemon: Daemon) -> None:
    """With what the page before called next, to the end."""
    with client_of(daemon.doors) as client:
        noi_vu = ApiDriver(client, NOI_VU)
        sent = [noi_vu.send(edoc(document_id=str(number))).id for number in range(3)]
        first = noi_vu.call("GET", "/messages?limit=2").json()
        rest = noi_vu.call("GET", f"/messages?limit=2&after={first['next']}").json()

    assert [one["id"] for one in (*first["copies"], *rest["copies"])] == sent[::-1]
    assert rest["next"] is None


def test_a_question_that_is_wrong_is_refused(daemon: Daemon) -> None:
    """400 in one sentence that says which word of it is wrong."""
    wrong = {
        "after": ("123", "%00", place(7)[:-1]),
        "state": ("nowhere",),
        "type": ("letter",),
        "from": ("yesterday",),
        "to": ("2026-03-02T08:00:00",),
        "limit": ("0", "1001"),
        "text": ("%21%21",),
        "recipient": ("%00",),
    }
    with client_of(daemon.doors) as client:
        for name, values in wrong.items():
            for value in values:
                reply = ApiDriver(client, NOI_VU).call("GET", f"/messages?{name}={value}")
                assert (reply.status, reply.headers["content-type"]) == (400, "application/problem+json")
                assert reply.json()["code"] == "request.invalid"
                assert name in reply.json()["detail"]


@pytest.mark.parametrize(
    "words",
    [
        ("--after", "123"),
        ("--state", "nowhere"),
        ("--since", "yesterday"),
        ("--until", "2026-13-01"),
        ("--since", "99999999999d"),
        ("--limit", "0"),
        ("!!",),
    ],
)
def test_a_command_that_is_wrong_is_wrong_usage(parts: Parts, words: tuple[str, ...]) -> None:
    """Exit 2 before anything is asked."""
    told = bus("messages", *words)

    assert (told.code, told.out) == (2, "")


def test_control_refuses_what_is_wrong_itself(daemon: Daemon) -> None:
    """Whoever asks over the socket."""
    client = ControlClient(daemon.home.settings.control_socket)
    for which in ({"after": "123"}, {"states": ["nowhere"]}, {"since": "yesterday"}, {"text": "!"}, {"limit": 0}):
        with pytest.raises(ControlFailed) as caught:
            client.call("messages", which=which)
        assert caught.value.error["code"] == "request.invalid"


def test_words_and_ids_are_told_apart(settings: Settings, tmp_path: Path) -> None:
    """What may be an id is one; everything else is looked for in number, subject and names."""
    with alone(settings) as parts:
        copies = [send(parts, tmp_path, edoc(document_id=name, subject=name))[0] for name in ("một", "hai")]

    def found(*words: str) -> list[str]:
        return [one["copy"] for one in bus("messages", *words, "--json").json()["copies"]]

    assert found("hai") == found("15/QD-UBND", "HA") == [copies[1]]
    assert found(*copies) == copies[::-1]
    assert found("mot", "hai") == []


def test_a_list_of_the_command_line_goes_on(parts: Parts) -> None:
    """It says how, and that leads on."""
    first = ask(parts, "messages", which={"text": "bao cao", "limit": 2})
    rest = ask(parts, "messages", which={"text": "bao cao", "limit": 2, "after": first["next"]})

    assert [len(first["copies"]), len(rest["copies"])] == [2, 1]
    assert rest["next"] is None


def test_nobody_counts_beyond_a_thousand(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that is not exact is told as such."""
    monkeypatch.setattr("bus.control.listing._COUNTED", 2)

    assert ask(parts, "count", which={"text": "bao"}) == {"count": 2, "more": True}
    assert ask(parts, "count", which={"text": "bao cao tien do 1"}) == {"count": 1, "more": False}


def test_what_cannot_be_found_yet_is_told(settings: Settings, tmp_path: Path) -> None:
    """Where no daemon has kept the index up."""
    with alone(settings) as parts:
        send(parts, tmp_path, edoc(subject=SUBJECT))
        assert ask(parts, "messages", which={"text": "bao"})["behind"] == {"events": 1, "older": 1}
        assert ask(parts, "messages", which={})["behind"] is None

    told = bus("messages", "bao")
    assert "the index is being made: about 2 events and older copies" in told.err
    assert SUBJECT in told.out


def test_the_daemon_keeps_the_index_up(daemon: Daemon) -> None:
    """Without being asked; then nothing is missing."""
    with client_of(daemon.doors) as client:
        ApiDriver(client, NOI_VU).send(edoc(subject=SUBJECT))
    until(lambda: not daemon.home.browse.behind())
    told = ask(daemon.parts(), "messages", which={"text": "bao cao"})

    assert len(told["copies"]) == 1
    assert told["behind"] is None


def test_a_number_leads_to_a_trace(settings: Settings, tmp_path: Path) -> None:
    """To that of the newest document; the others of that number are named, and statuses about it are not."""
    with alone(settings) as parts:
        (older,), (newer,) = (send(parts, tmp_path, edoc(document_id=name)) for name in "ab")
        send(parts, tmp_path, status(document_id="a"), "so-tai-chinh")
        told = ask(parts, "trace", id="15/qđ-ubnd")
        others = ask(parts, "trace", id=older)["message"]

    assert told["copies"][0]["copy"] == newer
    assert [one["message"] for one in told["also"]] == [others]
    assert f"also      {others}" in bus("trace", "15/QĐ-UBND").out


def test_a_document_id_leads_to_its_document(settings: Settings, tmp_path: Path) -> None:
    """And not to the last status about it, which bears the same id."""
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, edoc(document_id="a"))
        send(parts, tmp_path, status(document_id="a"), "so-tai-chinh")

        assert ask(parts, "trace", id="a")["copies"][0]["copy"] == copy
