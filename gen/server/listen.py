"""Open the port of `gen serve`."""

from __future__ import annotations

import errno
import socket

from gen.errors import SetupError

DEFAULT_PORT = 8000

ALL_ADDRESSES = ("", "0.0.0.0", "::")  # noqa: S104
"""Hosts that mean all addresses of this machine."""

_HOST_HINT = "set --host to an address of this machine, or leave it out"
_PORT_HINT = "choose another --port"


def listen(host: str, port: int | None) -> socket.socket:
    """Open a listening socket.

    Args:
        host: a name or an address of this machine.
        port: None for 8000, or a free port if 8000 is in use.

    Raises:
        SetupError: the host is not an address of this machine, or the port cannot be used.
    """
    failure = OSError()
    ports = (DEFAULT_PORT, 0) if port is None else (port,)
    for number in ports:
        try:
            return _listener(host, number)
        except OSError as error:
            failure = error
    raise _listen_error(failure, host, ports[-1])


def address_of(listener: socket.socket, host: str) -> str:
    """Return the URL of a listening socket for a browser on this machine."""
    name = "localhost" if host in ALL_ADDRESSES else f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}/"


def _listener(host: str, port: int) -> socket.socket:
    """Listen on the first usable address of a host, IPv4 before IPv6."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except UnicodeError:  # not a valid name, such as one with two dots in a row
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    failure = OSError(errno.EADDRNOTAVAIL, "no address")
    for family, kind, _, _, address in sorted(found, key=lambda each: each[0] != socket.AF_INET):
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError as error:
            listener.close()
            failure = error
        else:
            return listener
    raise failure


def _listen_error(error: OSError, host: str, port: int) -> SetupError:
    """Return the error for a host or a port that cannot be used."""
    if isinstance(error, socket.gaierror):
        return SetupError("unknown host", where=host, hint=_HOST_HINT)
    if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        what = "not an address of this machine"
        return SetupError(what, where=host, hint=_HOST_HINT)
    if error.errno == errno.EADDRINUSE:
        what = f"port {port} is in use by another program"
        return SetupError(what, where=host, hint=_PORT_HINT)
    if error.errno == errno.EACCES:
        what = f"no permission to listen on port {port}"
        return SetupError(what, where=host, hint="choose a --port of 1024 or higher")
    reason = (error.strerror or str(error)).lower()
    return SetupError(f"port {port} cannot be used: {reason}", where=host, hint=_PORT_HINT)
