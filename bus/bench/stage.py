"""What one scenario works with: a bus, and two sinks its routes lead to."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from bus.bench import home, proc, process
from bus.bench.documents import OTHER, RECIPIENT, SMALL, document
from bus.bench.failed import BenchFailed
from bus.bench.load import CLOSED, OPEN, Job, send
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.process import COMMAND, Daemon
from bus.bench.requests import Address, template
from bus.bench.sink import Sink, sink

#: Seconds in which a first document has to arrive.
_FIRST = 60.0
_CONNECTING = 10.0
_WARM = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """A bus and its two sinks: ``one`` gets what is for :data:`RECIPIENT`, ``beside`` what is for :data:`OTHER`."""

    address: Address
    one: Sink
    beside: Sink
    #: Processes of a bus that runs elsewhere on this machine.
    pids: tuple[int, ...] = ()
    #: None where the bus runs elsewhere.
    daemon: Daemon | None = None
    #: Names of processes that work for the bus: what they are to it, and what they are called.
    helpers: Mapping[str, str] = field(default_factory=dict)

    def job(self, pace: Pace, size: int = SMALL, *, beside: bool = False) -> Job:
        """Documents to one of the sinks."""
        body = document(size, OTHER if beside else RECIPIENT)
        connections = OPEN if pace.is_open else CLOSED
        return Job(self.address, template(self.address, body), pace, connections)

    def idle(self) -> None:
        """Wait until the bus has all but stopped working; one that runs elsewhere is taken at its word."""
        if self.daemon:
            self.daemon.until_idle()

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time of the bus and of what works for it, by the name of the figure."""
        told = {f"cpu_{role}": proc.cpu(proc.called(called)) for role, called in self.helpers.items()}
        if self.daemon or self.pids:
            told["cpu_daemon"] = self.daemon.cpu() if self.daemon else proc.cpu(self.pids)
        return told


@contextmanager
def stage(plan: Plan, command: Sequence[str] = COMMAND) -> Iterator[Stage]:
    """A stage of ``plan`` that is warm. Raises BenchFailed where nothing gets through."""
    if plan.target:
        _reach(plan.target)
    with sinks(plan) as (one, beside), ExitStack() as kept:
        if plan.target:
            made = Stage(plan.target, one, beside, plan.pids)
        else:
            where = kept.enter_context(home.place(routes_to(one, beside)))
            daemon = kept.enter_context(process.running(where, plan.settings, command))
            made = own(plan, daemon, one, beside)
        warm(made, plan.count(_WARM))
        yield made


def _reach(address: Address) -> None:
    try:
        socket.create_connection((address.host, address.port), _CONNECTING).close()
    except OSError as error:
        raise BenchFailed(f"{address} cannot be reached: {error.strerror or error}") from None


@contextmanager
def sinks(plan: Plan) -> Iterator[tuple[Sink, Sink]]:
    """The two sinks of ``plan``."""
    host, port = plan.sink
    with sink(host, port) as one, sink(host, port + 1 if port else 0) as beside:
        yield one, beside


def own(plan: Plan, daemon: Daemon, one: Sink, beside: Sink) -> Stage:
    """The stage of a daemon of our own."""
    settings = plan.settings or {}
    helpers = {"database": "postgres"} if settings.get("BUS_DATABASE_URL", "").startswith("postgresql") else {}
    if settings.get("BUS_BROKER_URL", "").startswith("amqp"):
        helpers["broker"] = "beam.smp"
    address = Address("127.0.0.1", daemon.where.port, key=home.KEY)
    return Stage(address, one, beside, daemon=daemon, helpers=helpers)


def routes_to(one: Sink, beside: Sink) -> str:
    """The routes that lead to two sinks."""
    return home.routes(_url(one.host, one.port), _url(beside.host, beside.port))


def example(host: str, port: int) -> str:
    """What a bus that runs elsewhere needs in its routes."""
    return home.routes(_url(host, port), _url(host, port + 1))


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{home.PATH}"


def warm(made: Stage, documents: int) -> None:
    """Have documents go all the way to both sinks."""
    for there, beside in ((made.one, False), (made.beside, True)):
        there.forget()
        send(made.job(Pace(_FIRST, documents=documents), beside=beside))
        try:
            there.wait_for(documents, _FIRST)
        except BenchFailed as error:
            raise BenchFailed(f"{error}; do the routes lead to {_url(there.host, there.port)}?") from None
    made.idle()
