"""Write named arrays in the safetensors format without copying them first.

The safetensors package copies all arrays before it writes, and hides the error of the system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

_DTYPES = {
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


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a safetensors file, byte for byte as safetensors would: sorted by dtype, then by name.

    Raises:
        OSError: the file cannot be written.
    """
    dtypes = list(_DTYPES)
    names = sorted(arrays, key=lambda name: (dtypes.index(arrays[name].dtype.name), name.encode()))
    header: dict[str, object] = {}
    end = 0
    for name in names:
        array = arrays[name]
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": _DTYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for name in names:
            # Copies only an empty or non-contiguous array.
            in_order = np.ascontiguousarray(arrays[name], arrays[name].dtype.newbyteorder("<"))
            file.write(in_order.data if in_order.size else b"")
