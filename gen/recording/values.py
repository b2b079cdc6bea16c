"""Read what a training hands over: steps, numbers, and tensors of any library.

Nothing is imported for that: a tensor of torch is known by its methods, others by `__array__`.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from gen.errors import ConfigError, GenError, is_out_of_memory
from gen.recording.contents import MAX_DIMENSIONS, MAX_STEP
from gen.store.arrays import DTYPES

_SHORT_FLOATS = ("bfloat16", "float8_", "float6_", "float4_")
"""Types that numpy lacks; float32 has all their values."""


def as_step(value: Any, where: str) -> int:
    """Return a step as an int: a whole number from 0 to 2^53, of any type.

    Raises:
        ConfigError: it is negative, not whole, not finite or not a number.
    """
    number = _item(value)
    try:
        if isinstance(number, float):
            step = int(number) if number.is_integer() else -1
        else:
            step = -1 if isinstance(number, bool) else operator.index(number)
    except TypeError:
        step = -1
    if not 0 <= step <= MAX_STEP:
        what = f"the step is {_shown(value)}, not a whole number from 0"
        raise ConfigError(what, where=where, hint="pass the number of training steps so far")
    return step


def as_number(value: Any, name: str, where: str) -> float:
    """Return a metric as a float, which may be infinite or not a number.

    Raises:
        ConfigError: it is not one real number.
    """
    number = _item(value)
    try:
        if not isinstance(number, str | bytes):
            return float(number)
    except (TypeError, ValueError, OverflowError):
        pass
    what = f"{name} is {_shown(value)}, not one number"
    raise ConfigError(what, where=where, hint="log a number, and tensors with snapshot()")


def as_array(value: Any, name: str, where: str) -> np.ndarray:
    """Return a tensor as a contiguous little-endian array; torch's shares its memory if it can.

    Args:
        value: a tensor of torch on any device, or anything that numpy reads as an array.

    Returns:
        An array of 1 to 8 axes. bfloat16 and smaller floats become float32, which is exact.

    Raises:
        ConfigError: it is not an array of real numbers, or has no values or no axes.
    """
    try:
        array = np.asarray(without_graph(value))
    except GenError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise
        what = f"{name} cannot be read as an array: {type(error).__name__}: {str(error)[:200]}"
        raise ConfigError(what, where=where, hint="pass a tensor or a numpy array") from error
    if array.dtype.name.startswith(_SHORT_FLOATS):
        array = array.astype(np.float32)
    if array.dtype.name not in DTYPES:
        hint = "record .real and .imag" if array.dtype.kind == "c" else "record real numbers"
        raise ConfigError(f"{name} has values of type {array.dtype.name}", where=where, hint=hint)
    if array.ndim == 0:
        raise ConfigError(f"{name} is a single number", where=where, hint="record it with log()")
    if array.ndim > MAX_DIMENSIONS or array.size == 0:
        what = f"{name} has the shape {array.shape}, not 1 to {MAX_DIMENSIONS} axes and a value"
        raise ConfigError(what, where=where, hint="record another view of it")
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<"))


def without_graph(value: Any) -> Any:
    """Return a tensor of torch as an array of numpy, without its gradient; others as they are."""
    if not (callable(getattr(value, "detach", None)) and callable(getattr(value, "numpy", None))):
        return value
    tensor = value.detach()
    if str(tensor.dtype).removeprefix("torch.").startswith(_SHORT_FLOATS):
        tensor = tensor.float()
    return tensor.numpy(force=True)


def _item(value: Any) -> Any:
    """Return the number in a tensor or array of one value; anything else as it is."""
    item = getattr(value, "item", None)
    try:
        return item() if callable(item) else value
    except (TypeError, ValueError, RuntimeError):
        return value


def _shown(value: Any) -> str:
    shape = getattr(value, "shape", ())
    return f"of shape {tuple(shape)}" if shape else f"{value!r:.60}"
