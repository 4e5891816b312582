"""How a partner's queue is worked off: list, get, and tell what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import InitErrorDetails

from adapters.http import names
from adapters.http.answer_settings import Rule, Rules
from adapters.http.call_names import check_other
from adapters.http.call_settings import CallSettings
from adapters.http.filters import check_pattern
from adapters.http.paths import Path
from adapters.http.sections import Section, Word
from schemas.report.packets import MODELS

#: What can be listed; of these, what may be about something else that is listed.
TYPES = ("edoc", "status", *MODELS)
STATUS = "report.status.v1"
WORDS = frozenset({"status", STATUS})


def _check_type(word: str) -> str:
    if word not in TYPES:
        raise ValueError(f"expected one of {', '.join(TYPES)}")
    return word


MessageType = Annotated[str, AfterValidator(_check_type)]


class Pages(Section):
    """A list that comes in pages: ``{page}`` from ``first`` on, ``{offset}`` and ``{limit}`` rows, until one is not full."""

    first: Annotated[int, Field(ge=0, le=1)] = 1
    limit: Annotated[int, Field(ge=1, le=10_000)] = 100


class ListSettings(Section):
    """One list that is asked for."""

    call: CallSettings
    #: ``edoc``, ``status`` or a packet of reports: what its items are, where ``type_at`` says nothing.
    type: MessageType = "edoc"
    success: Rules = (Rule(status=("2xx",)),)
    rows: Path
    #: In a row: the partner's id (a row may also be the bare id: ``$``), what it is, whom it is for, when it came.
    id: Path
    type_at: Path | None = None
    #: What the partner calls our types: ``{edoc: "1", status: "2"}``.
    types: Mapping[MessageType, Word] = {}
    recipient: Path | None = None
    #: Rows are worked off in the order of this text, where it is named; else as they are listed.
    order: Path | None = None
    #: Rows that fit one of these are settled already, or not ours.
    skip: Rules = ()
    pages: Pages | None = None
    #: How many days back ``{since}`` is.
    days: Annotated[int, Field(ge=0, le=3_650)] = 30


class Whole(Section):
    """The answer is the message itself: a document, or a packet where the item is one."""

    kind: Literal["raw"]


class Member(Section):
    """The message is a text of the answer's JSON."""

    kind: Literal["base64", "text"]
    path: Path


class Fields(Section):
    """The message is made of members of the answer's JSON (names as in templates), and of files in it.

    A file that is named by a link only is never fetched: such an item is kept back for an operator.
    """

    kind: Literal["fields"]
    #: Our name of a field, and where it stands.
    fields: Mapping[Word, Path]
    #: How dates are written there (``yyyyMMddHHmmss``), where it is not as one of those that are read anyway.
    dates: Annotated[str, AfterValidator(check_pattern)] | None = None
    #: What the answer does not say: the same names, and texts.
    constants: Mapping[Word, str] = {}
    files: Path | None = None
    file_name: Path | None = None
    file_base64: Path | None = None


Content = Annotated[Whole | Member | Fields, Field(discriminator="kind")]


class GetSettings(Section):
    """How an item is fetched."""

    call: CallSettings
    success: Rules = (Rule(status=("2xx",)),)
    content: Content


class AckSettings(Section):
    """How the partner is told what became of an item."""

    call: CallSettings
    success: Rules = (Rule(status=("2xx",)),)


class ReceiveSettings(Section):
    """A partner that has things for us."""

    lists: Annotated[tuple[ListSettings, ...], Field(min_length=1)]
    get: GetSettings
    done: AckSettings
    #: Where the partner cannot be told of a failure, the item stays in its list.
    fail: AckSettings | None = None
    #: Told before an item is fetched; whether it is heard does not matter.
    processing: AckSettings | None = None
    #: Items of one round.
    max_items: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    #: Agencies this endpoint acts for: they stand in where the partner does not say whom a document is for.
    own: tuple[Word, ...] = ()


def faults(receive: ReceiveSettings, session: frozenset[str]) -> Iterator[InitErrorDetails]:
    """What is wrong with the templates of its calls."""
    for index, one in enumerate(receive.lists):
        yield from check_other(one.call, ("receive", "lists", index, "call"), names.LIST | session)
    yield from check_other(receive.get.call, ("receive", "get", "call"), names.ITEM | session, rows=True)
    if isinstance(receive.get.content, Fields) and any(_packets(one) for one in receive.lists):
        yield names.wrong(("receive", "get", "content"), "expected packets of reports as they are: raw, base64 or text")
    for key in ("done", "fail", "processing"):
        ack: AckSettings | None = getattr(receive, key)
        if ack:
            yield from check_other(ack.call, ("receive", key, "call"), names.ACK | session, rows=True)


def _packets(one: ListSettings) -> bool:
    """Whether packets of reports are in a list."""
    return not MODELS.keys().isdisjoint({one.type, *one.types})
