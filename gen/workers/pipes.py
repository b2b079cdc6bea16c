"""Send objects through a pipe without copying their arrays.

`Connection.send` copies every array once, and `Connection.recv` twice. A run can hold gigabytes of
snapshots.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

_CHUNK = 2**20
"""Bytes per message; only this much is in memory twice."""


def send(pipe: Connection, content: object) -> None:
    """Send an object to `receive` at the other end.

    Raises:
        OSError: the other end is closed.
        Exception: the object cannot be pickled; nothing was sent.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(content, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    pipe.send_bytes(pickle.dumps(([view.nbytes for view in views], len(head))))
    for view in (memoryview(head), *views):
        for start in range(0, view.nbytes, _CHUNK):
            pipe.send_bytes(view[start : start + _CHUNK])


def receive(pipe: Connection) -> Any:
    """Receive the next object.

    Raises:
        EOFError: the other end is closed.
        OSError: the other end was closed in the middle of an object.
    """
    sizes, length = pickle.loads(pipe.recv_bytes())  # noqa: S301 - it comes from a process of this tool
    head = _receive_bytes(pipe, length)
    buffers = [_receive_bytes(pipe, size) for size in sizes]
    return pickle.loads(head, buffers=buffers)  # noqa: S301


def _receive_bytes(pipe: Connection, size: int) -> bytearray:
    content = bytearray(size)
    with memoryview(content) as view:
        for start in range(0, size, _CHUNK):
            pipe.recv_bytes_into(view[start : start + _CHUNK])
    return content
