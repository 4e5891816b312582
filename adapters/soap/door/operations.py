"""The services of this door by their path, and their calls by the name of their element."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from starlette.types import ASGIApp

from adapters.soap.door import agencies, contract, documents, mailbox
from adapters.soap.door.call import Call
from adapters.soap.door.reports import asking, submitting
from adapters.soap.door.reports import contract as reports
from adapters.soap.door.service import Contract, Service
from bus.errors import Rejected
from schemas.xml import Name


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, and who handles it."""

    contract: Contract
    handle: Callable[[Call], Awaitable[ASGIApp]]


_ALL = (
    Operation(contract.SEND, documents.send),
    Operation(contract.LIST, mailbox.listed),
    Operation(contract.GET, documents.get),
    Operation(contract.UPDATE, mailbox.update),
    Operation(contract.AGENCIES, agencies.listed),
    Operation(reports.SUBMIT, submitting.submit),
    Operation(reports.STATUS, asking.status),
    Operation(reports.OBLIGATIONS, asking.obligations),
)
OPERATIONS: Mapping[Name, Operation] = MappingProxyType(
    {Name(one.contract.namespace, one.contract.name): one for one in _ALL}
)
SERVICES: Mapping[str, Service] = MappingProxyType({one.path: one for one in (contract.SERVICE, reports.SERVICE)})


def operation_of(service: Service, name: Name, actions: Sequence[str]) -> Operation:
    """The service's call of that name. Raises ``Rejected``: ``method.unknown``, and ``request.invalid`` where one of the actions,
    however it was told, is another's.
    """
    if name not in OPERATIONS or name.namespace != service.namespace:
        raise Rejected("method.unknown", f"{{{name.namespace[:100]}}}{name.local[:60]}")
    operation = OPERATIONS[name]
    for action in filter(None, actions):
        if action != operation.contract.action:
            raise Rejected("request.invalid", f"the action is {action[:120]!r}, and the Body calls {name.local}")
    return operation
