"""What a call has to say: the names of its templates, the message, and its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.http import names
from adapters.http.facts import Facts
from adapters.http.template import Template
from bus.errors import FailureClass, Refused
from bus.message import Claim
from bus.papers import File, Papers, no_papers


@dataclass(frozen=True, slots=True)
class Sending:
    """What bodies are made of. ``papers`` is asked only where a call has need of it."""

    names: Facts
    body: Claim | None = field(default=None, repr=False)
    papers: Callable[[], Papers] = field(default=no_papers, repr=False)

    @property
    def message(self) -> Claim:
        """The message. Raises Refused where the call is about none."""
        if self.body is None:
            raise Refused(FailureClass.CLIENT_FAULT, "this call is about no message, and its body asks for one")
        return self.body

    @property
    def files(self) -> tuple[File, ...]:
        """The files of the message."""
        return self.papers().files


def streamed(template: Template) -> str:
    """The name of the bytes a template stands for; '' where it is text."""
    (name, *more) = template.names or {""}
    return name if not more and name in names.STREAMED else ""


def header_value(name: str, value: str) -> str:
    """A value that may stand in a header. Raises Refused: the call can never be made so."""
    if not value.isascii() or not value.isprintable():
        raise Refused(FailureClass.CLIENT_FAULT, f"{name} cannot stand in a header: {value[:60]!a}")
    return value
