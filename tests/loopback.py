"""Ports on the loopback that are ours before a server listens there, and after."""

from __future__ import annotations

import contextlib
import socket


def hold(host: str = "127.0.0.1") -> socket.socket:
    """A socket that keeps its port: nobody else is given it while it is open.

    It is bound and never listens. So a server that lets an address be used again
    (SO_REUSEADDR), as they all do, may listen there, at once or late, and come back.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((host, 0))
    return held


def port_of(held: socket.socket) -> int:
    """The port that a socket has."""
    return int(held.getsockname()[1])


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server takes connections."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), 60):
        return True
    return False
