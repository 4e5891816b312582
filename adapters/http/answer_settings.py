"""What a partner's answers mean, as rules. HTTP 200 is not success: what is, a rule must say."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.http.paths import Path
from adapters.http.sections import HeaderName, Listed, Section, Word
from adapters.http.template import Text
from bus.errors import FailureClass

Scalar = bool | int | float | str


def _check_status(status: int | str) -> int | str:
    if isinstance(status, str) and not (len(status) == 3 and status[0] in "12345" and status[1:] == "xx"):
        raise ValueError("expected an HTTP status such as 200, or a class of them such as 2xx")
    return status


Status = Annotated[int | str, AfterValidator(_check_status)]


class Rule(Section):
    """A condition on an answer: all that it says must hold. A rule that says nothing always does."""

    #: HTTP statuses or classes of them (``2xx``).
    status: Listed[Status] = ()
    #: Where in the JSON body ``values``, ``contains``, ``above`` and ``present`` look, or in which header. Without
    #: either, ``contains`` looks in the whole body as text.
    path: Path | None = None
    header: HeaderName | None = None
    #: One of these, whether as a text or a number.
    values: Listed[Scalar] = ()
    #: Something, and none of these.
    not_values: Listed[Scalar] = ()
    #: One of these stands in it; case and Unicode form do not count.
    contains: Listed[Word] = ()
    #: A number above this.
    above: int | None = None
    #: Whether there is anything: null, '' and an empty list are nothing.
    present: bool | None = None

    @model_validator(mode="after")
    def _subject(self) -> Self:
        if self.path is not None and self.header is not None:
            raise ValueError("expected 'path' or 'header', not both")
        about = self.values or self.not_values or self.above is not None or self.present is not None
        if about and self.path is None and self.header is None:
            raise ValueError("expected 'path' or 'header' beside what is to be there")
        return self


#: One rule, or several of which any one holds.
Rules = Listed[Rule]

#: What is done about a failed call: try again later; take it for a no; ask or wait, for it may have been carried out.
Then = Literal["wait", "refuse", "unknown"]


class Failure(Rule):
    """A condition that says which failure it was."""

    failure: Annotated[FailureClass, Field(alias="class")]
    #: Where nothing is said: as the class is usually met.
    then: Then | None = None


class AnswerSettings(Section):
    """How the answers of an endpoint are read: ``expired`` first, then ``failures``, ``duplicate``, and ``success`` last.

    So a success that is told loosely (``2xx``) hides no failure, and a failure must be told so that it is no duplicate.
    """

    #: Success is what fits one of these.
    success: Rules = (Rule(status=("2xx",)),)
    #: The partner has it already: delivered, or compared and updated where the endpoint says how.
    duplicate: Rules = ()
    failures: tuple[Failure, ...] = ()
    #: What a 2xx means that fits no rule.
    otherwise: Then = "unknown"
    #: The token or session is not valid (any more), and nothing was looked at.
    expired: Rules = (Rule(status=(401,)),)
    #: Where the partner's id, code and words stand.
    remote_id: Path | None = None
    code: Path | None = None
    words: Path | None = None


class Same(Section):
    """What an answer says of a document that is the very same: ``{path: hash, value: "{sha256}"}``."""

    path: Path
    value: Text


class AskAnswers(Section):
    """How the answer to "do you have it?" is read; what fits neither is unknown, and a matter for an operator."""

    found: Annotated[Rules, Field(min_length=1)]
    not_found: Annotated[Rules, Field(min_length=1)]
    #: Asked after a duplicate, before the document is updated: where all of these are so it need not be.
    same: tuple[Same, ...] = ()
    remote_id: Path | None = None
