"""What faults mean that no rule of an endpoint names: as SOAP and WS-Security have it.

A fault that is the caller's is a no. One of the server may have come after it acted: that is unknown.
"""

from __future__ import annotations

from adapters.http.answer_settings import AnswerSettings, Failure
from adapters.http.paths import parse_path
from bus.errors import FailureClass

#: Of WS-Security: who we are, or when, was not believed.
_SECURITY = (
    "FailedAuthentication",
    "InvalidSecurity",
    "InvalidSecurityToken",
    "SecurityTokenUnavailable",
    "FailedCheck",
    "MessageExpired",
)


def with_faults(answers: AnswerSettings) -> AnswerSettings:
    """The rules of an endpoint and, behind them, those of all SOAP."""
    usual = (
        *(_failure(path, _SECURITY, FailureClass.AUTH) for path in ("Fault.code", "Fault.subcode")),
        _failure("Fault.side", ("client",), FailureClass.CLIENT_FAULT),
        Failure.model_validate(
            {"path": parse_path("Fault.code"), "present": True, "class": FailureClass.SERVER_FAULT, "then": "unknown"}
        ),
    )
    return answers.model_copy(update={"failures": (*answers.failures, *usual)})


def _failure(path: str, values: tuple[str, ...], failure: FailureClass) -> Failure:
    return Failure.model_validate({"path": parse_path(path), "values": values, "class": failure})
