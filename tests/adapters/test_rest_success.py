"""The success rule of the push protocol, case by case."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http.words import MAX_WORDS, words
from adapters.rest.success import judge, judge_ask
from bus.clock import MICROS
from bus.endpoint import Answer, Delivered
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

NOW = 1_790_000_000 * MICROS  # 2026-09-21 14:13:20 UTC


def response(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("status", "body", "remote_id"),
    [
        (200, b"", None),
        (201, b" \r\n", None),
        (202, b"{}", None),
        (204, b"", None),
        (200, b'{"status":"accepted"}', None),
        (200, b'{"status":"duplicate","id":"a-1"}', "a-1"),
        (200, b'\xef\xbb\xbf{"id":12}', "12"),
        (200, b'{"id":null}', None),
        (200, b'{"id":true}', None),
        (200, b'{"id":["x"]}', None),
        (200, b'{"id":"a\\u0000\\nb"}', "a b"),
        (409, b'{"status":"duplicate","id":"a-1"}', "a-1"),
    ],
)
def test_success(status: int, body: bytes, remote_id: str | None) -> None:
    """Delivered, with the partner's id where it gave a usable one."""
    delivered = judge(response(status, body), NOW)
    assert isinstance(delivered, Delivered)
    assert delivered.remote_id == remote_id


@pytest.mark.parametrize(
    ("status", "body", "kind", "failure"),
    [
        (200, b'{"status":"rejected"}', Refused, FailureClass.BUSINESS_REJECT),
        (202, b'{"status":"Accepted"}', Refused, FailureClass.BUSINESS_REJECT),
        (200, b'{"status":null}', Refused, FailureClass.BUSINESS_REJECT),
        (200, b'{"status":["accepted"]}', Refused, FailureClass.BUSINESS_REJECT),
        (200, b"<html>sign in</html>", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (200, b"OK", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (200, b'["accepted"]', OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (200, b"\xff\xfe", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (200, b"[" * 100_000, OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (206, b"", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        (301, b"", Refused, FailureClass.CLIENT_FAULT),
        (307, b"", Refused, FailureClass.CLIENT_FAULT),
        (400, b"", Refused, FailureClass.CLIENT_FAULT),
        (401, b"", Refused, FailureClass.AUTH),
        (403, b"", Refused, FailureClass.AUTH),
        (404, b"", Refused, FailureClass.CLIENT_FAULT),
        (408, b"", Unreachable, FailureClass.SERVER_FAULT),
        (409, b"", Refused, FailureClass.BUSINESS_REJECT),
        (409, b'{"status":"conflict"}', Refused, FailureClass.BUSINESS_REJECT),
        (409, b'{"status":"accepted"}', Refused, FailureClass.BUSINESS_REJECT),
        (413, b"", Refused, FailureClass.CLIENT_FAULT),
        (415, b"", Refused, FailureClass.SCHEMA),
        (422, b'{"status":"duplicate"}', Refused, FailureClass.SCHEMA),
        (425, b"", Unreachable, FailureClass.SERVER_FAULT),
        (429, b"", Unreachable, FailureClass.QUOTA),
        (500, b'{"status":"accepted"}', Unreachable, FailureClass.SERVER_FAULT),
        (503, b"", Unreachable, FailureClass.SERVER_FAULT),
        (599, b"", Unreachable, FailureClass.SERVER_FAULT),
    ],
)
def test_failure(status: int, body: bytes, kind: type[CallFailed], failure: FailureClass) -> None:
    """Exactly this failure, with this class, and words that name the status."""
    with pytest.raises(kind) as caught:
        judge(response(status, body), NOW)
    assert type(caught.value) is kind
    assert caught.value.failure is failure
    assert f"HTTP {status}" in caught.value.words
    assert caught.value.code == str(status)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("Mon, 21 Sep 2026 14:14:20 GMT", 60.0),
        ("Mon, 21 Sep 2026 14:13:00 GMT", 0.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("Mon, 21 Sep 99999999999999999999 14:13:00 GMT", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(status: int, value: str, seconds: float | None) -> None:
    """Seconds or an HTTP date, never negative; anything else is as if it were not there."""
    with pytest.raises(Unreachable) as caught:
        judge(response(status, retry_after=value), NOW)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, b"", Answer.DELIVERED),
        (200, b'{"status":"accepted"}', Answer.DELIVERED),
        (200, b'{"status":"processing"}', Answer.DELIVERED),
        (200, b'{"status":"not_found"}', Answer.UNKNOWN),
        (200, b"<html>sign in</html>", Answer.UNKNOWN),
        (202, b"", Answer.UNKNOWN),
        (404, b'{"status":"not_found"}', Answer.NOT_THERE),
        (404, b'{"status":"no such page"}', Answer.UNKNOWN),
        (404, b"", Answer.UNKNOWN),
        (404, b"not_found", Answer.UNKNOWN),
        (410, b'{"status":"not_found"}', Answer.UNKNOWN),
        (401, b"", Answer.UNKNOWN),
    ],
)
def test_answer_to_a_question(status: int, body: bytes, answer: Answer) -> None:
    """Only a 404 of the protocol's own says "not there"; a missing page of some proxy does not."""
    assert judge_ask(response(status, body), NOW) is answer


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_a_question_that_could_not_be_answered(status: int) -> None:
    """A partner in trouble has not answered: it is asked again, and no operator is called."""
    with pytest.raises(Unreachable):
        judge_ask(response(status, b'{"status":"not_found"}'), NOW)


@given(st.integers(200, 599), st.binary(max_size=2000), st.text(max_size=40))
def test_any_answer_is_understood(status: int, body: bytes, retry_after: str) -> None:
    """Whatever a partner answers is a success or one of our failures, in bounded printable words."""
    answer = response(status, body, retry_after=retry_after)
    try:
        said = judge(answer, NOW).words
    except CallFailed as failure:
        said = failure.words
    with suppress(Unreachable):
        assert isinstance(judge_ask(answer, NOW), Answer)
    assert len(said) <= MAX_WORDS
    assert said.isprintable()


def test_words_are_the_partners() -> None:
    """Its text in one line, without what could paint on a terminal, and cut."""
    assert words(response(500, "hỏng\x1b[31m\r\n\tmất".encode())) == "HTTP 500 hỏng [31m mất"
    assert len(words(response(500, b"x" * 10_000))) == MAX_WORDS
