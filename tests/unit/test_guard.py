"""The guard that keeps tests on this machine."""

from __future__ import annotations

import socket

import pytest


def test_no_test_reaches_another_machine():
    """A connection to any address but loopback fails at once and names it."""
    with pytest.raises(Exception, match=r"no test may connect to .*192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)


def test_loopback_is_free():
    """Servers of a test's own can be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
