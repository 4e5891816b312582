"""What an answer means, by the rules of its endpoint. Pure.

The order counts: no valid token, then failures, then duplicates, then success. What no rule fits is judged by its HTTP
class: a request that a server was too busy for was not carried out, one that it broke over may have been.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from adapters.http.answer_settings import AnswerSettings, AskAnswers, Failure, Rules, Then
from adapters.http.decode import UNREADABLE
from adapters.http.decode import Answer as Read
from adapters.http.paths import JsonPath
from adapters.http.rules import any_holds, holds
from adapters.http.sections import first
from adapters.http.through import Through
from adapters.http.words import MAX_WORDS, beginning, failure_of, retry_after, said, shown_id
from bus.endpoint import Answer, Delivered
from bus.errors import CallFailed, FailureClass, OutcomeUnknown, Refused, Unreachable

#: How a class is met where nothing else is said: no document is at fault for a credential or a crowd.
_LATER = frozenset(
    {
        FailureClass.CONNECT,
        FailureClass.TLS,
        FailureClass.TIMEOUT_BEFORE_SEND,
        FailureClass.AUTH,
        FailureClass.QUOTA,
        FailureClass.SERVER_FAULT,
    }
)
#: Statuses above 500 with which a server says that it did not begin.
_NOT_BEGUN = frozenset({HTTPStatus.SERVICE_UNAVAILABLE})


class Judge:
    """Judges answers of one endpoint. ``now``: journal microseconds."""

    def __init__(
        self,
        settings: AnswerSettings,
        now: Callable[[], int],
        through: Through | None = None,
        hidden: Callable[[str], str] = str,
    ) -> None:
        """``hidden``: a text of the partner's without the secrets it may repeat."""
        self._hidden = hidden
        self._settings = settings
        self._now = now
        self._through = through

    def expired(self, answer: Read) -> bool:
        """Whether it says that we are not known (any more), so that nothing was looked at."""
        return any(holds(rule, answer) for rule in self._settings.expired)

    def sent(self, answer: Read) -> Delivered:
        """What became of a document; one that the partner has already is delivered. Raises OutcomeUnknown too."""
        self._not_failed(answer, sending=True)
        if any_holds((*self._settings.duplicate, *self._settings.success), answer):
            return Delivered(self._id(answer, self._settings.remote_id) or None, self._kept(answer))
        raise self._unfit(answer, sending=True)

    def is_duplicate(self, answer: Read) -> bool:
        """Whether the partner says that it has the document already. Raises what :meth:`sent` raises of a failure."""
        self._not_failed(answer, sending=True)
        return any_holds(self._settings.duplicate, answer)

    def success(self, answer: Read, rules: Rules) -> None:
        """Whether a call that changes nothing, or may be repeated, did what it was for. Raises Unreachable, Refused."""
        self._not_failed(answer, sending=False)
        if not any_holds(rules, answer):
            raise self._unfit(answer, sending=False)

    def told(self, answer: Read, asked: AskAnswers) -> Answer | Delivered:
        """Whether the partner has a document. Raises Unreachable where it could not look."""
        self._got_there(answer)
        if self.expired(answer):
            raise self._failure(FailureClass.AUTH, "wait", answer)
        if any_holds(asked.not_found, answer):
            return Answer.NOT_THERE
        if any_holds(asked.found, answer):
            return self._found(answer, asked.remote_id)
        if failure_of(answer.response.status) in {FailureClass.SERVER_FAULT, FailureClass.QUOTA}:
            raise self._failure(failure_of(answer.response.status), "wait", answer)
        return Answer.UNKNOWN

    def _found(self, answer: Read, path: JsonPath | None) -> Answer | Delivered:
        remote_id = self._id(answer, path)
        return Delivered(remote_id, self._words(answer)) if remote_id else Answer.DELIVERED

    def _got_there(self, answer: Read) -> None:
        """Raise what it means where the answer is that of something before the partner."""
        if self._through:
            self._through.check(answer.response)

    def _kept(self, answer: Read) -> str:
        """What is kept with the attempt: what stands before the partner says first by which of its calls it was."""
        before = self._through.words(answer.response) if self._through else ""
        return f"{before} {self._words(answer)}".strip()[:MAX_WORDS]

    def _not_failed(self, answer: Read, *, sending: bool) -> None:
        self._got_there(answer)
        if self.expired(answer):
            raise self._failure(FailureClass.AUTH, "wait", answer)
        rule = first(one for one in self._settings.failures if holds(one, answer))
        if rule:
            raise self._failure(rule.failure, _then(rule, answer, sending=sending), answer)

    def _unfit(self, answer: Read, *, sending: bool) -> CallFailed:
        """What an answer is that no rule fits."""
        status = answer.response.status
        if status // 100 == 2:
            then = self._settings.otherwise if sending and not answer.is_page else "unknown"
            return self._failure(
                FailureClass.BUSINESS_REJECT if then == "refuse" else FailureClass.SERVER_FAULT,
                _heard(then, sending=sending),
                answer,
            )
        failure = failure_of(status)
        if failure is FailureClass.SERVER_FAULT and _broke(answer):
            return self._failure(failure, _heard("unknown", sending=sending), answer)
        return self._failure(
            failure, "wait" if failure in _LATER and status != HTTPStatus.FORBIDDEN else "refuse", answer
        )

    def _failure(self, failure: FailureClass, then: Then, answer: Read) -> CallFailed:
        text = self._words(answer)
        code = self._id(answer, self._settings.code) or str(answer.response.status)
        if then == "unknown":
            return OutcomeUnknown(text, code=code)
        if then == "refuse":
            return Refused(failure, text, code=code)
        return Unreachable(failure, text, code=code, retry_after=retry_after(answer.response, self._now()))

    def _words(self, answer: Read) -> str:
        if answer.is_page and answer.response.headers.get("content-type") != UNREADABLE:
            return said(
                answer.response.status, "a page for people (HTML), of a gateway or a login, in place of an answer"
            )
        found = answer.at(self._settings.words)
        text = found if isinstance(found, str) and found else beginning(answer.response)
        return said(answer.response.status, self._hidden(text))

    def _id(self, answer: Read, path: JsonPath | None) -> str:
        found = answer.at(path)
        return shown_id(self._hidden(found) if isinstance(found, str) else found)


def _then(rule: Failure, answer: Read, *, sending: bool) -> Then:
    broke = rule.failure is FailureClass.SERVER_FAULT and _broke(answer)
    usual: Then = "wait" if rule.failure in _LATER else "refuse"
    if broke or rule.failure is FailureClass.TIMEOUT_AFTER_SEND:
        usual = "unknown"
    return _heard(rule.then or usual, sending=sending)


def _broke(answer: Read) -> bool:
    """Whether a server broke over a request, which it may have carried out."""
    status = answer.response.status
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _NOT_BEGUN


def _heard(then: Then, *, sending: bool) -> Then:
    """Of a call that may be repeated nothing is unknown."""
    return "wait" if then == "unknown" and not sending else then
