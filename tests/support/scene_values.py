"""Scenes and packs read as the page reads them, by a second and plain implementation in numpy."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

Content = dict[str, Any]
"""What the script of a pack or a scene holds."""


def read_script(script: bytes | str) -> tuple[str, str, Content]:
    """Return the registry, the name and the content of a script."""
    text = script if isinstance(script, str) else script.decode()
    called = re.fullmatch(r'grokreel\.(packs|scenes)\.add\(("[^"]+"), (.*)\);\n', text)
    assert called is not None
    content = json.loads(called[3])
    return called[1], json.loads(called[2]), unzipped(content) if called[1] == "scenes" else content


def unzipped(text: str) -> Any:
    """Return the JSON value in a script that holds it zipped."""
    return json.loads(gzip.decompress(base64.b64decode(text)))


def floats(text: str) -> Float[np.ndarray, " frame"]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float64)


def views_of(pack: Content) -> dict[str, Float[np.ndarray, "snapshot row column"]]:
    """Decode the views of a pack; a value that is not finite is 0."""
    count = len(pack["steps"])
    shapes = [(count, view["rows"], view["columns"]) for view in pack["views"]]
    integers = _integers(pack["data"], shapes, [view["bits"] for view in pack["views"]])
    return {
        view["name"]: np.where(
            numbers == -(2 ** (view["bits"] - 1)), 0.0, numbers * _wide(view["scales"], numbers)
        )
        for view, numbers in zip(pack["views"], integers, strict=True)
    }


def arrays_of(scene: Content) -> list[Float[np.ndarray, "frame ..."]]:
    """Decode the arrays of a scene."""
    described = scene["arrays"]
    if not described:
        assert "data" not in scene
        return []
    shapes, bits = ([one[key] for one in described] for key in ("shape", "bits"))
    return [
        np.where(
            numbers == -(2 ** (one["bits"] - 1)),
            np.nan,
            numbers * _wide(one["scales"], numbers) + _wide(one["offsets"], numbers),
        )
        for one, numbers in zip(described, _integers(scene["data"], shapes, bits), strict=True)
    ]


def values_of(
    spec: Content, scene: Content, pack: Content | None
) -> Float[np.ndarray, "frame ..."]:
    """Return the values of a part of a layer in all frames of a scene."""
    frames = len(scene["steps"])
    if "view" in spec:
        assert pack is not None
        source = views_of(pack)[spec["view"]][spec["frames"] or slice(None)]
    else:
        source = arrays_of(scene)[spec["array"]]
        if len(source) == 1:
            source = np.repeat(source, frames, axis=0)
    assert len(source) == frames
    return interpreted(source, spec["ops"])


def interpreted(array: np.ndarray, operations: Any) -> np.ndarray:
    """Apply operations, as they are written in a scene, to every frame of an array."""
    frames = [
        _one_frame(values.astype(np.float64), json.loads(json.dumps(operations)), number)
        for number, values in enumerate(array)
    ]
    return np.stack(frames)


def _one_frame(values: np.ndarray, operations: list[list[Any]], frame: int) -> np.ndarray:
    for name, *given in operations:
        if name == "frames":
            (xs,) = given
            values = _paired(np.full(values.shape, xs[frame]), values)
        else:
            values = _OPERATIONS[name](values, *given)
    return values


def _pick(values: np.ndarray, axis: int, chosen: int) -> np.ndarray:
    others = [place for place in range(values.shape[axis]) if place != chosen]
    return np.delete(values, others, axis).squeeze(axis)


def _against(values: np.ndarray, xs: list[float]) -> np.ndarray:
    across = [xs[place % len(xs)] for place in range(values.size)]
    return _paired(np.reshape(across, values.shape), values)


def _waves(values: np.ndarray, p: int, periods: list[int]) -> np.ndarray:
    assert values.shape[-1] == p
    numbers = np.arange(p)
    found = []
    for k in periods:
        factor = (1 if 2 * k == p else 2) / p
        angle = 2 * np.pi * k * numbers / p
        found += [factor * (values @ np.cos(angle)), factor * (values @ np.sin(angle))]
    return np.stack(found, axis=-1)


def _smooth(values: np.ndarray, parts: int) -> np.ndarray:
    """Interpolate by the waves of the discrete Fourier transform, up to half as many as values."""
    p = values.shape[-1]
    at = np.arange((p - 1) * parts + 1) / parts
    found = np.zeros((*values.shape[:-1], len(at)))
    for k, amplitude in enumerate(np.moveaxis(np.fft.rfft(values) / p, -1, 0)):
        once = k == 0 or 2 * k == p
        wave = np.exp(2j * np.pi * k * at / p)
        found += (1 if once else 2) * (
            amplitude.real[..., None] * wave.real
            - (not once) * amplitude.imag[..., None] * wave.imag
        )
    return found


def _paired(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.concatenate([x[..., None], y[..., None]], axis=-1)


def _integers(data: str, shapes: list[Any], bits: list[int]) -> list[np.ndarray]:
    """Decode all tables of a script, one after the other, from their differences."""
    raw, start = gzip.decompress(base64.b64decode(data)), 0
    tables = []
    for shape, width in zip(shapes, bits, strict=True):
        count = int(np.prod(shape))
        changes = np.frombuffer(raw, dtype=f"<i{width // 8}", count=count, offset=start)
        # Sums overflow as the differences did.
        sums = np.cumsum(changes.reshape(shape), axis=0, dtype=changes.dtype)
        tables.append(sums.astype(np.int64))
        start += count * width // 8
    assert start == len(raw)
    return tables


def _wide(text: str, numbers: np.ndarray) -> np.ndarray:
    return floats(text).reshape(-1, *(1 for _ in numbers.shape[1:]))


_OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "take": lambda v, axis, chosen: np.stack([v.take(one, axis) for one in chosen], axis),
    "pick": _pick,
    "transpose": lambda v, order: np.moveaxis(v, order, range(len(order))),
    "fourier": _waves,
    "smooth": _smooth,
    "hypot": lambda v: np.sqrt(v[..., ::2] ** 2 + v[..., 1::2] ** 2),
    "clip": lambda v, low, high: np.minimum(np.maximum(v, low), high),
    "affine": lambda v, scale, offset: v * np.array(scale) + np.array(offset),
    "against": _against,
    "base": lambda v, base: _paired(np.full(v.shape, base), v),
    "reshape": lambda v, shape: v.reshape(shape),
}
