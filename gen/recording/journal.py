"""The journal: a recording while it is written, as records with a checksum, one after another.

It can be read at any moment up to its last whole record. docs/recording-format.md describes it.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from enum import IntEnum
from io import FileIO
from typing import NamedTuple

from gen.errors import ConfigError
from gen.recording.contents import (
    MAX_JSON,
    MAX_NAMES,
    About,
    check_format,
    check_names,
    damaged,
    from_json,
    parse_json,
)
from gen.store.arrays import ArrayFormat

MAGIC = b"\x89grj"
"""First bytes of every record. As the start of a safetensors file they mean a header too large."""

_HEADER = struct.Struct("<4sB3xQ")
"""Magic, kind, length of the payload in bytes; followed by the CRC-32 of these 16 bytes."""

_CRC = struct.Struct("<I")
_STEP = struct.Struct("<q")
_VALUE = struct.Struct("<Id")
"""One value of a log: number of the metric, in the order of their first appearance, and value."""

_BLOCK = 1 << 20


class Kind(IntEnum):
    """What a record holds."""

    ABOUT = 1
    METRICS = 2
    VIEWS = 3
    LOG = 4
    SNAPSHOT = 5


class MetricNames(NamedTuple):
    """Metrics that are logged from here on, beside former ones."""

    names: list[str]


class ViewFormats(NamedTuple):
    """The views of every snapshot, in their order."""

    formats: dict[str, ArrayFormat]


class Log(NamedTuple):
    """Some metrics at one step, as pairs of number and value."""

    step: int
    values: list[tuple[int, float]]


class Snapshot(NamedTuple):
    """All views at one step: their bytes, one view after another."""

    step: int
    data: memoryview


class JournalWriter:
    """Appends records to a file.

    Args:
        file: the journal, open for writing.
    """

    def __init__(self, file: FileIO) -> None:
        self._descriptor = file.fileno()
        self._end = os.fstat(self._descriptor).st_size

    def append(self, kind: Kind, payload: bytes) -> None:
        """Append a record; raise what `append_parts` raises."""
        self.append_parts(kind, len(payload), [payload])

    def append_parts(self, kind: Kind, length: int, parts: Iterable[bytes | memoryview]) -> None:
        """Append a record whose payload comes in parts; if that fails, the file is as before.

        Args:
            length: number of bytes of all parts together.

        Raises:
            OSError: the disk is full.
        """
        try:
            end = self._write(self._end, header(kind, length))
            crc = 0
            for part in parts:
                crc = zlib.crc32(part, crc)
                end = self._write(end, part)
            self._end = self._write(end, _CRC.pack(crc))
        except BaseException:
            os.ftruncate(self._descriptor, self._end)
            raise

    def _write(self, start: int, content: bytes | memoryview) -> int:
        """Write all of a content, and return where it ends."""
        rest = memoryview(content).cast("B")
        while rest:
            count = os.pwrite(self._descriptor, rest, start)
            start, rest = start + count, rest[count:]
        return start


def header(kind: Kind, length: int) -> bytes:
    """Return the first 20 bytes of a record."""
    content = _HEADER.pack(MAGIC, kind, length)
    return content + _CRC.pack(zlib.crc32(content))


def record(kind: Kind, payload: bytes) -> bytes:
    """Return a whole record."""
    return header(kind, len(payload)) + payload + _CRC.pack(zlib.crc32(payload))


def pack_step(step: int) -> bytes:
    """Return the first 8 bytes of a log or snapshot."""
    return _STEP.pack(step)


def pack_log(step: int, values: Iterable[tuple[int, float]]) -> bytes:
    """Return the payload of a log."""
    return _STEP.pack(step) + b"".join(_VALUE.pack(number, value) for number, value in values)


Record = About | MetricNames | ViewFormats | Log | Snapshot


def replay(content: memoryview, where: str) -> Iterator[Record]:
    """Yield what the whole records of a journal say; the first one is `About`.

    Args:
        content: the file.
        where: its path, for errors.

    A recorder that was interrupted between two steps of its work may declare the same names again.

    Raises:
        ConfigError: a record before the last one is damaged, or contradicts former ones.
    """
    metrics: set[str] = set()
    formats: dict[str, ArrayFormat] = {}
    snapshot_length = -1
    for number, (kind, payload) in enumerate(_records(content, where)):
        if (kind == Kind.ABOUT) != (number == 0):
            raise damaged(where, "its description is not at its beginning")
        match kind:
            case Kind.ABOUT:
                yield from_json(bytes(payload[: MAX_JSON + 1]), where)[0]
            case Kind.METRICS:
                names = check_names(_json(payload, where).get("metrics"), where)
                new = [name for name in names if name not in metrics]
                metrics.update(new)
                if len(metrics) > MAX_NAMES:
                    raise damaged(where, "it has too many metrics")
                yield MetricNames(new)
            case Kind.VIEWS if formats in ({}, found := _view_formats(payload, where)):
                formats = found
                snapshot_length = _STEP.size + sum(each.nbytes for each in formats.values())
                yield ViewFormats(formats)
            case Kind.LOG if len(payload) % _VALUE.size == _STEP.size:
                values = list(_VALUE.iter_unpack(payload[_STEP.size :]))
                if any(metric >= len(metrics) for metric, _ in values):
                    raise damaged(where, "a metric has no name")
                yield Log(_STEP.unpack_from(payload)[0], values)
            case Kind.SNAPSHOT if len(payload) == snapshot_length:
                yield Snapshot(_STEP.unpack_from(payload)[0], payload[_STEP.size :])
            case _:
                raise damaged(where, "a record has the wrong length or place")


def _json(payload: memoryview, where: str) -> dict[str, object]:
    return parse_json(bytes(payload[: MAX_JSON + 1]), where)


def _view_formats(payload: memoryview, where: str) -> dict[str, ArrayFormat]:
    views = _json(payload, where).get("views")
    if not isinstance(views, dict) or not views:
        raise damaged(where, "its list of views is wrong")
    names = check_names(list(views), where)
    return {name: check_format(views[name], where) for name in names}


def _records(content: memoryview, where: str) -> Iterator[tuple[int, memoryview]]:
    """Yield kind and payload of all whole records; a last one that is cut off is left out."""
    start, size = 0, len(content)
    while start + _HEADER.size + _CRC.size <= size:
        payload_start = start + _HEADER.size + _CRC.size
        magic, kind, length = _HEADER.unpack_from(content, start)
        (crc,) = _CRC.unpack_from(content, start + _HEADER.size)
        if magic != MAGIC or crc != zlib.crc32(content[start : start + _HEADER.size]):
            if _is_zero(content[start:]):
                return  # the machine stopped after the file had grown
            raise _damaged_at(where, start)
        payload_end = payload_start + length
        end = payload_end + _CRC.size
        if end > size:
            return
        payload = content[payload_start:payload_end]
        if _CRC.unpack_from(content, payload_end)[0] != zlib.crc32(payload):
            if _is_zero(content[end:]):
                return  # written only in part, and the last
            raise _damaged_at(where, start)
        yield kind, payload
        start = end


def _is_zero(content: memoryview) -> bool:
    zeros = bytes(_BLOCK)
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        if block != zeros[: len(block)]:
            return False
    return True


def _damaged_at(where: str, start: int) -> ConfigError:
    hint = f"head --bytes={start} copies what is before it" if start else "record it again"
    return damaged(where, f"the record at byte {start:,} has a wrong checksum", hint)
