"""Fixtures of all rings: the services, and a guard that keeps tests on this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
from psycopg import sql

from bus import log

DATABASE_URL = os.environ.get("BUS_TEST_DATABASE_URL", "postgresql://bus_test:bus_test@127.0.0.1:5432/bus_test")
BROKER_URL = os.environ.get("BUS_TEST_BROKER_URL", "amqp://bus_test:bus_test@127.0.0.1:5672/bus_test")

# A slow machine is no failure.
hypothesis.settings.register_profile("bus", deadline=None)
hypothesis.settings.load_profile("bus")


@pytest.fixture(scope="session", autouse=True)
def _logging() -> Iterator[None]:
    """Set up as in production, to nowhere: structlog's own default draws its tracebacks, which takes seconds each."""
    with Path(os.devnull).open("wb") as nowhere:
        log.configure(nowhere)
        yield


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh, empty database for one test, as an SQLAlchemy URL (``postgresql+psycopg://…``)."""
    with _fresh_database() as url:
        yield url


@pytest.fixture
def other_postgres_url() -> Iterator[str]:
    """Another, beside the first."""
    with _fresh_database() as url:
        yield url


@contextmanager
def _fresh_database() -> Iterator[str]:
    name = f"bus_test_{uuid.uuid4().hex}"
    admin_url = DATABASE_URL.replace("postgresql+psycopg:", "postgresql:")
    try:
        admin = psycopg.connect(admin_url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.fail(f"PostgreSQL is needed here, run `make services`: {error}", pytrace=False)
    with admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlsplit(admin_url)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()
        _drop(admin, name)


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Without force: that fails where it meets the server's own vacuum. Whoever left a connection open is told so."""
    admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def broker_url() -> str:
    """RabbitMQ, shared by all tests: keep apart by the channel's namespace."""
    where = urlsplit(BROKER_URL)
    try:
        socket.create_connection((where.hostname, where.port or 5672), timeout=5).close()
    except OSError as error:
        pytest.fail(f"RabbitMQ is needed here, run `make services`: {error}", pytrace=False)
    return BROKER_URL


class LeftTheMachine(Exception):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_machine() -> Iterator[None]:
    """Refuse Python's sockets any address but loopback (C libraries connect by themselves and are not seen)."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _only_here(getattr(socket.socket, name)))
        yield


def _only_here(connect):
    def checked(self: socket.socket, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            self.close()
            raise LeftTheMachine(f"no test may connect to {address!r}")
        return connect(self, address)

    return checked


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
