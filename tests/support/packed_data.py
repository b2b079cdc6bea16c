"""Packs and scenes in the form of their script files, made plainly for tests of the scripts."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int


def base64_of(values: np.ndarray) -> str:
    """Encode 32-bit floats, little-endian."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def stored(integers: Int[np.ndarray, "frame ..."], bits: int) -> bytes:
    """Return the bytes of integers as differences along the first axis, modulo 2 ** bits."""
    differences = np.diff(integers.astype(np.int64), axis=0, prepend=0)
    return (differences % 2**bits).astype(f"<u{bits // 8}").tobytes()


def packed(tables: Sequence[bytes]) -> str:
    return base64.b64encode(gzip.compress(b"".join(tables), mtime=0)).decode()


def raw_pack(
    steps: Sequence[int],
    views: Mapping[str, tuple[Int[np.ndarray, "snapshot row column"], int]],
    scales: Float[np.ndarray, " snapshot"],
) -> dict[str, Any]:
    """Return a pack of views: integers and bits of each, all with the same scales."""
    tables = [stored(integers, bits) for integers, bits in views.values()]
    listed = [
        {
            "name": name,
            "rows": integers.shape[1],
            "columns": integers.shape[2],
            "bits": bits,
            "axes": ["number", "neuron"],
            "scales": base64_of(scales),
        }
        for name, (integers, bits) in views.items()
    ]
    return {"steps": list(steps), "views": listed, "data": packed(tables)}


def raw_scene(
    steps: Sequence[int],
    layers: Sequence[dict[str, Any]],
    arrays: Sequence[Float[np.ndarray, "frame ..."]] = (),
    *,
    pack: str | None = None,
    size: tuple[int, int] = (200, 100),
) -> dict[str, Any]:
    """Return a scene whose arrays have 16 bits, rounded to 1/100; NaN is kept."""
    ones = np.ones(len(steps))
    integers = [np.where(np.isnan(a), -32768, np.rint(np.nan_to_num(a) * 100)) for a in arrays]
    listed = [
        {
            "shape": list(array.shape),
            "bits": 16,
            "scales": base64_of(ones / 100),
            "offsets": base64_of(ones * 0),
        }
        for array in arrays
    ]
    width, height = size
    scene = {"width": width, "height": height, "steps": list(steps), "pace": 12, "pack": pack}
    scene |= {"background": "", "layers": list(layers), "arrays": listed}
    data = {"data": packed([stored(each.astype(np.int64), 16) for each in integers])}
    return scene | (data if arrays else {})
