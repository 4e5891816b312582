"""Messages become dossiers and states of a document-management system; and what an operator sees of it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.qlvb.sandbox import DocumentSystem
from bus.endpoint import Delivered
from bus.errors import OutcomeUnknown, Refused, Unreachable
from tests.adapters.qlvb_partner import PDF, Office, offered, packet, states


def test_a_document_is_a_dossier(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """With its files, and what tells its answer by; a second attempt is the same dossier."""
    outcome = office.send(sender='000"05', document_id="d-1", notation="15/QĐ-UBND")
    office.send(sender='000"05', document_id="d-1", notation="15/QĐ-UBND")
    assert isinstance(outcome, Delivered)
    ((key, dossier),) = system.tell(lambda it: dict(it.dossiers)).items()
    assert outcome.remote_id == system.tell(lambda it: it.shelves.taken[key].doc_id)
    assert dossier["files"] == [("du-thao.pdf", hashlib.sha256(PDF).hexdigest(), "")]
    assert dossier["ThamSoAn"] == (
        '{"busDocId":"doc-1","busSender":"000\\"05","busDocumentId":"d-1","busNotation":"15/Q\\u0110-UBND"}'
    )
    assert [one.times for one in system.tell(lambda it: list(it.shelves.taken.values()))] == [2]


def test_a_dossier_may_link_to_its_files(system: Rehearsal[DocumentSystem], office: Office) -> None:
    """Where the endpoint says so, in the words of the dialect's own file: an address goes along in place of the bytes."""
    linked = {"VanBanDuThao": {"DinhKem": {"{files}": {"Base64": "", "Link": "{file.link}"}}}}
    office.send(office.settings(send={"call": {"body": {"value": linked}}}))
    (dossier,) = system.tell(lambda it: list(it.dossiers.values()))
    assert dossier["files"] == [("du-thao.pdf", hashlib.sha256(b"").hexdigest(), "https://bus/f")]


@pytest.mark.parametrize(("kind", "state"), [("01", "done"), ("03", "done"), ("06", "done"), ("02", "fail")])
def test_a_status_is_the_state_of_a_packet(
    system: Rehearsal[DocumentSystem], office: Office, kind: str, state: str
) -> None:
    """Of the packet whose id is the document's."""
    id_ = offered(system)
    assert isinstance(office.send(type="status", kind=kind, document_id=id_), Delivered)
    assert states(system) == [state]


@pytest.mark.parametrize("changed", [{"kind": "recall"}, {"kind": "update"}, {"type": "status", "kind": "13"}])
def test_what_the_link_has_no_word_for(office: Office, changed: dict[str, str]) -> None:
    """Is refused, and not sent as something else."""
    with pytest.raises(Refused, match="no word"):
        office.send(**changed)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Order(mode=Mode.REFUSE, code="422"), Refused),
        (Order(mode=Mode.REFUSE, code="500"), OutcomeUnknown),
        (Order(mode=Mode.LOST), OutcomeUnknown),
        (Order(mode=Mode.EMPTY), OutcomeUnknown),
        (Order(mode=Mode.HTML), OutcomeUnknown),
        (Order(mode=Mode.FAULT), OutcomeUnknown),
        (Order(mode=Mode.BUSY), Unreachable),
        (Order(mode=Mode.DENY), Unreachable),
    ],
)
def test_outcomes(system: Rehearsal[DocumentSystem], office: Office, order: Order, error: type[Exception]) -> None:
    """The envelope's code is what counts; without one nothing is claimed."""
    system.order(order)
    with pytest.raises(error) as caught:
        office.send()
    assert type(caught.value) is error


def looked(office: Office, **more: Any) -> list[str]:
    return [one.code for one in office.looked_at(**more)]


def test_an_operator_sees_what_waits(office: Office, system: Rehearsal[DocumentSystem]) -> None:
    """Listed, and left there; of a system nothing is fetched from, that it answers; and a credential that is not known."""
    system.tell(lambda it: it.offer(packet()))
    (found,) = office.looked_at()
    assert (found.code, found.words) == ("listed", "packets that wait there for us: 1")
    assert system.account()["calls"] == {"list": 1}
    assert looked(office, packets=None) == ["reached"]
    assert looked(office, auth=[{"kind": "basic", "user": "b", "password": "file:lgsp"}]) == ["wrong_secret"]
    system.order(Order(mode=Mode.REFUSE))
    assert looked(office) == ["no_list"]
