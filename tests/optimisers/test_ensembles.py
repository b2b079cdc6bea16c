"""Every model of an ensemble is updated as if it were alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.networks.embedded import Embedded
from gen.optimisers.adamw import AdamW
from gen.optimisers.grokfast import Grokfast
from gen.optimisers.muon import Muon
from gen.optimisers.optimiser import Optimiser
from gen.optimisers.orthogonal_grad import OrthogonalGrad
from gen.optimisers.sgd import SGD
from gen.settings import kinds
from gen.tasks.modular import Modular
from gen.training.loop import Ensemble, Training, train
from tests.optimisers.bowls import Bowls, trained

RATES = st.sampled_from([0.003, 0.01, 0.03])
DECAYS = st.sampled_from([0.0, 0.1, 1.0])
BETAS = st.sampled_from([(0.9, 0.999), (0.8, 0.98)])
ADAMW: dict[str, Any] = {
    "learning_rate": RATES,
    "betas": BETAS,
    "weight_decay": DECAYS,
    "l1": st.sampled_from([0.0, 0.1]),
}
MOMENTUM: dict[str, Any] = {
    "learning_rate": RATES,
    "momentum": st.sampled_from([0.5, 0.9]),
    "nesterov": st.booleans(),
    "weight_decay": DECAYS,
}
DRAWN: dict[type[Optimiser], st.SearchStrategy[Optimiser]] = {
    AdamW: st.builds(AdamW, **ADAMW),
    SGD: st.builds(SGD, **MOMENTUM),
    OrthogonalGrad: st.builds(OrthogonalGrad, **ADAMW),
    Grokfast: st.builds(
        Grokfast,
        **ADAMW,
        ema_decay=st.sampled_from([0.5, 0.98]),
        amplification=st.sampled_from([0.0, 2.0]),
    ),
    Muon: st.builds(Muon, **MOMENTUM, betas=BETAS, adamw_learning_rate=RATES),
}


def test_ensembles_of_every_kind_are_drawn() -> None:
    assert set(DRAWN) == set(kinds("gen.optimisers", Optimiser).values())


def _check_each_alone(bowls: Bowls, optimisers: tuple[Optimiser, ...]) -> None:
    together = trained(bowls, optimisers, 4)
    for model, own in enumerate(optimisers):
        alone = trained(bowls.of(slice(model, model + 1)), (own,), 4)
        for name, weights in alone.items():
            np.testing.assert_allclose(together[name][model], weights[0], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("kind", DRAWN)
@settings(max_examples=8)
@given(data=st.data())
def test_models_of_one_kind_and_any_settings_train_as_each_alone(
    kind: type[Optimiser], data: st.DataObject
) -> None:
    optimisers = tuple(data.draw(st.lists(DRAWN[kind], min_size=1, max_size=5)))
    _check_each_alone(Bowls.draw(data.draw(st.integers(0, 10**6)), len(optimisers)), optimisers)


@settings(max_examples=8)
@given(
    st.lists(st.sampled_from(list(DRAWN)).flatmap(DRAWN.__getitem__), min_size=2, max_size=6),
    st.integers(0, 10**6),
)
def test_models_of_different_kinds_train_as_each_alone(
    optimisers: list[Optimiser], seed: int
) -> None:
    _check_each_alone(Bowls.draw(seed, len(optimisers)), tuple(optimisers))


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("broken", [np.inf, np.nan])
def test_a_diverged_model_does_not_touch_its_neighbours(
    kind: type[Optimiser], broken: float
) -> None:
    bowls, own = Bowls.draw(0, 3), kind(learning_rate=0.02)
    for lowest in bowls.lowest.values():
        lowest[1] = broken
    together = trained(bowls, (own,) * 3, 4)
    for model in (0, 2):
        alone = trained(bowls.of(slice(model, model + 1)), (own,), 4)
        for name, weights in alone.items():
            assert np.isfinite(weights).all()
            np.testing.assert_allclose(together[name][model], weights[0], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("kind", DRAWN)
def test_a_network_trains_the_same_alone_and_in_an_ensemble(kind: type[Optimiser]) -> None:
    rate = 0.5 if kind is SGD else 3e-3
    task = Modular(modulus=11, train_share=0.6)
    network = Embedded(embedding="learned", width=8, hidden=6)
    training = Training(steps=30, log_every=10, snapshot_every=30)
    ensemble = [
        Ensemble(task, network, training, seeds, (kind(learning_rate=rate),) * len(seeds))
        for seeds in ((5,), (2, 5, 9))
    ]
    alone, among = map(train, ensemble)
    for name, weights in alone.parameters.items():
        np.testing.assert_allclose(weights[0], among.parameters[name][1], rtol=1e-3, atol=1e-4)
    assert alone.metrics["train_loss"][0, -1] < alone.metrics["train_loss"][0, 0]
    assert alone.failed_at.tolist() == [-1]


@pytest.mark.parametrize("kind", [AdamW, Grokfast, OrthogonalGrad])
@settings(max_examples=8)
@given(data=st.data())
def test_a_model_has_the_same_bits_alone_and_in_any_ensemble(
    kind: type[Optimiser], data: st.DataObject
) -> None:
    """In float32 on the CPU, where numbers past the last full vector are computed apart."""
    optimisers = tuple(data.draw(st.lists(DRAWN[kind], min_size=2, max_size=5)))
    shapes = {"W": (data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))), "b": (3,)}
    bowls = Bowls.draw(data.draw(st.integers(0, 10**6)), len(optimisers), shapes)
    together = trained(bowls, optimisers, 4, torch.float32)
    for model, own in enumerate(optimisers):
        alone = trained(bowls.of(slice(model, model + 1)), (own,), 4, torch.float32)
        for name, weights in alone.items():
            np.testing.assert_array_equal(together[name][model], weights[0])
