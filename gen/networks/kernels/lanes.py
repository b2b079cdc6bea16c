"""Eight float32 numbers at once, for functions that numba compiles.

Compilers find vectors in loops when they like, and not in loops of a fixed few turns. Here a
function says itself what is computed at once. Each lane is computed as if it were alone, and
`total` has one order, so that results have the same bits on every machine.

numba's cache only looks at the file of a compiled function. After a change here, change
`bit_tables.py` too, or remove the cache.
"""

from __future__ import annotations

from typing import Any, no_type_check

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

COUNT = 8
"""Lanes: the numbers of one AVX register, or of two of NEON."""

_VALUES = ir.VectorType(ir.FloatType(), COUNT)
_ZEROS = ir.Constant(_VALUES, [0.0] * COUNT)


class Lanes(types.Type):
    """The type of eight float32 numbers, in compiled functions alone."""


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, own_type: Any) -> None:
        super().__init__(manager, own_type, _VALUES)


LANES = Lanes("Lanes")


def _pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    """Return the address of a number of an array, by the array and its flat index."""
    array = context.make_array(signature.args[0])(context, builder, values[0])
    return builder.gep(array.data, [values[1]])


@intrinsic
@no_type_check
def load(_typing: Any, array: Any, _place: Any) -> Any:
    """Return the lanes that begin at a flat index of an array of float32."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointer = _pointer(context, builder, signature, values)
        return builder.load(builder.bitcast(pointer, _VALUES.as_pointer()), align=4)

    return LANES(array, types.intp), emit


@intrinsic
@no_type_check
def store(_typing: Any, array: Any, _place: Any, _lanes: Any) -> Any:
    """Write lanes from a flat index of an array on."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointer = _pointer(context, builder, signature, values)
        builder.store(values[2], builder.bitcast(pointer, _VALUES.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, LANES), emit


@intrinsic
@no_type_check
def get(_typing: Any, array: Any, _place: Any) -> Any:
    """Return one number; unlike `array[place]`, it does not ask whether `place` is negative."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, values))

    return array.dtype(array, types.intp), emit


@intrinsic
@no_type_check
def put(_typing: Any, array: Any, _place: Any, _number: Any) -> Any:
    """Write one number at a flat index of an array."""

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _pointer(context, builder, signature, values))
        return context.get_dummy_value()

    return types.void(array, types.intp, array.dtype), emit


@intrinsic
@no_type_check
def plus(_typing: Any, _one: Any, _other: Any) -> Any:
    """Return the sum of each lane with its partner."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fadd(*values)

    return LANES(LANES, LANES), emit


@intrinsic
@no_type_check
def times(_typing: Any, _one: Any, _other: Any) -> Any:
    """Return the product of each lane with its partner."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fmul(*values)

    return LANES(LANES, LANES), emit


@intrinsic
@no_type_check
def spread(_typing: Any, _number: Any) -> Any:
    """Return lanes that all hold one number."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        lanes = _ZEROS
        for lane in range(COUNT):
            lanes = builder.insert_element(lanes, values[0], ir.IntType(32)(lane))
        return lanes

    return LANES(types.float32), emit


@intrinsic
@no_type_check
def rectified(_typing: Any, _lanes: Any) -> Any:
    """Return 0 where a number is negative; NaN stays."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", values[0], _ZEROS), _ZEROS, values[0])

    return LANES(LANES), emit


@intrinsic
@no_type_check
def positive(_typing: Any, _lanes: Any) -> Any:
    """Return a bit for each lane: whether its number is above 0."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(builder.fcmp_ordered(">", values[0], _ZEROS), ir.IntType(COUNT))

    return types.uint8(LANES), emit


@intrinsic
@no_type_check
def where(_typing: Any, _bits: Any, _lanes: Any) -> Any:
    """Return 0 where the bit of a lane is not set."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        which = builder.bitcast(values[0], ir.VectorType(ir.IntType(1), COUNT))
        return builder.select(which, values[1], _ZEROS)

    return LANES(types.uint8, LANES), emit


@intrinsic
@no_type_check
def total(_typing: Any, _lanes: Any) -> Any:
    """Return the sum of all lanes: of halves, of quarters, and then of two numbers."""

    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        (lanes,) = values
        width = COUNT
        while width > 1:
            width //= 2
            low, high = (
                builder.shuffle_vector(
                    lanes, lanes, ir.Constant(ir.VectorType(ir.IntType(32), width), list(half))
                )
                for half in (range(width), range(width, 2 * width))
            )
            lanes = builder.fadd(low, high)
        return builder.extract_element(lanes, ir.IntType(32)(0))

    return types.float32(LANES), emit
