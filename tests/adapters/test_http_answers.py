"""What the HTTP engine makes of answers: decoded with patience, judged by rules, and never taken for more than they say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http.answer_settings import AnswerSettings, AskAnswers, Rule
from adapters.http.decode import read
from adapters.http.judge import Judge
from adapters.http.paths import MISSING, parse_path
from adapters.http.rules import holds
from bus.endpoint import Answer
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response

NOW = 1_790_000_000_000_000
SETTINGS = AnswerSettings.model_validate(
    {
        "success": {"status": "2xx", "path": "error_code", "values": [0]},
        "duplicate": {"path": "message", "contains": "đã tồn tại"},
        "failures": [
            {"path": "error_code", "values": [100], "class": "auth"},
            {"path": "error_code", "not_values": [0, 3, 7], "class": "business_reject"},
        ],
        "expired": [{"status": 401}, {"path": "fault.code", "values": [900901]}],
        "remote_id": "result.id",
        "words": "message",
    }
)
JUDGE = Judge(SETTINGS, lambda: NOW)


def answer(body: Any, status: int = 200, content_type: str = "application/json") -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, {"content-type": content_type, "retry-after": "9"}, data)


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "0", "result": {"id": 5}},
        {"ERROR_CODE": 0, "Result": {"ID": "5"}},
        b'\xef\xbb\xbf {"error_code":0.0,"result":"{\\"id\\":5}"}',
        json.dumps(json.dumps({"error_code": 0, "result": {"id": 5}})).encode(),
    ],
    ids=["text", "case", "bom and json in a field", "json in a text"],
)
def test_habits_are_read_through(body: Any) -> None:
    """Codes as text or number, another case of keys, a BOM, JSON as text: the same answer."""
    assert JUDGE.sent(read(answer(body, content_type="text/plain"))).remote_id == "5"


@pytest.mark.parametrize("status", [200, 201, 404, 500])
def test_a_page_is_never_an_answer(status: int) -> None:
    """HTML of a gateway is no success and no duplicate, even where it holds the words; and it is said in words."""
    page = "<html><body>error_code 0 đã tồn tại</body></html>".encode()
    loose = Judge(AnswerSettings(), lambda: NOW)
    for judge in (JUDGE, loose):
        with pytest.raises((OutcomeUnknown, Refused)) as caught:
            judge.sent(read(answer(page, status)))
        assert "HTML" in caught.value.words


def test_a_duplicate_is_delivered() -> None:
    """``đã tồn tại``, in capitals and in whatever form of Unicode."""
    told = read(answer({"error_code": 3, "message": "Hồ sơ ĐÃ TỒN TẠI"}))
    assert JUDGE.is_duplicate(told)
    assert "tồn" in JUDGE.sent(told).words.lower()


@pytest.mark.parametrize(
    ("body", "status", "error", "failure"),
    [
        ({"error_code": "100"}, 200, Unreachable, FailureClass.AUTH),
        ({"error_code": 4}, 200, Refused, FailureClass.BUSINESS_REJECT),
        ({"error_code": 7}, 200, OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ({"fault": {"code": "900901"}}, 200, Unreachable, FailureClass.AUTH),
        ({}, 401, Unreachable, FailureClass.AUTH),
        ({}, 403, Refused, FailureClass.AUTH),
        ({}, 422, Refused, FailureClass.SCHEMA),
        ({}, 429, Unreachable, FailureClass.QUOTA),
        ({}, 503, Unreachable, FailureClass.SERVER_FAULT),
        ({}, 500, OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ({}, 302, Refused, FailureClass.CLIENT_FAULT),
        (b"", 200, OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
    ],
)
def test_what_fits_no_success_is_classed(body: Any, status: int, error: type, failure: FailureClass) -> None:
    """By the rules first, else by the HTTP class; a 2xx that nobody foresaw is an unknown outcome."""
    with pytest.raises(error) as caught:
        JUDGE.sent(read(answer(body, status)))
    assert type(caught.value) is error
    assert caught.value.failure is failure


def test_of_a_question_nothing_is_unknown() -> None:
    """A call that may be repeated is tried again where a sent document would be in doubt."""
    for status in (200, 500):
        with pytest.raises(Unreachable) as caught:
            JUDGE.success(read(answer({}, status)), SETTINGS.success)
        assert not isinstance(caught.value, OutcomeUnknown)


def test_only_a_clear_answer_settles_a_doubt() -> None:
    """Found, not found, and all else unknown; a partner that cannot look is asked again."""
    asked = AskAnswers.model_validate(
        {"found": {"path": "id", "present": True}, "not_found": {"status": 404, "path": "code", "values": "none"}}
    )
    assert JUDGE.told(read(answer({"id": 1})), asked) is Answer.DELIVERED
    assert JUDGE.told(read(answer({"code": "NONE"}, 404)), asked) is Answer.NOT_THERE
    for body in (b"<html>404</html>", b"", {"code": "gone"}):
        assert JUDGE.told(read(answer(body, 404)), asked) is Answer.UNKNOWN
    with pytest.raises(Unreachable):
        JUDGE.told(read(answer({}, 503)), asked)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner),
        max_leaves=8,
    ),
    st.integers(100, 599),
)
def test_any_answer_is_one_of_the_outcomes(body: Any, status: int) -> None:
    """Whatever comes is judged, and what is said of it is short and printable."""
    try:
        words = JUDGE.sent(read(answer(json.dumps(body).encode(), status))).words
    except (Unreachable, Refused) as failure:
        words = failure.words
    assert len(words) <= 500
    assert words.isprintable()


@given(st.binary(max_size=200))
def test_bytes_that_are_nothing_are_no_success(body: bytes) -> None:
    """What is no JSON fits no rule about JSON."""
    found = read(answer(body))
    if found.value is MISSING:
        with pytest.raises(OutcomeUnknown):
            JUDGE.sent(found)


@given(st.integers(-(2**40), 2**40), st.booleans(), st.booleans())
def test_codes_are_the_same_as_text_and_number(code: int, as_text: bool, ruled_as_text: bool) -> None:
    """A rule for 7 is a rule for "7"."""
    rule = Rule(path=parse_path("code"), values=(str(code) if ruled_as_text else code,))
    assert holds(rule, read(answer({"code": str(code) if as_text else code})))
    assert not holds(rule, read(answer({"code": code + 1})))
