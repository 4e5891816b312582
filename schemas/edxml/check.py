"""What a message must be before we write it: complete, in values of the standard, and its own sense in order.

All that is wrong is said at once. Reading knows none of this; see section by section the profile's table test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.content import Invalid
from schemas.edxml import limits
from schemas.edxml.check_sense import Problem, edoc_sense, status_sense
from schemas.edxml.enclose import Enclosure
from schemas.edxml.file_names import check_name
from schemas.edxml.models.block import Block
from schemas.edxml.models.messages import Edoc, Message
from schemas.edxml.shape import places, shape
from schemas.edxml.values import Raw


def check(message: Message, enclosures: Sequence[Enclosure] = ()) -> None:
    """Raises :class:`Invalid` with all problems in its detail, under the code of the first."""
    problems = [*_problems(message), *_files(message, enclosures)]
    if problems:
        raise Invalid(problems[0].code, "; ".join(problem.detail for problem in problems))


def _problems(message: Message) -> Iterator[Problem]:
    yield from _block(message.message_header, "MessageHeader")
    if isinstance(message, Edoc):
        yield from _block(message.trace_header_list, "TraceHeaderList")
        yield from edoc_sense(message)
    else:
        yield from status_sense(message)
    for extension in message.extensions:
        yield Problem("edxml.value", f"{extension.parent} holds {extension.element.local}, which is not the standard's")


def _block(block: Block, path: str) -> Iterator[Problem]:
    """Elements that must be there and are not, and values that are none."""
    for slot in shape(type(block)):
        value = getattr(block, slot.field)
        if slot.needed and value in (None, "", ()):
            yield Problem("edxml.missing", f"{path}/{slot.element}")
        for where, one in places(slot, value, path):
            if isinstance(one, Raw):
                yield Problem("edxml.value", f"{where} is {one.text!r}")
            elif isinstance(one, Block):
                yield from _block(one, where)


def _files(message: Message, enclosures: Sequence[Enclosure]) -> Iterator[Problem]:
    if enclosures and not isinstance(message, Edoc):
        yield Problem("edxml.value", "a status carries no files")
    if len(enclosures) > limits.ATTACHMENTS:
        yield Problem("edxml.too_many", f"there are more than {limits.ATTACHMENTS} files")
    for place, enclosure in enumerate(enclosures, 1):
        try:
            check_name(enclosure.name, place)
        except Invalid as invalid:
            yield Problem(invalid.code, invalid.detail)
