"""Files of named arrays in the safetensors format, written from where the arrays lie in memory.

safetensors itself would first make a copy of all of them, and its errors are not those of the
system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_KINDS = {
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
"""What safetensors calls the types of numbers, in the order in which it writes arrays of them."""

_ALIGNED = 8


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Writes arrays as safetensors does, byte for byte: by type, and then by name.

    Raises:
        OSError: the system refuses to write it.
    """
    kinds = list(_KINDS)
    names = sorted(arrays, key=lambda name: (kinds.index(arrays[name].dtype.name), name.encode()))
    told: dict[str, object] = {}
    end = 0
    for name in names:
        array = arrays[name]
        start, end = end, end + array.nbytes
        told[name] = {
            "dtype": _KINDS[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    header = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % _ALIGNED)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for name in names:
            # An array that is empty, or not in one piece, is copied.
            in_order = np.ascontiguousarray(arrays[name], arrays[name].dtype.newbyteorder("<"))
            file.write(in_order.data if in_order.size else b"")
