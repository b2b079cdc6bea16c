"""Objects on their way through a pipe: arrays are sent as they lie in memory, without copies.

`Connection.send` makes one copy of every array to pickle it, and `Connection.recv` two more. A run
can hold gigabytes of snapshots.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

_PIECE = 2**20
"""Bytes that are sent at once: as much as is held twice."""


def send(pipe: Connection, content: object) -> None:
    """Sends an object; `receive` gives it back at the other end.

    Raises:
        OSError: the other end is closed.
        Exception: the object cannot be pickled; nothing has been sent.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(content, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    pipe.send_bytes(pickle.dumps(([view.nbytes for view in views], len(head))))
    for view in (memoryview(head), *views):
        for start in range(0, view.nbytes, _PIECE):
            pipe.send_bytes(view[start : start + _PIECE])


def receive(pipe: Connection) -> Any:
    """The next object that was sent.

    Raises:
        EOFError: the other end is closed.
        OSError: it was closed in the middle of an object.
    """
    sizes, length = pickle.loads(pipe.recv_bytes())  # noqa: S301 - it comes from a process of this tool
    head = _received(pipe, length)
    buffers = [_received(pipe, size) for size in sizes]
    return pickle.loads(head, buffers=buffers)  # noqa: S301


def _received(pipe: Connection, size: int) -> bytearray:
    content = bytearray(size)
    with memoryview(content) as view:
        for start in range(0, size, _PIECE):
            pipe.recv_bytes_into(view[start : start + _PIECE])
    return content
