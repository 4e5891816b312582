"""One call of a partner that showed who it is: what was asked, and where the bus is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.soap.door.header import Back
from adapters.soap.door.service import Contract, Field
from adapters.soap.wire.envelope import Envelope, Parameter
from adapters.soap.wire.names import Version
from adapters.soap.wire.package import Package
from bus.desk import Caller, Desk
from bus.errors import Rejected

DOOR = "soap"
#: What our own ids look like; what does not is nobody's.
_DOC_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TYPES = ("edoc", "status")
#: As ``xsd:boolean`` has them; empty: not given.
_FLAGS = {"": False, "0": False, "false": False, "1": True, "true": True}
#: Values of one parameter.
_MANY = 2000
#: Characters of all of them.
_TEXT = 64 << 10

Values = Mapping[str, tuple[str, ...]]
Take = Callable[[Parameter, Values], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler works with."""

    desk: Desk
    caller: Caller
    contract: Contract
    version: Version
    back: Back
    envelope: Envelope
    package: Package
    #: Whether the caller reads answers in parts.
    takes_parts: bool = False
    #: What tells it from every other call of its partner; empty where nothing does.
    identity: str = ""

    async def values(self) -> Values:
        """What was asked, all of it, where no document comes with it. Raises Rejected."""
        values = await self.parameters(_none)
        await self.end()
        return values

    async def parameters(self, take: Take) -> Values:
        """What the parameters say; those that are bytes are handed to ``take``, with what was said before. Raises ``Rejected('request.invalid')``
        for one that is not there, is none, or comes too often.
        """
        fields, left = {field.name: field for field in self.contract.takes}, _TEXT
        said: dict[str, tuple[str, ...]] = {}
        async for parameter in self.envelope.parameters(self.contract.namespace):
            field = _field(fields, parameter, said)
            if field.type == "base64Binary" and not parameter.nil:
                said[field.name] = ("",)
                await take(parameter, said)
            elif value := await parameter.text():
                left -= len(value)
                _check_value(field, nil=parameter.nil, fits=left >= 0)
                said[field.name] = (*said.get(field.name, ()), value)
        if missing := [name for name, field in fields.items() if field.needed and name not in said]:
            raise Rejected("request.invalid", f"{', '.join(missing)}: missing")
        return said

    async def end(self) -> None:
        """Nothing else may come. Raises Rejected."""
        await self.envelope.end()
        await self.package.end()

    def is_own(self, code: str) -> bool:
        """Whether the caller acts for this agency, however its code is spelled."""
        return self.desk.canonical(code) in self.caller.agencies


def first(values: Values, name: str) -> str:
    """The one value of a parameter; empty where it was not given."""
    return values.get(name, ("",))[0]


def flag(values: Values, name: str) -> bool:
    """Whether a parameter says true. Raises ``Rejected('request.invalid')``."""
    value = first(values, name)
    if value not in _FLAGS:
        raise Rejected("request.invalid", f"{name}: {value[:40]!r} is no xsd:boolean")
    return _FLAGS[value]


def doc_id(values: Values) -> str:
    """A docId that may be one of ours. Raises ``Rejected('not_found')``."""
    value = first(values, "docId")
    if not _DOC_ID.fullmatch(value):
        raise Rejected("not_found", "docId")
    return value


def message_type(values: Values) -> str:
    """``edoc`` or ``status``. Raises ``Rejected('request.invalid')``."""
    value = first(values, "messageType").lower()
    if value not in _TYPES:
        raise Rejected("request.invalid", f"messageType: {value[:40]!r} is neither edoc nor status")
    return value


def _field(fields: Mapping[str, Field], parameter: Parameter, said: Values) -> Field:
    field = fields.get(parameter.name)
    if field is None:
        known = ", ".join(fields) or "none"
        raise Rejected("request.invalid", f"{parameter.name[:60]}: no parameter of this call, which has {known}")
    already = len(said.get(field.name, ()))
    if already >= (_MANY if field.many else 1):
        raise Rejected(
            "request.invalid",
            f"{field.name}: given more than {already} times" if field.many else f"{field.name}: given more than once",
        )
    return field


def _check_value(field: Field, *, nil: bool, fits: bool) -> None:
    if nil:
        raise Rejected("request.invalid", f"{field.name}: xsi:nil, and a value")
    if not fits:
        raise Rejected("request.invalid", f"{field.name}: the parameters hold more than {_TEXT} characters")


async def _none(_parameter: Parameter, _before: Values) -> None:
    """A call without bytes."""
