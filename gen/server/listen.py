"""Opens the port that `gen serve` listens on, and says in one line why that fails."""

from __future__ import annotations

import errno
import socket

from gen.errors import SetupError

USUAL_PORT = 8000

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104
"""Hosts that stand for all addresses of this machine."""

_ANOTHER_HOST = "give --host an address of this machine, or leave it out"
_ANOTHER_PORT = "choose another --port"


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens.

    Args:
        host: a name or an address of this machine.
        port: None for 8000, or a free one if that is taken.

    Raises:
        EnvironmentFault: the host is unknown or not this machine's, or the port cannot be used.
    """
    taken = OSError()
    wanted = (USUAL_PORT, 0) if port is None else (port,)
    for number in wanted:
        try:
            return _listener(host, number)
        except OSError as error:
            taken = error
    raise _fault(taken, host, wanted[-1])


def address_of(listener: socket.socket, host: str) -> str:
    """Where a browser on this machine finds what listens."""
    name = "localhost" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}/"


def _listener(host: str, port: int) -> socket.socket:
    """Listens on the first address of a host that can be used, IPv4 before IPv6."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except UnicodeError:  # no name at all, such as one with two dots in a row
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    refused = OSError(errno.EADDRNOTAVAIL, "no address")
    for family, kind, _, _, address in sorted(found, key=lambda each: each[0] != socket.AF_INET):
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            listener.close()
            refused = error
        else:
            return listener
    raise refused


def _fault(error: OSError, host: str, port: int) -> SetupError:
    """Names what is wrong: the host, or the port."""
    if isinstance(error, socket.gaierror):
        return SetupError("this host is not known", where=host, hint=_ANOTHER_HOST)
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        what = "this is not an address of this machine"
        return SetupError(what, where=host, hint=_ANOTHER_HOST)
    if error.errno == errno.EADDRINUSE:
        what = f"port {port} is in use by another program"
        return SetupError(what, where=host, hint=_ANOTHER_PORT)
    if error.errno == errno.EACCES:
        what = f"port {port} needs a permission that this process lacks"
        return SetupError(what, where=host, hint="choose a --port of 1024 or above")
    reason = (error.strerror or str(error)).lower()
    return SetupError(f"port {port} cannot be used: {reason}", where=host, hint=_ANOTHER_PORT)
