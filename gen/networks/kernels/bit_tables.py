"""Forward and backward pass over tables of sums, for sixteen neurons at a time.

Six bits have 64 patterns. A table holds the sum of weights for each pattern, so a row of 30 bits
takes five look-ups instead of thirty multiplications (the method of the four Russians: Arlazarov,
Dinic, Kronrod and Faradzev 1970). The gradient is computed the same way backwards: each row adds
its part to the entry of its pattern, and the entries are summed over the bits at the end.

Five tables of sixteen neurons are 20 kB, which the first-level cache holds. All rows pass through
the tables of one block of neurons before the next block is taken; between the two passes, one bit
is kept for each row and neuron: whether the neuron is active.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int, UInt8
from numba import njit

from gen.networks.kernels.exponential import LARGEST, exponentials
from gen.networks.kernels.lanes import (
    COUNT,
    Lanes,
    get,
    load,
    plus,
    positive,
    put,
    rectified,
    spread,
    store,
    times,
    total,
    where,
)

AT_ONCE = 5
"""Tables that are looked up in one sum; the number of tables is a multiple of it."""

WIDEST = 6
"""Most bits of a table."""

BLOCK = 16
"""Neurons of a block: two vectors of lanes."""

TABLE = BLOCK << WIDEST
"""Numbers from the start of one table to the start of the next."""

_ZERO, _ONE = np.float32(0), np.float32(1)

# `no_type_check`: numba cannot compile the wrappers that check types in tests.
_compiled = njit(cache=True)


@_compiled
@no_type_check
def gradients(
    rows: tuple[
        UInt8[np.ndarray, "model row table"],
        Float[np.ndarray, "model row"],
        Int[np.ndarray, " constant"],
        Int[np.ndarray, " bit"],
        Int[np.ndarray, " bound"],
    ],
    weights: tuple[Float[np.ndarray, "model input neuron"], Float[np.ndarray, "model neuron"]],
    slopes: tuple[Float[np.ndarray, "model input neuron"], Float[np.ndarray, "model neuron"]],
    memory: tuple[
        Float[np.ndarray, "2 number"],
        Float[np.ndarray, "2 input_and_output padded"],
        UInt8[np.ndarray, "block row 2"],
    ],
    of_rows: tuple[Float[np.ndarray, "3 row"], Int[np.ndarray, " row"]],
) -> None:
    """Write the gradients of all models, one model after another.

    Args:
        rows: the pattern of each row in each table and its label; the inputs that are always 1,
            all others, and which of these belong to each table.
        weights, slopes: W_in and W_out, and their gradients.
        memory: for tables of sums and of slopes; for weights and gradients whose neurons fill
            whole blocks, W_out as the last row; for the active neurons of each row.
        of_rows: for z and dL/dz, with memory for their exponentials; the last as whole numbers.
    """
    places, labels, constant, bits, first = rows
    (w_in, w_out), (d_w_in, d_w_out) = weights, slopes
    (tables, padded, active), (z, powers) = memory, of_rows
    count, inputs, neurons = w_in.shape
    for model in range(count):
        padded[0, :inputs, :neurons] = w_in[model]
        padded[0, inputs, :neurons] = w_out[model]
        z[0] = _ZERO
        for block in range(len(active)):
            start = block * BLOCK
            _fill(tables[0], padded[0], bits, first, start)
            _forward(places[model], tables[0], padded[0], constant, start, active[block], z[0])
        _differentiate(z, labels[model], powers)
        for block in range(len(active)):
            start = block * BLOCK
            _backward(places[model], z[0], active[block], tables[1], first)
            _fold(tables[1], padded, bits, first, constant, start)
        d_w_in[model] = padded[1, :inputs, :neurons]
        d_w_out[model] = padded[1, inputs, :neurons]


@_compiled
@no_type_check
def _fill(
    sums: Float[np.ndarray, " number"],
    weights: Float[np.ndarray, "input_and_output padded"],
    bits: Int[np.ndarray, " bit"],
    first: Int[np.ndarray, " bound"],
    start: int,
) -> None:
    """Fill the tables of one block: sum(pattern + bit) = sum(pattern) + weights(bit)."""
    width, zero = weights.shape[1], spread(_ZERO)
    for table in range(len(first) - 1):
        offset = table * TABLE
        store(sums, offset, zero)
        store(sums, offset + COUNT, zero)
        for bit in range(first[table + 1] - first[table]):
            column = bits[first[table] + bit] * width + start
            low, high = load(weights, column), load(weights, column + COUNT)
            half = BLOCK << bit
            for former in range(offset, offset + half, BLOCK):
                store(sums, former + half, plus(load(sums, former), low))
                store(sums, former + half + COUNT, plus(load(sums, former + COUNT), high))


@_compiled
@no_type_check
def _sum_of_five(
    sums: Float[np.ndarray, " number"], places: UInt8[np.ndarray, "row table"], at: int, offset: int
) -> Lanes:
    """Return the sum of five entries, the first of them of the table that begins at `offset`."""
    a = offset + get(places, at) * BLOCK
    b = offset + TABLE + get(places, at + 1) * BLOCK
    c = offset + 2 * TABLE + get(places, at + 2) * BLOCK
    d = offset + 3 * TABLE + get(places, at + 3) * BLOCK
    e = offset + 4 * TABLE + get(places, at + 4) * BLOCK
    four = plus(plus(load(sums, a), load(sums, b)), plus(load(sums, c), load(sums, d)))
    return plus(four, load(sums, e))


@_compiled
@no_type_check
def _forward(
    places: UInt8[np.ndarray, "row table"],
    sums: Float[np.ndarray, " number"],
    weights: Float[np.ndarray, "input_and_output padded"],
    constant: Int[np.ndarray, " constant"],
    start: int,
    active: UInt8[np.ndarray, "row 2"],
    z: Float[np.ndarray, " row"],
) -> None:
    """Add what a block adds to the logit of every row, and keep which neurons are active."""
    (rows, tables), (height, width) = places.shape, weights.shape
    base_low = base_high = spread(_ZERO)
    for column in constant:
        base_low = plus(base_low, load(weights, column * width + start))
        base_high = plus(base_high, load(weights, column * width + start + COUNT))
    out = (height - 1) * width + start
    out_low, out_high = load(weights, out), load(weights, out + COUNT)
    for row in range(rows):
        low, high = base_low, base_high
        for table in range(0, tables, AT_ONCE):
            at, offset = row * tables + table, table * TABLE
            low = plus(low, _sum_of_five(sums, places, at, offset))
            high = plus(high, _sum_of_five(sums, places, at, offset + COUNT))
        put(active, 2 * row, positive(low))
        put(active, 2 * row + 1, positive(high))
        parts = plus(times(rectified(low), out_low), times(rectified(high), out_high))
        put(z, row, get(z, row) + total(parts))


@_compiled
@no_type_check
def _differentiate(
    z: Float[np.ndarray, "3 row"],
    labels: Float[np.ndarray, " row"],
    powers: Int[np.ndarray, " row"],
) -> None:
    """Replace z by dL/dz = (sigmoid(z) - y) / rows; the sigmoid is 1 / (1 + exp(-z))."""
    rows = len(labels)
    scale = np.float32(1 / rows)
    for row in range(rows):
        negative = -z[0, row]
        z[0, row] = LARGEST if negative > LARGEST else negative  # noqa: FURB136
    exponentials(z[0], _ZERO, z[1], powers, z[2])
    for row in range(rows):
        z[0, row] = (_ONE / (_ONE + z[1, row]) - labels[row]) * scale


@_compiled
@no_type_check
def _backward(
    places: UInt8[np.ndarray, "row table"],
    d: Float[np.ndarray, " row"],
    active: UInt8[np.ndarray, "row 2"],
    slopes: Float[np.ndarray, " number"],
    first: Int[np.ndarray, " bound"],
) -> None:
    """Add dL/dz of every row to the entries of its patterns, where a neuron is active."""
    rows, tables = places.shape
    zero = spread(_ZERO)
    for table in range(tables):
        end = table * TABLE + (BLOCK << (first[table + 1] - first[table]))
        for place in range(table * TABLE, end, COUNT):
            store(slopes, place, zero)
    for row in range(rows):
        slope = spread(get(d, row))
        low = where(get(active, 2 * row), slope)
        high = where(get(active, 2 * row + 1), slope)
        for table in range(tables):
            place = table * TABLE + get(places, row * tables + table) * BLOCK
            store(slopes, place, plus(load(slopes, place), low))
            store(slopes, place + COUNT, plus(load(slopes, place + COUNT), high))


@_compiled
@no_type_check
def _fold(
    slopes: Float[np.ndarray, " number"],
    padded: Float[np.ndarray, "2 input_and_output padded"],
    bits: Int[np.ndarray, " bit"],
    first: Int[np.ndarray, " bound"],
    constant: Int[np.ndarray, " constant"],
    start: int,
) -> None:
    """Sum the slopes over the patterns that contain each bit, and write both gradients.

    Afterwards pattern 0 of a table holds the sum over all rows, which is that of a constant input.
    """
    padded[1, -1, start : start + BLOCK] = _ZERO
    for table in range(len(first) - 1):
        offset = table * TABLE
        for bit in range(first[table + 1] - first[table] - 1, -1, -1):
            low = high = spread(_ZERO)
            half = BLOCK << bit
            for former in range(offset, offset + half, BLOCK):
                slope = load(slopes, former + half)
                low = plus(low, slope)
                store(slopes, former, plus(load(slopes, former), slope))
                slope = load(slopes, former + half + COUNT)
                high = plus(high, slope)
                store(slopes, former + COUNT, plus(load(slopes, former + COUNT), slope))
            _write_slopes(padded, bits[first[table] + bit], start, low, high)
    for column in constant:
        _write_slopes(padded, column, start, load(slopes, 0), load(slopes, COUNT))


@_compiled
@no_type_check
def _write_slopes(
    padded: Float[np.ndarray, "2 input_and_output padded"],
    column: int,
    start: int,
    low: Lanes,
    high: Lanes,
) -> None:
    """From S of one input, write dL/dW_in = S * W_out, and add S * W_in to dL/dW_out."""
    _, height, width = padded.shape
    out, slopes = (height - 1) * width, height * width
    for part in range(2):
        lane, s = start + part * COUNT, high if part else low
        to = slopes + out + lane
        store(padded, slopes + column * width + lane, times(s, load(padded, out + lane)))
        added = times(s, load(padded, column * width + lane))
        store(padded, to, plus(load(padded, to), added))
