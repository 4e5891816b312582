"""A fault as each version of SOAP writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.soap.wire.names import SECURITY, SOAP_12, VERSIONS, Version
from adapters.soap.wire.writing import PREFIX, attribute, closing, element, opening, text
from schemas.xml import Name

VERSION_MISMATCH, MUST_UNDERSTAND = "VersionMismatch", "MustUnderstand"
#: In the words of 1.2; those of 1.1 are below.
SENDER, RECEIVER = "Sender", "Receiver"
_OLD = {SENDER: "Client", RECEIVER: "Server"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, whatever version it is written in."""

    #: One of the four above.
    code: str
    #: By language, the first one first.
    reasons: Sequence[tuple[str, str]]
    #: What stands in the detail, as XML.
    detail: str = ""
    #: The local name of a code of WS-Security, where that has one for it.
    security: str = ""
    #: Blocks of the header that had to be understood and were not.
    not_understood: Sequence[Name] = ()


def written(fault: Fault, version: Version, header: str = "") -> bytes:
    """The envelope of a fault. ``header``: blocks to stand in it besides those of the fault."""
    if version is SOAP_12:
        head, inside = header + _upgrade(fault) + _not_understood(fault), _new(fault)
    else:
        head, inside = header, _old(fault)
    return f"{opening(version, head)}<{PREFIX}:Fault>{inside}</{PREFIX}:Fault>{closing()}".encode()


def status_of(fault: Fault, version: Version) -> int:
    """The HTTP status of a fault: 400 for the sender's in 1.2, else 500."""
    return 400 if version is SOAP_12 and fault.code == SENDER else 500


def _old(fault: Fault) -> str:
    code = f"{PREFIX}:{_OLD.get(fault.code, fault.code)}"
    named = f'<faultcode xmlns:wsse="{SECURITY}">wsse:{fault.security}</faultcode>' if fault.security else ""
    language, reason = fault.reasons[0]
    said = f'<faultstring xml:lang="{language}">{text(reason)}</faultstring>'
    return (named or element("faultcode", code)) + said + f"<detail>{fault.detail}</detail>"


def _new(fault: Fault) -> str:
    value = element(f"{PREFIX}:Value", f"{PREFIX}:{fault.code}")
    if fault.security:
        named = f'<{PREFIX}:Value xmlns:wsse="{SECURITY}">wsse:{fault.security}</{PREFIX}:Value>'
        value += f"<{PREFIX}:Subcode>{named}</{PREFIX}:Subcode>"
    said = "".join(
        f'<{PREFIX}:Text xml:lang="{language}">{text(one)}</{PREFIX}:Text>' for language, one in fault.reasons
    )
    reason = f"<{PREFIX}:Reason>{said}</{PREFIX}:Reason>"
    return f"<{PREFIX}:Code>{value}</{PREFIX}:Code>{reason}<{PREFIX}:Detail>{fault.detail}</{PREFIX}:Detail>"


def _upgrade(fault: Fault) -> str:
    """Which envelopes are taken, told to whom sent another."""
    if fault.code != VERSION_MISMATCH:
        return ""
    known = "".join(
        f'<{PREFIX}:SupportedEnvelope qname="env:Envelope" xmlns:env="{version.namespace}"/>'
        for version in reversed(VERSIONS)
    )
    return f"<{PREFIX}:Upgrade>{known}</{PREFIX}:Upgrade>"


def _not_understood(fault: Fault) -> str:
    return "".join(
        f'<{PREFIX}:NotUnderstood qname="un:{text(name.local)}" xmlns:un={attribute(name.namespace)}/>'
        for name in fault.not_understood
    )
