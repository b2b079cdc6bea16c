"""The numbers of a stored scene, computed in Python as the page's `values.js` does."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from gen.analysis.fourier import components
from gen.analysis.interference import interpolate
from gen.drawing.derived import Operation
from gen.interactive.quantise import NAN
from gen.interactive.zipped import unzipped

_NUMBERS = {8: np.dtype("u1"), 16: np.dtype("<u2")}
_SIGNED = {8: np.dtype("i1"), 16: np.dtype("<i2")}


class SceneValues:
    """Reads what the layers of a scene name as their values or points."""

    def __init__(self, content: dict[str, Any], view: Callable[[str], np.ndarray]) -> None:
        """Read a scene.

        Args:
            content: of the scene, see `gen.interactive.scene.scene_content`.
            view: returns a view of its pack, (kept, row, column).
        """
        self._content, self._view = content, view

    def of(self, spec: dict[str, Any]) -> Float[np.ndarray, "frame ..."]:
        """Return values of all frames; a single one if they do not change."""
        if "view" in spec:
            values = self._view(spec["view"])
            values = values if spec["frames"] is None else values[spec["frames"]]
        else:
            values = self._arrays[spec["array"]]
        for operation in spec["ops"]:
            values = applied(values, operation)
        return values

    @cached_property
    def _arrays(self) -> list[Float[np.ndarray, "frame ..."]]:
        """The arrays that travel with the scene."""
        raw, start = unzipped(self._content["data"]), 0
        found: list[np.ndarray] = []
        for array in self._content["arrays"]:
            shape, bits = array["shape"], array["bits"]
            count = int(np.prod(shape))
            differences = np.frombuffer(raw, _NUMBERS[bits], count, start).reshape(shape)
            start += count * bits // 8
            signed = differences.cumsum(axis=0, dtype=_NUMBERS[bits]).view(_SIGNED[bits])
            numbers = np.where(signed == NAN[bits], np.nan, signed)
            by_frame = (-1, *(1 for _ in shape[1:]))
            scales, offsets = (_floats(array[name]) for name in ("scales", "offsets"))
            found.append(numbers * scales.reshape(by_frame) + offsets.reshape(by_frame))
        return found


def applied(values: Float[np.ndarray, "frame ..."], operation: Operation) -> np.ndarray:
    """Return what follows from values by an operation of `gen.drawing.derived`."""
    name, *given = operation
    return _OPERATIONS[name](values, *given)


def _against(values: np.ndarray, across: Sequence[float]) -> np.ndarray:
    every = len(across) == values[0].size
    return _pairs(np.reshape(across, values.shape[1:] if every else -1), values)


def _over_frames(values: np.ndarray, across: Sequence[float]) -> np.ndarray:
    return _pairs(np.reshape(across, (-1, *(1 for _ in values.shape[1:]))), values)


def _waves(values: np.ndarray, _numbers: int, periods: Sequence[int]) -> np.ndarray:
    chosen = components(values[..., None])[..., [k - 1 for k in periods], 0]
    pairs = _pairs(np.real(chosen), -np.imag(chosen))
    return pairs.reshape(*pairs.shape[:-2], -1)


def _pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.stack(np.broadcast_arrays(first, second), axis=-1)


_OPERATIONS: Mapping[str, Callable[..., np.ndarray]] = {
    "affine": lambda values, factor, offset: values * np.asarray(factor) + np.asarray(offset),
    "against": _against,
    "base": lambda values, base: _pairs(np.asarray(base), values),
    "clip": np.clip,
    "fourier": _waves,
    "frames": _over_frames,
    "hypot": lambda values: np.hypot(values[..., ::2], values[..., 1::2]),
    "pick": lambda values, axis, index: values.take(index, axis + 1),
    "reshape": lambda values, shape: values.reshape(len(values), *shape),
    "smooth": interpolate,
    "take": lambda values, axis, entries: values.take(entries, axis + 1),
    "transpose": lambda values, order: values.transpose(0, *(place + 1 for place in order)),
}


def _floats(text: str) -> Float[np.ndarray, " entry"]:
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float64)
