"""The gradient in single precision on the CPU is that of double precision, model by model."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.networks.batch import Activation, Batch
from gen.networks.closed_form import (
    CrossEntropyGradient,
    counted_gradient,
    gradient,
    logits,
)
from gen.networks.kernels.counted_gradient import CountedGradient
from gen.networks.kernels.exponential import exponentials
from gen.networks.losses import ensemble_loss
from gen.tasks.modular import Modular

Tensors = tuple[torch.Tensor, ...]


def _batch(task: Modular, seeds: list[int]) -> Batch:
    rows = task.data(tuple(seeds)).train
    return Batch(torch.from_numpy(rows.inputs), torch.from_numpy(rows.labels))


def _weights(batch: Batch, neurons: int, outputs: int, size: float) -> Tensors:
    models, _, inputs = batch.inputs.shape
    generator = torch.Generator().manual_seed(neurons)
    return tuple(
        size * torch.randn(models, *shape, generator=generator)
        for shape in ((inputs, neurons), (neurons, outputs))
    )


def _single(batch: Batch, weights: Tensors, activation: Activation) -> Tensors:
    neurons, outputs = weights[1].shape[1:]
    found = gradient(batch, neurons, outputs, activation)
    assert isinstance(found, CountedGradient)
    slopes = tuple(torch.full_like(each, np.nan) for each in weights)
    found(*weights, *slopes)
    return slopes


@given(
    modulus=st.integers(16, 40),
    ordered=st.booleans(),
    neurons=st.integers(1, 20),
    seeds=st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True),
    activation=st.sampled_from(["relu", "square"]),
    size=st.sampled_from([0.1, 1.0, 2.0]),
)
@settings(max_examples=40, deadline=None)
def test_it_is_the_gradient_of_double_precision(
    modulus: int,
    ordered: bool,
    neurons: int,
    seeds: list[int],
    activation: Activation,
    size: float,
) -> None:
    batch = _batch(Modular(modulus=modulus, ordered=ordered, train_share=0.4), seeds)
    weights = _weights(batch, neurons, modulus, size)
    exact = tuple(each.double() for each in weights)
    expected = tuple(torch.empty_like(each) for each in exact)
    double = Batch(batch.inputs.double(), batch.labels)
    CrossEntropyGradient(double, neurons, modulus, activation)(*exact, *expected)
    for slope, right in zip(_single(batch, weights, activation), expected, strict=True):
        tolerance = 1e-5 * float(right.abs().max())
        torch.testing.assert_close(slope.double(), right, rtol=1e-4, atol=tolerance)


@given(
    modulus=st.integers(16, 40),
    neurons=st.integers(1, 20),
    seeds=st.lists(st.integers(0, 99), min_size=1, max_size=3, unique=True),
    activation=st.sampled_from(["relu", "square"]),
    size=st.sampled_from([0.1, 1.0, 2.0]),
)
@settings(max_examples=40, deadline=None)
def test_the_gradient_of_stablemax_is_that_of_autograd_in_double_precision(
    modulus: int, neurons: int, seeds: list[int], activation: Activation, size: float
) -> None:
    batch = _batch(Modular(modulus=modulus, train_share=0.4), seeds)
    weights = _weights(batch, neurons, modulus, size)
    w_in, w_out = (each.double().requires_grad_() for each in weights)
    answers = logits(batch.inputs.double(), w_in, w_out, activation)
    loss = ensemble_loss("stablemax", answers, batch.labels).sum()
    expected = torch.autograd.grad(loss, (w_in, w_out))
    found = counted_gradient(batch, neurons, modulus, activation, "stablemax")
    assert found is not None
    slopes = tuple(torch.full_like(each, np.nan) for each in weights)
    found(*weights, *slopes)
    for slope, right in zip(slopes, expected, strict=True):
        tolerance = 1e-5 * float(right.abs().max())
        torch.testing.assert_close(slope.double(), right, rtol=1e-4, atol=tolerance)


def test_a_model_has_the_same_bits_alone_and_among_others() -> None:
    task = Modular(modulus=31, train_share=0.4)
    batch = _batch(task, [3, 4, 5])
    weights = _weights(batch, 24, 31, 1.0)
    together = _single(batch, weights, "relu")
    for model in range(3):
        one = slice(model, model + 1)
        alone = _single(
            Batch(batch.inputs[one], batch.labels[one]),
            tuple(each[one].clone() for each in weights),
            "relu",
        )
        for slope, right in zip(alone, together, strict=True):
            assert torch.equal(slope[0], right[model])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_told_by_its_model_alone(bad: float) -> None:
    batch = _batch(Modular(modulus=19, train_share=0.5), [0, 1])
    weights = _weights(batch, 4, 19, 1.0)
    clean = _single(batch, weights, "relu")
    weights[0][0, 7, 2] = bad
    with np.errstate(invalid="ignore"):
        slopes = _single(batch, weights, "relu")
    assert not torch.isfinite(slopes[1][0]).all()
    assert all(torch.equal(a[1], b[1]) for a, b in zip(slopes, clean, strict=True))


def test_exponentials_are_exact_to_three_units_of_the_last_place() -> None:
    x = -np.concatenate([np.linspace(0, 87, 50_001), np.geomspace(1e-8, 87, 50_001)])
    logits = x.astype(np.float32)
    values, powers = np.empty_like(logits), np.empty(len(logits), dtype=np.int32)
    exponentials(logits, np.float32(0), values, powers, powers.view(np.float32))
    right = np.exp(logits.astype(np.float64))
    assert np.abs(values / right - 1).max() < 3 * np.finfo(np.float32).eps
    far = np.array([-1e4, -100.0], dtype=np.float32)
    exponentials(far, np.float32(0), values[:2], powers[:2], powers[:2].view(np.float32))
    assert (values[:2] < 2e-38).all() and (values[:2] >= 0).all()
