"""Write named arrays in the safetensors format without copying them first.

The safetensors package copies all arrays before it writes, and hides the error of the system.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

DTYPES = {
    "uint64": "U64",
    "int64": "I64",
    "float64": "F64",
    "float32": "F32",
    "uint32": "U32",
    "int32": "I32",
    "float16": "F16",
    "uint16": "U16",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}
"""The safetensors name of each dtype; arrays are written in this order of dtypes."""

_ALIGNMENT = 8


class ArrayFormat(NamedTuple):
    """The numpy name of a dtype, and the shape of an array."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Size of the array in bytes."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


class Layout(NamedTuple):
    """Where everything is in a safetensors file: its first bytes, and where each array starts.

    The arrays stand in the order of the file.
    """

    head: bytes
    starts: dict[str, int]
    size: int


def layout(formats: Mapping[str, ArrayFormat], metadata: Mapping[str, str] | None = None) -> Layout:
    """Return the layout of a file with the given arrays: sorted by dtype, then by name."""
    dtypes = list(DTYPES)
    names = sorted(formats, key=lambda name: (dtypes.index(formats[name].dtype), name.encode()))
    header: dict[str, object] = {} if metadata is None else {"__metadata__": dict(metadata)}
    starts: dict[str, int] = {}
    end = 0
    for name in names:
        starts[name], end = end, end + formats[name].nbytes
        header[name] = {
            "dtype": DTYPES[formats[name].dtype],
            "shape": list(formats[name].shape),
            "data_offsets": [starts[name], end],
        }
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % _ALIGNMENT)
    head = len(head).to_bytes(8, "little") + head
    return Layout(
        head, {name: len(head) + start for name, start in starts.items()}, len(head) + end
    )


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a safetensors file, byte for byte as safetensors would: sorted by dtype, then by name.

    Raises:
        OSError: the file cannot be written.
    """
    found = layout(
        {name: ArrayFormat(each.dtype.name, each.shape) for name, each in arrays.items()}
    )
    with path.open("wb") as file:
        file.write(found.head)
        for name in found.starts:
            # Copies only an empty or non-contiguous array.
            in_order = np.ascontiguousarray(arrays[name], arrays[name].dtype.newbyteorder("<"))
            file.write(in_order.data if in_order.size else b"")
