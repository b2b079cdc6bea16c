"""Data of the tasks: rows, labels, splits, and independent random streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gen.seeding import Purpose, stream, truncated_normal
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity

PARITY = SparseParity(bits=30, signal_bits=3, train_rows=200, test_rows=500)


def test_parity_rows_are_bits_with_a_constant_one_and_the_parity_of_the_signal_bits() -> None:
    rows = PARITY.data((0, 1)).train
    assert rows.inputs.shape == (2, 200, 31)
    assert set(np.unique(rows.inputs)) == {0.0, 1.0}
    assert (rows.inputs[:, :, 30] == 1).all()
    assert (rows.labels == rows.inputs[:, :, :3].sum(axis=2) % 2).all()


def test_no_test_row_is_a_training_row() -> None:
    data = PARITY.data((0,))
    train = {row.tobytes() for row in data.train.inputs[0]}
    test = {row.tobytes() for row in data.test.inputs[0]}
    assert not train & test


@given(st.integers(3, 40), st.floats(0.2, 0.8))
def test_sums_contain_every_unordered_pair_once(modulus: int, share: float) -> None:
    task = Modular(modulus=modulus, train_share=share)
    data = task.data((5,))
    rows = np.concatenate([data.train.inputs[0], data.test.inputs[0]])
    assert (rows.sum(axis=1) == 2).all()
    assert len({row.tobytes() for row in rows}) == len(rows) == modulus * (modulus + 1) // 2
    assert (len(data.train.labels[0]), len(data.test.labels[0])) == task.rows


@given(st.integers(3, 40))
def test_labels_of_sums_are_the_sum_of_both_numbers(modulus: int) -> None:
    rows = Modular(modulus=modulus, train_share=0.5).data((0,)).train
    sums = rows.inputs[0] @ np.arange(modulus)
    assert (rows.labels[0] == sums % modulus).all()


@given(st.integers(3, 20), st.floats(0.2, 0.8))
def test_differences_contain_every_ordered_pair_once(modulus: int, share: float) -> None:
    task = Modular(operation="subtract", modulus=modulus, train_share=share)
    data = task.data((1,))
    rows = np.concatenate([data.train.inputs[0], data.test.inputs[0]])
    labels = np.concatenate([data.train.labels[0], data.test.labels[0]])
    first, second = rows[:, :modulus].argmax(axis=1), rows[:, modulus:].argmax(axis=1)
    assert (rows.sum(axis=1) == 2).all()
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == modulus**2
    assert (labels == (first - second) % modulus).all()


@given(st.sampled_from([3, 5, 7, 11, 31, 67]))
def test_labels_of_products_are_products_of_the_numbers_at_their_positions(modulus: int) -> None:
    task = Modular(operation="multiply", modulus=modulus, train_share=0.5)
    numbers = task.numbers
    assert sorted(numbers.tolist()) == list(range(1, modulus))
    rows = task.data((0,)).train
    for row, label in zip(rows.inputs[0], rows.labels[0], strict=True):
        first, second = np.repeat(np.arange(modulus - 1), row.astype(int))
        assert numbers[first] * numbers[second] % modulus == numbers[label]
        assert (first + second) % (modulus - 1) == label


@pytest.mark.parametrize("task", [PARITY, Modular(modulus=23, train_share=0.4)])
def test_the_data_of_a_seed_does_not_depend_on_other_seeds(task: SparseParity | Modular) -> None:
    alone, among = task.data((7,)), task.data((3, 7, 1))
    assert (alone.train.inputs[0] == among.train.inputs[1]).all()
    assert (alone.test.labels[0] == among.test.labels[1]).all()


def test_every_seed_and_purpose_has_its_own_random_stream() -> None:
    drawn = [stream(s, p).random(4).tobytes() for s in range(20) for p in Purpose]
    assert len(set(drawn)) == len(drawn)


@given(st.integers(0, 2**40), st.floats(1e-4, 10))
def test_truncated_normal_is_cut_at_two_sigma_and_keeps_its_variance(
    seed: int, variance: float
) -> None:
    values = truncated_normal(stream(seed, Purpose.INIT), (100, 200), variance)
    assert abs(values.var() / variance - 1) < 0.05
    assert np.abs(values).max() <= 2 * variance**0.5 / 0.8796


@pytest.mark.parametrize(
    "make",
    [
        lambda: SparseParity(bits=3, signal_bits=4, train_rows=1, test_rows=1),
        lambda: Modular(modulus=3, train_share=0.01),
        lambda: Modular(modulus=2, train_share=0.5),
        lambda: Modular(operation="multiply", modulus=9, train_share=0.5),
    ],
)
def test_impossible_tasks_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValidationError):
        make()
