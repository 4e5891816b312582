"""An axis in trouble costs no more than it must: calls, doubts, and the attention of operators."""

from __future__ import annotations

from pathlib import Path

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.sandbox_orders import Habits
from bus import breaker
from tests.buses import until
from tests.contracts.face import NOI_VU
from tests.messages import edoc
from tests.papers import fill
from tests.roads import BO, ROUTES, road

MANY = tuple(f"000.00.{number}.G22" for number in range(20, 41))


def test_calls_of_many_recipients_use_the_endpoints_concurrency(tmp_path: Path) -> None:
    """Four documents to many agencies on the axis are four calls on the wire (concurrency 4)."""
    with road(tmp_path, ROUTES.replace("500ms", "30s")) as way:
        way.axis.order(Order(mode=Mode.HANG, call="sendEdoc"))
        fill(way.daemon.ingress, 4, MANY)
        try:
            until(lambda: way.axis.account()["calls"].get("sendEdoc", 0) == 4, 5)
        finally:
            way.axis.order(Order())


def test_an_open_breaker_stops_calls_that_were_not_begun(tmp_path: Path) -> None:
    """An axis that hangs up: what was leased ahead when the breaker opens is put back, and not called into a doubt."""
    with road(tmp_path) as way:
        way.axis.order(Order(mode=Mode.DOWN))
        fill(way.daemon.ingress, 1000, (BO,))
        until(lambda: way.daemon.gates.condition("axis").breaker == breaker.OPEN)
        until(lambda: way.daemon.gates.out("axis") == 0)
        assert way.states()["in_doubt"] < 20


def test_a_list_that_may_be_cut_is_asked_for_again(tmp_path: Path) -> None:
    """Whether a document is there is not left to an operator because 50 others were listed at that moment."""
    with road(tmp_path) as way:
        fill(way.daemon.ingress, 50, ("000.00.99.G22",))
        way.settles(delivered=50)
        way.axis.order(Order(mode=Mode.DOWN, call="sendEdoc", times=1))
        way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-X", subject="khac"))
        way.settles(delivered=50, in_doubt=1)
        way.clock.move(121)
        until(lambda: way.axis.account()["calls"].get("getSentEdocList", 0) == 1)
        until(way.idle)
        way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-Y", subject="khac nua"))
        until(lambda: way.states().get("delivered", 0) == 51)
        for _ in range(10):
            way.clock.move(3600)
            until(way.idle)
        way.settles(delivered=52)


def test_a_sender_does_not_get_its_own_document_back(tmp_path: Path) -> None:
    """An axis that echoes: nothing goes back to the partner it came from (semantics 11)."""
    with road(tmp_path) as way:
        way.axis.form(Habits(echo=True))
        way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-1"))
        way.settles(delivered=1)
        way.poll()
        assert way.noi_vu.take() == []
