"""Arrays of frames as small whole numbers, packed for a script file.

Neighbouring frames resemble each other, so each is stored as its difference to the one before,
modulo 2 ** bits, which gzip makes small. Base64 is what a script file can hold.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int, UInt

from gen.interactive.zipped import zipped

Bits = Literal[8, 16]

NAN = {8: -128, 16: -32768}
"""The number that stands for a value that is not finite."""

_SMALLEST = float(np.finfo(np.float32).tiny)
"""Smallest scale; frames that differ by less are constant."""


@dataclass(frozen=True)
class Quantised:
    """An array as whole numbers: value = number * scale + offset, of its frame.

    Attributes:
        numbers: between -127 and 127, or -32767 and 32767; or `NAN`.
    """

    numbers: Int[np.ndarray, "frame ..."]
    scales: Float[np.ndarray, " frame"]
    offsets: Float[np.ndarray, " frame"]
    bits: Bits


def quantise_symmetric(values: Float[np.ndarray, "frame ..."], bits: Bits) -> Quantised:
    """Quantise with a scale per frame, so that 0 stays 0.

    An error is at most half of the largest value of the frame, divided by 127 or 32767.
    """
    return _quantised(values, np.zeros(len(values)), _largest(np.abs(_finite(values))), bits)


def quantise_to(values: Float[np.ndarray, "frame ..."], tolerance: float) -> Quantised:
    """Quantise with a scale and an offset per frame, in 8 bits where errors stay in a tolerance."""
    filled = _finite(values).reshape(len(values), -1)
    low, high = filled.min(axis=1), filled.max(axis=1)
    reach = (high - low) / 2
    bits: Bits = 8 if float(reach.max(initial=0.0)) <= 2 * 127 * tolerance else 16
    return _quantised(values, (low + high) / 2, reach, bits)


def packed(arrays: Iterable[Quantised]) -> str:
    """Return the numbers of all arrays, one after the other, as base64 of gzip."""
    return zipped(b"".join(_differences(array).tobytes() for array in arrays))


def packed_floats(values: Float[np.ndarray, " entry"]) -> str:
    """Return numbers as base64 of little-endian float32."""
    return base64.b64encode(values.astype("<f4").tobytes()).decode()


def _quantised(
    values: Float[np.ndarray, "frame ..."],
    offsets: Float[np.ndarray, " frame"],
    reach: Float[np.ndarray, " frame"],
    bits: Bits,
) -> Quantised:
    most = 2 ** (bits - 1) - 1
    # The page computes with the float32 of both, so they are rounded before they are used.
    steps = np.where(reach / most >= _SMALLEST, reach / most, 1.0)
    scales = steps.astype(np.float32).astype(np.float64)
    offsets = offsets.astype(np.float32).astype(np.float64)
    wide = (-1, *(1 for _ in values.shape[1:]))
    exact = (values.astype(np.float64) - offsets.reshape(wide)) / scales.reshape(wide)
    finite = np.isfinite(exact)
    numbers = np.clip(np.where(finite, exact, 0.0).round(), -most, most)
    coded = np.where(finite, numbers, NAN[bits])
    return Quantised(coded.astype(np.int8 if bits == 8 else "<i2"), scales, offsets, bits)


def _differences(array: Quantised) -> UInt[np.ndarray, "frame ..."]:
    numbers = array.numbers
    unsigned = numbers.view(np.uint8 if array.bits == 8 else "<u2")
    return np.concatenate([unsigned[:1], np.diff(unsigned, axis=0)])


def _finite(values: Float[np.ndarray, "frame ..."]) -> Float[np.ndarray, "frame ..."]:
    return np.where(np.isfinite(values), values, 0.0).astype(np.float64)


def _largest(values: Float[np.ndarray, "frame ..."]) -> Float[np.ndarray, " frame"]:
    return values.reshape(len(values), -1).max(axis=1, initial=0.0)
