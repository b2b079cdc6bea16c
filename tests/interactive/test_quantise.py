"""Arrays as small whole numbers: what a script holds is what was shown, within half a step."""

from __future__ import annotations

import base64
import gzip
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from gen.interactive.quantise import (
    NAN,
    Bits,
    Quantised,
    packed,
    packed_floats,
    quantise_symmetric,
    quantise_to,
)

VALUES = arrays(
    np.float32,
    some.tuples(some.integers(1, 4), some.integers(1, 3), some.integers(1, 5)),
    elements=some.floats(-1e4, 1e4, width=32) | some.just(np.float32(0)),
)


def decoded(text: str, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Undo gzip, base64 and the differences, number by number."""
    raw = np.frombuffer(gzip.decompress(base64.b64decode(text)), dtype=dtype).reshape(shape)
    numbers = [raw[0].astype(int)]
    bits = 8 * np.dtype(dtype).itemsize
    half = 2 ** (bits - 1)
    for change in raw[1:].astype(int):
        numbers.append((numbers[-1] + change + half) % 2**bits - half)
    return np.stack(numbers)


def read(array: Quantised, values: np.ndarray) -> np.ndarray:
    """What the page computes from the packed numbers."""
    numbers = decoded(packed([array]), f"<i{array.bits // 8}", values.shape)
    scales, offsets = (
        np.frombuffer(base64.b64decode(packed_floats(one)), dtype="<f4").astype(np.float64)
        for one in (array.scales, array.offsets)
    )
    exact = numbers * scales[:, None, None] + offsets[:, None, None]
    return np.where(numbers == NAN[array.bits], np.nan, exact)


@settings(max_examples=60, deadline=None)
@given(VALUES, some.sampled_from(get_args(Bits)))
def test_the_page_reads_what_was_packed_within_half_a_step(values: np.ndarray, bits: Bits) -> None:
    found = read(quantise_symmetric(values, bits), values)
    largest = np.abs(values.astype(np.float64)).max(axis=(1, 2), keepdims=True)
    step = largest / (2 ** (bits - 1) - 1)
    assert (np.abs(found - values) <= step / 2 + 1e-6 * largest + 1e-33).all()
    assert (found[values == 0] == 0).all()


@settings(max_examples=60, deadline=None)
@given(VALUES, some.sampled_from([0.01, 0.2, 5.0]))
def test_an_array_has_16_bits_only_where_8_are_too_coarse(
    values: np.ndarray, tolerance: float
) -> None:
    array = quantise_to(values, tolerance)
    exact = values.astype(np.float64)
    span = exact.max(axis=(1, 2), keepdims=True) - exact.min(axis=(1, 2), keepdims=True)
    assert array.bits == (8 if span.max() / 254 <= 2 * tolerance else 16)
    step = span / (2**array.bits - 2)
    error = np.abs(read(array, values) - exact)
    assert (error <= step / 2 + 1e-6 * np.abs(exact).max() + 1e-12).all()
    if array.bits == 8:
        assert error.max() <= tolerance + 1e-6 * np.abs(exact).max()


@pytest.mark.parametrize("bits", get_args(Bits))
def test_values_that_are_not_finite_have_a_number_of_their_own(bits: Bits) -> None:
    values = np.array([[[1.0, np.nan, -3.0]], [[np.inf, -np.inf, np.nan]]])
    array = quantise_symmetric(values, bits)
    none = -(2 ** (bits - 1))
    assert (array.numbers == none).tolist() == [[[False, True, False]], [[True, True, True]]]
    np.testing.assert_allclose(read(array, values)[0], [[1.0, np.nan, -3.0]], atol=0.02)
    shifted = quantise_to(values + 10, 1.0)
    assert np.isnan(read(shifted, values)[1]).all()
    assert read(shifted, values)[0, 0, 2] == pytest.approx(7, abs=0.1)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e-30])
def test_frames_without_differences_are_kept(value: float) -> None:
    values = np.full((3, 2, 2), value)
    np.testing.assert_allclose(read(quantise_to(values, 0.1), values), values, rtol=1e-6)
    np.testing.assert_allclose(read(quantise_symmetric(values, 8), values), values, rtol=1e-6)


def test_arrays_of_both_widths_follow_each_other() -> None:
    one = quantise_symmetric(np.array([[1.0, -1.0], [0.5, 1.0]]), 8)
    two = quantise_symmetric(np.array([[1.0], [-1.0]]), 16)
    raw = gzip.decompress(base64.b64decode(packed([one, two])))
    # 127, -127; 64, 127; and their differences modulo 256. 32767; -32767, modulo 65536.
    assert raw[:4] == bytes([127, 129, (64 - 127) % 256, 254])
    assert raw[4:] == (32767).to_bytes(2, "little") + (2).to_bytes(2, "little")
    assert packed([one, two]) == packed([one, two])
