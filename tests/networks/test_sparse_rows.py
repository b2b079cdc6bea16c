"""Products with sparse rows equal the products with their dense matrix."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.networks.kernels.sparse_rows import CountedRows, DenseRows, input_rows
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity


@given(st.integers(16, 70), st.integers(1, 6), st.lists(st.integers(0, 99), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_sparse_rows_multiply_like_their_matrix(
    modulus: int, neurons: int, seeds: list[int]
) -> None:
    inputs = torch.from_numpy(
        Modular(modulus=modulus, train_share=0.5).data(tuple(seeds)).train.inputs
    ).double()
    rows = input_rows(inputs)
    assert isinstance(rows, CountedRows)
    weights = torch.randn(len(seeds), modulus, neurons, dtype=torch.float64)
    product = torch.empty(*inputs.shape[:2], neurons, dtype=torch.float64)
    rows.times(weights, product)
    torch.testing.assert_close(product, inputs @ weights)
    back = torch.empty_like(weights)
    rows.transposed_times(product, back)
    torch.testing.assert_close(back, inputs.mT @ product)


def test_dense_rows_stay_a_matrix() -> None:
    task = SparseParity(bits=20, signal_bits=2, train_rows=30, test_rows=1)
    assert isinstance(input_rows(torch.from_numpy(task.data((0,)).train.inputs)), DenseRows)
    assert isinstance(input_rows(torch.rand(1, 5, 40)), DenseRows)
