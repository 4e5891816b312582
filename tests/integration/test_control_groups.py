"""Groups, letters and doubts, asked of a home that no daemon runs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bus.clock import MICROS, HandClock
from bus.errors import NotFound, Rejected
from bus.journal import schema
from bus.journal.lease import LeaseRequest
from bus.journal.settle import Settlement
from bus.journal.states import State
from tests.buses import PATIENCE, PUSHED, WHO, alone, ask, home, send, settle, state
from tests.messages import RECIPIENT, SENDER, edoc

AUTH = "push/auth/401/answer"
SUBJECT = "V/v nhân sự của ông A"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def parts(tmp_path, clock):
    with alone(home(tmp_path), clock) as opened:
        yield opened


@pytest.fixture
def failed(parts, tmp_path, clock):
    """Has a document for the pushed endpoint fail; its copy."""

    def fail(number=1, to=State.DEAD, failure="auth", code="401", words="HTTP 401 no such key", **more):
        (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id=f"d{number}", subject=SUBJECT))
        settled(parts, copy, to, failure, code, words, clock, **more)
        return copy

    return fail


def settled(parts, copy, to, failure, code, words, clock, **more):
    lease = parts.journal.lease(LeaseRequest(copy, 60 * MICROS)).result(PATIENCE)
    now = clock.now()
    told = {
        "reason": failure,
        "failure": failure,
        "code": code,
        "words": words,
        "began_at": now,
        "ended_at": now,
        **more,
    }
    assert parts.journal.settle(Settlement(copy, lease.id, to, outcome="told", **told)).result(PATIENCE)


def test_a_group_says_what_it_is_and_what_to_do(parts, failed):
    """Its fingerprint in parts, how much, how old, and a hint in both languages."""
    copies = [failed(number) for number in range(3)]
    failed(9, failure="connect", code="")

    told = ask(parts, "groups")
    assert (told["count"], told["hidden"]) == (4, 0)
    first = told["groups"][0]
    assert {name: first[name] for name in ("group", "endpoint", "class", "code", "place", "count", "states")} == {
        "group": AUTH, "endpoint": "push", "class": "auth", "code": "401", "place": "answer", "count": 3, "states": {"dead": 3}
    }  # fmt: skip
    assert first["hint"]["side"] == "operator"
    assert "khóa" in first["hint"]["what_vi"]
    one = ask(parts, "group", group=AUTH)
    assert [copy["copy"] for copy in one["copies"]] == copies[::-1]
    assert {(copy["class"], copy["group"]) for copy in one["copies"]} == {("auth", AUTH)}
    assert "2 more like it" in one["letter"]["en"]
    assert "2 bản gửi khác" in one["letter"]["vi"]


def test_very_many_groups_are_told_in_part(parts, failed):
    """Those with most copies; the others are counted."""
    for number in range(4):
        failed(number, code=str(400 + number // 3))

    told = ask(parts, "groups", limit=1)
    assert (told["count"], told["hidden"], [one["code"] for one in told["groups"]]) == (4, 1, ["400"])


def test_groups_of_one_endpoint(parts, failed):
    """By its whole name, not by how it begins."""
    failed()

    assert ask(parts, "groups", endpoint="pus")["groups"] == []
    assert len(ask(parts, "groups", endpoint="push")["groups"]) == 1


def test_what_is_snoozed_is_not_listed_until_its_time(parts, failed, clock):
    """It is counted as hidden, and is there by its name."""
    failed()
    ask(parts, "mark", group=AUTH, snoozed_until=clock.now() + 60 * MICROS)

    assert ask(parts, "groups") == {"count": 0, "hidden": 1, "groups": []}
    assert ask(parts, "group", group=AUTH)["count"] == 1
    assert ask(parts, "groups", all=True)["count"] == 1
    clock.move(60)
    assert ask(parts, "groups")["count"] == 1


def test_what_is_said_of_a_group_is_kept_and_audited(parts, failed):
    """And it stays, though it is not listed by itself, when its copies are replayed."""
    copy = failed()
    ask(parts, "mark", group=AUTH, owner="lan", ticket="https://t.local/17", note="đã hỏi khóa mới")
    ask(parts, "replay", which={"group": AUTH})

    assert state(parts, copy) == "queued"
    assert ask(parts, "groups")["groups"] == []
    (kept,) = ask(parts, "groups", all=True)["groups"]
    assert (kept["count"], kept["owner"], kept["ticket"], kept["noted"]) == (0, "lan", "https://t.local/17", 1)
    (note,) = ask(parts, "group", group=AUTH)["notes"]
    assert (note["by"], note["text"]) == (WHO, "đã hỏi khóa mới")
    table = schema.audit.c
    with parts.journal.store.reading() as connection:
        assert "mark" in connection.execute(select(table.what)).scalars().all()


@pytest.mark.parametrize(
    "said",
    [
        {"ticket": "javascript:alert(1)"},
        {"ticket": "17"},
        {"owner": "x" * 201},
        {"note": "x" * 10_001},
        {"nonsense": 1},
    ],
)
def test_what_cannot_be_said_of_a_group(parts, failed, said):
    """A ticket is a URL of the web; texts have an end."""
    failed()
    with pytest.raises(Rejected, match=r"request\.invalid"):
        ask(parts, "mark", group=AUTH, **said)


def test_there_is_no_group_of_that_name(parts, failed):
    """A slip of the pen makes none."""
    failed()
    for name in ("group", "mark"):
        with pytest.raises(NotFound, match="bus groups --all"):
            ask(parts, name, group="push/auth/402/answer")


def test_a_letter_names_ids_and_their_words_and_never_the_subject(parts, failed):
    """For the one who can put it right, in both languages; the words of the answer and its code as they came."""
    copy = failed(failure="business_reject", code="409", words='HTTP 409 {"{x}": "không nhận"}')

    (letter,) = ask(parts, "letter", id=copy)["letters"]
    for text in (letter["vi"], letter["en"]):
        assert all(word in text for word in (copy, "d1", "15/QĐ-UBND", PUSHED, "push", '{"{x}": "không nhận"}', "409"))
        assert "nhân sự" not in text
        assert "2026-09-21 21:13:20" in text
    assert letter["to"] == PUSHED


def test_a_letter_about_what_the_sender_must_put_right_goes_to_the_sender(parts, failed):
    """A format that is not taken."""
    (letter,) = ask(parts, "letter", id=failed(failure="schema", code="422"))["letters"]

    assert letter["to"] == SENDER


def test_there_is_nothing_to_write_about_what_goes_well(parts, tmp_path):
    """Or is not known."""
    (copy,) = send(parts, tmp_path, edoc(recipients=[RECIPIENT]))
    for name in (copy, "nobody"):
        with pytest.raises(NotFound, match="nothing to write about"):
            ask(parts, "letter", id=name)


def test_a_doubt_says_what_is_known_of_it(parts, failed, clock):
    """Since when, what the endpoint promises, who says next, the last words, how often it was asked."""
    since = clock.now()
    mine = failed(1, State.IN_DOUBT, "timeout_after_send", "", "no answer in 60 s")
    clock.move(60)
    asked = failed(2, State.IN_DOUBT, "timeout_after_send", "", "no answer in 60 s", until=clock.now())
    clock.move(60)
    settled(parts, asked, State.IN_DOUBT, "connect", "", "refused", clock, asked=True, until=clock.now() + MICROS)

    newest, oldest = ask(parts, "doubts", which={})["copies"]
    assert (oldest["copy"], oldest["contract"], oldest["operator"], oldest["asked"]) == (mine, "resend", True, 0)
    assert (oldest["words"], oldest["next_at"]) == ("no answer in 60 s", None)
    assert oldest["since"].startswith("2026-09-21T14:13:20")
    assert since == 1_790_000_000 * MICROS
    assert (newest["copy"], newest["operator"], newest["asked"], newest["words"]) == (asked, False, 1, "refused")
    assert newest["since"].startswith("2026-09-21T14:14:20")
    assert newest["next_at"].startswith("2026-09-21T14:15:21")


def test_doubts_are_settled_by_a_filter_after_a_look(parts, failed):
    """The dry run names those that would be, and why others would not, and changes nothing."""
    doubtful = [failed(number, State.IN_DOUBT, "timeout_after_send") for number in (1, 2)]
    dead = failed(3)

    told = ask(parts, "settle", which={"endpoint": "push"}, state="delivered", dry_run=True)
    assert ([one["copy"] for one in told["copies"]], told["count"], told["refused"]) == (doubtful, 2, [])
    told = ask(parts, "settle", which={"ids": [dead, "nobody"]}, state="delivered", dry_run=True)
    assert (told["count"], [one["refused"] for one in told["refused"]]) == (0, ["it is not in doubt", "no such copy"])
    assert state(parts, doubtful[0]) == "in_doubt"
    assert ask(parts, "settle", which={"group": "push/timeout_after_send/401/answer"}, state="delivered")["done"] == 2


def test_words_without_letters_order_nothing(parts, failed):
    """A filter that asks for nothing must not mean everything."""
    failed()
    for name in ("cancel", "replay", "hold"):
        with pytest.raises(Rejected, match="no letter"):
            ask(parts, name, which={"text": "?!"})


def test_a_replay_by_words_takes_what_holds_them_and_no_more(parts, failed, tmp_path):
    """Looked at and carried out alike."""
    other = failed()
    (meant,) = send(parts, tmp_path, edoc(document_id="meant", recipients=[PUSHED], subject="Báo cáo mưa lũ"))
    settle(parts, meant, State.DEAD, "auth")
    which = {"text": "bao cao mua lu", "endpoint": "push"}

    seen = ask(parts, "replay", which=which, dry_run=True)
    assert (seen["count"], [one["copy"] for one in seen["copies"]]) == (1, [meant])
    assert ask(parts, "replay", which=which, reason="dry again")["done"] == 1
    assert (state(parts, meant), state(parts, other)) == ("queued", "dead")


def test_dead_and_trace_say_what_it_means(parts, failed):
    """The hint of each class that is met."""
    copy = failed()

    assert list(ask(parts, "dead", which={})["hints"]) == ["auth"]
    (traced,) = ask(parts, "trace", id=copy)["copies"]
    assert (traced["hint"]["class"], traced["group"], traced["calls"][0]["code"]) == ("auth", AUTH, "401")
