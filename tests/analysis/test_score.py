"""Losses and accuracies are what the textbook says, down to losses that float32 cannot hold."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.networks.batch import Activation, Batch
from gen.networks.closed_form import HiddenLayerScore, logits
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

TASKS = (
    SparseParity(bits=7, signal_bits=2, train_rows=30, test_rows=1),
    Modular(modulus=11, train_share=0.6),
    Modular(modulus=20, train_share=0.4),
)


@given(
    st.sampled_from(TASKS),
    st.integers(0, 99),
    st.floats(0.01, 30),
    st.sampled_from(["relu", "square"]),
)
@settings(max_examples=60, deadline=None)
def test_loss_and_accuracy_are_the_textbooks(
    task: Task, seed: int, size: float, activation: Activation
) -> None:
    rows = task.data((seed, seed + 1)).train
    batch = Batch(torch.from_numpy(rows.inputs), torch.from_numpy(rows.labels))
    generator = torch.Generator().manual_seed(seed)
    w_in = size * torch.randn(2, task.inputs, 5, generator=generator)
    w_out = torch.randn(2, 5, task.outputs, generator=generator)
    answers = logits(batch.inputs, w_in, w_out, activation).double()
    if task.outputs == 1:
        right = answers[:, :, 0] * (2 * batch.labels - 1) > 0
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            answers[:, :, 0], batch.labels.double(), reduction="none"
        )
    else:
        right = answers.argmax(dim=2) == batch.labels
        each = torch.nn.functional.cross_entropy(
            answers.flatten(0, 1), batch.labels.flatten(), reduction="none"
        ).view(batch.labels.shape)
    loss, accuracy = HiddenLayerScore(batch, activation, "cross-entropy")(w_in, w_out)
    torch.testing.assert_close(loss, each.mean(dim=1) / task.outputs, rtol=1e-4, atol=1e-9)
    torch.testing.assert_close(accuracy, right.double().mean(dim=1))


@pytest.mark.parametrize("margin", [10.0, 16.0, 25.0, 60.0])
def test_a_loss_below_the_resolution_of_float32_keeps_its_digits(margin: float) -> None:
    """One neuron answers class 0 by a margin; the others' share is about exp(-margin)."""
    batch = Batch(torch.ones(1, 4, 1), torch.zeros(1, 4, dtype=torch.int64))
    w_out = torch.tensor([[[margin, 0.0, 0.0]]])
    loss, _ = HiddenLayerScore(batch, "relu", "cross-entropy")(torch.ones(1, 1, 1), w_out)
    expected = torch.log1p(2 * torch.tensor(-margin).double().exp()) / 3
    torch.testing.assert_close(loss[0], expected, rtol=1e-5, atol=0)
