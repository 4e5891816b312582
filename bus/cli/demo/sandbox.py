"""Sandbox partners at the addresses the routes name on this machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from adapters.rest.sandbox import RestSandbox
from bus.config import RoutesFile
from bus.errors import BusError

_HERE = ("127.0.0.1", "localhost", "::1")

Address = tuple[str, int]


def addresses(routes: RoutesFile) -> list[Address]:
    """Where on this machine endpoints are called, each once."""
    urls = [urlsplit(str(getattr(endpoint, "url", ""))) for endpoint in routes.endpoints.values()]
    return sorted({(url.hostname, url.port) for url in urls if url.hostname in _HERE and url.port})


def agencies(routes: RoutesFile) -> list[tuple[Address, str]]:
    """The sandbox partner behind each endpoint on this machine: the first step of its URL's path."""
    urls = [urlsplit(str(getattr(endpoint, "url", ""))) for endpoint in routes.endpoints.values()]
    return [((url.hostname, url.port), url.path.split("/")[1]) for url in urls if url.hostname in _HERE and url.port]


@contextmanager
def running(where: Iterable[Address]) -> Iterator[list[RestSandbox]]:
    """A sandbox at each address. Raises BusError where one is taken."""
    with ExitStack() as stack:
        started = []
        for host, port in where:
            sandbox = RestSandbox(host, port)
            _start(sandbox, host, port)
            stack.callback(sandbox.stop)
            started.append(sandbox)
        yield started


def _start(sandbox: RestSandbox, host: str, port: int) -> None:
    try:
        sandbox.start()
    except OSError as error:
        raise BusError(f"the sandbox cannot listen on {host}:{port}: {error.strerror or error}") from error


def manual(url: str) -> list[str]:
    """How to use a sandbox; ``url`` is where one of its partners takes documents."""
    base, agency, _ = url.rsplit("/", 2)
    control = f"{base}/_control/{agency}"
    return [
        f"sandbox partners listen at {base} (any name is a partner: {url})",
        "tell one what to do with the next calls:",
        f"""  curl -X POST {control} -d '{{"mode": "busy", "seconds": 5, "times": 3}}'      503 with Retry-After""",
        f"""  curl -X POST {control} -d '{{"mode": "refuse", "status": 422, "times": 1}}'   refused for good""",
        f"""  curl -X POST {control} -d '{{"mode": "drop_after_reading", "times": 1}}'      taken, but no answer""",
        f"""  curl -X POST {control} -d '{{"mode": "ok"}}'                                  behave again""",
        "see what it has:",
        f"  curl {control}",
        "Ctrl-C ends it",
    ]
