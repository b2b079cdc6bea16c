"""Every optimiser computes its published update, compared with a plain loop of the formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from gen.optimisers.adamw import AdamW
from gen.optimisers.grokfast import Grokfast
from gen.optimisers.muon import Muon, orthogonalise
from gen.optimisers.optimiser import Optimiser, ensemble_step
from gen.optimisers.orthogonal_grad import OrthogonalGrad, compiled_projection, orthogonal
from gen.optimisers.sgd import SGD
from gen.settings import kinds
from tests.optimisers.bowls import SHAPES, Bowls, trained, trained_plainly
from tests.optimisers.plain import PLAIN

SETTINGS: list[Optimiser] = [
    AdamW(learning_rate=0.03),
    AdamW(learning_rate=0.01, betas=(0.8, 0.98), weight_decay=0.5, l1=0.2),
    SGD(learning_rate=0.1),
    SGD(learning_rate=0.1, momentum=0.9, weight_decay=0.3),
    SGD(learning_rate=0.05, momentum=0.8, nesterov=True, weight_decay=0.1),
    OrthogonalGrad(learning_rate=0.02, betas=(0.9, 0.98), weight_decay=0.1, l1=0.05),
    Grokfast(learning_rate=0.02),
    Grokfast(learning_rate=0.01, ema_decay=0.5, amplification=5.0, weight_decay=0.2, l1=0.1),
    Muon(learning_rate=0.02),
    Muon(learning_rate=0.03, momentum=0.7, nesterov=False, weight_decay=0.4, betas=(0.8, 0.9)),
]
OF_TORCH = [
    SGD(learning_rate=0.1),
    SGD(learning_rate=0.1, momentum=0.9, weight_decay=0.3),
    SGD(learning_rate=0.05, momentum=0.8, nesterov=True, weight_decay=0.1),
]


def _shapes(optimiser: Optimiser) -> dict[str, tuple[int, ...]]:
    """Leave out the tensor of one number where the formula has no value for it."""
    one_number = isinstance(optimiser, OrthogonalGrad)
    return {name: shape for name, shape in SHAPES.items() if shape or not one_number}


def test_every_kind_is_compared_with_its_formula() -> None:
    every = kinds("gen.optimisers", Optimiser)
    assert every.keys() == PLAIN.keys()
    assert {type(optimiser) for optimiser in SETTINGS} == set(every.values())


@pytest.mark.parametrize("optimiser", SETTINGS, ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_the_update_is_the_published_one(
    optimiser: Optimiser, dtype: torch.dtype, tolerance: float
) -> None:
    bowls = Bowls.draw(0, 2, _shapes(optimiser))
    found = trained(bowls, (optimiser,) * 2, 12, dtype)
    plain = trained_plainly(bowls, optimiser, 12)
    for name, expected in plain.items():
        np.testing.assert_allclose(found[name][0], expected, rtol=tolerance, atol=tolerance)
        moved = np.abs(bowls.start[name][0] - expected)
        assert moved.max() > 20 * tolerance, "or nothing was compared"


@pytest.mark.parametrize("optimiser", OF_TORCH, ids=str)
def test_sgd_is_that_of_torch(optimiser: SGD) -> None:
    bowls = Bowls.draw(1, 1)
    found = trained(bowls, (optimiser,), 9)
    for name, start in bowls.start.items():
        weight = torch.nn.Parameter(torch.tensor(start[0]))
        settings = optimiser.model_dump(exclude={"kind", "learning_rate"})
        plain = torch.optim.SGD([weight], lr=optimiser.learning_rate, **settings)
        for _ in range(9):
            plain.zero_grad()
            steepness, lowest = bowls.steepness[name][0], bowls.lowest[name][0]
            loss = torch.as_tensor(steepness) * (weight - torch.as_tensor(lowest)) ** 2 / 2
            loss.sum().backward()
            plain.step()
        np.testing.assert_allclose(found[name][0], weight.detach().numpy(), rtol=1e-10)


def _drawn(seed: int, shape: tuple[int, ...], scale: float = 1.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(shape, generator=generator)


@given(
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(2, 6)),
    st.sampled_from([1e-25, 1e-8, 1.0, 1e8]),
)
def test_an_orthogonal_gradient_has_no_part_along_the_weights_and_keeps_its_norm(
    seed: int, shape: tuple[int, int, int], scale: float
) -> None:
    """Also where the squares of a gradient have no place in float32."""
    g, w = _drawn(seed, shape, scale), _drawn(seed + 1, shape)
    torch.set_flush_denormal(True)
    try:
        h = orthogonal(g, w)
    finally:
        torch.set_flush_denormal(False)
    for own, given_gradient, weights in zip(h, g.double(), w.double(), strict=True):
        norm = given_gradient.norm()
        torch.testing.assert_close(own.norm(), norm, rtol=1e-9, atol=0.0)
        assert (own * weights).sum().abs() <= 1e-6 * norm * weights.norm()
        rest = (own * given_gradient).sum()
        assert rest > 0, "it still descends"


@pytest.mark.parametrize("factor", [1.0, -3.7, 1e-12])
def test_a_gradient_along_the_weights_has_no_orthogonal_part(factor: float) -> None:
    w = _drawn(3, (2, 4, 3))
    assert not orthogonal(factor * w, w).any()
    number = _drawn(4, (5,))
    assert not orthogonal(_drawn(5, (5,)), number).any(), "one number has no other direction"


def test_a_gradient_at_zero_weights_stays() -> None:
    g = _drawn(6, (2, 4, 3))
    torch.testing.assert_close(orthogonal(g, torch.zeros_like(g)), g.double())


def test_adamw_after_an_orthogonal_gradient_grows_weights_less_than_adamw() -> None:
    """Losses that fall without end as the weights grow: what the projection is for."""
    lengths = {}
    for optimiser in (AdamW(learning_rate=0.01), OrthogonalGrad(learning_rate=0.01)):
        weights = {"W": _drawn(7, (1, 6, 6))}
        gradients = {"W": torch.zeros_like(weights["W"])}
        step = ensemble_step(weights, gradients, (optimiser,))
        for _ in range(50):
            gradients["W"].copy_(-weights["W"] + 0.1 * _drawn(8, (1, 6, 6)))
            step()
        lengths[type(optimiser)] = float(weights["W"].norm())
    assert lengths[OrthogonalGrad] < 0.9 * lengths[AdamW]


@given(st.integers(0, 10**6), st.integers(1, 40), st.sampled_from([0.0, 0.1]))
def test_adamw_has_the_bits_of_plain_float32_on_every_processor(
    seed: int, numbers: int, l1: float
) -> None:
    own = AdamW(learning_rate=0.01, weight_decay=0.3, betas=(0.9, 0.98), l1=l1)
    weights = {"W": _drawn(seed, (1, numbers))}
    gradients = {"W": torch.zeros_like(weights["W"])}
    step = ensemble_step(weights, gradients, (own,))
    w, one = weights["W"].numpy()[0].copy(), np.float32
    m = v = np.zeros_like(w)
    for t in range(1, 4):
        g = _drawn(seed + t, (1, numbers)).numpy()[0]
        gradients["W"].copy_(torch.from_numpy(g))
        step()
        g = g + one(l1) * np.sign(w)
        m = one(0.9) * m + one(1 - 0.9) * g
        v = one(0.98) * v + one(1 - 0.98) * (g * g)
        root = np.sqrt(1 - 0.98**t)
        moved = one(0.01 / (1 - 0.9**t) * root) * (m / (np.sqrt(v) + one(1e-8 * root)))
        w = one(1 - 0.01 * 0.3) * w - moved
        np.testing.assert_array_equal(weights["W"].numpy()[0], w)


@given(
    st.integers(0, 10**6),
    st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(2, 6)),
    st.sampled_from([1e-25, 1e-8, 1.0, 1e8]),
)
def test_the_compiled_projection_is_that_of_the_formula(
    seed: int, shape: tuple[int, int, int], scale: float
) -> None:
    weights, gradients = {"W": _drawn(seed, shape)}, {"W": _drawn(seed + 1, shape, scale)}
    expected = orthogonal(gradients["W"], weights["W"]).float()
    projected = compiled_projection(weights, gradients)
    projected()
    found = gradients["W"]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6 * scale)
    gradients["W"].copy_(3.7 * weights["W"])
    projected()
    assert not gradients["W"].any(), "parallel to the weights"
    weights["W"].zero_()
    gradients["W"].copy_(expected)
    projected()
    torch.testing.assert_close(gradients["W"], expected)


def test_grokfast_without_amplification_is_adamw() -> None:
    bowls = Bowls.draw(2, 3)
    plain = trained(bowls, (AdamW(learning_rate=0.02, l1=0.1),) * 3, 8)
    found = trained(bowls, (Grokfast(learning_rate=0.02, l1=0.1, amplification=0.0),) * 3, 8)
    for name, expected in plain.items():
        np.testing.assert_array_equal(found[name], expected)


@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 12), st.integers(1, 12))
def test_singular_values_become_nearly_one_and_singular_vectors_stay(
    seed: int, models: int, rows: int, columns: int
) -> None:
    matrices = _drawn(seed, (models, rows, columns)).double()
    u, values, vh = torch.linalg.svd(matrices, full_matrices=False)
    assume(bool((values / matrices.flatten(1).norm(dim=1, keepdim=True) > 0.01).all()))
    found = u.mT @ orthogonalise(matrices) @ vh.mT
    stretched = found.diagonal(dim1=1, dim2=2)
    assert ((stretched > 0.65) & (stretched < 1.25)).all()
    torch.testing.assert_close(torch.diag_embed(stretched), found, rtol=0.0, atol=1e-9)


def test_an_orthogonal_step_does_not_depend_on_the_size_of_the_gradient() -> None:
    matrices = _drawn(9, (2, 5, 7))
    torch.testing.assert_close(orthogonalise(matrices), orthogonalise(1e4 * matrices))


def test_a_matrix_of_zeros_takes_no_step() -> None:
    assert not orthogonalise(torch.zeros(2, 3, 4)).any()
