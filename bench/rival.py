"""Training in JAX, the fastest alternative: vmap over models, scan over steps, optax."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW
from gen.training.loop import Ensemble


def scanned(ensemble: Ensemble, steps: int) -> Callable[[], float]:
    """Compile the training of an ensemble of perceptrons with one output.

    Returns:
        A function that takes `steps` steps and returns their duration in seconds.
    """
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
    import optax  # pyright: ignore[reportMissingImports]

    assert isinstance(ensemble.network, Perceptron)
    assert ensemble.task.outputs == 1
    rows = ensemble.task.data(ensemble.seeds).train
    inputs, labels = jnp.asarray(rows.inputs), jnp.asarray(rows.labels, jnp.float32)
    first = ensemble.network.init_ensemble(ensemble.task, ensemble.seeds)
    weights = {name: jnp.asarray(array, jnp.float32) for name, array in first.items()}
    optimisers = [own for own in ensemble.optimisers if isinstance(own, AdamW)]
    assert len(optimisers) == len(ensemble.optimisers)
    settings = optimisers[0]
    decays = jnp.asarray([own.weight_decay for own in optimisers])

    def adam(decay):  # noqa: ANN001, ANN202
        first_moment, second_moment = settings.betas
        return optax.adamw(
            settings.learning_rate, b1=first_moment, b2=second_moment, weight_decay=decay
        )

    def loss(weights, inputs, labels):  # noqa: ANN001, ANN202
        answers = (jax.nn.relu(inputs @ weights["W_in"]) @ weights["W_out"])[:, 0]
        return optax.sigmoid_binary_cross_entropy(answers, labels).mean()

    def step(weights, moments, decay, inputs, labels):  # noqa: ANN001, ANN202
        slopes = jax.grad(loss)(weights, inputs, labels)
        changes, moments = adam(decay).update(slopes, moments, weights)
        return optax.apply_updates(weights, changes), moments

    @jax.jit
    def many(weights, moments):  # noqa: ANN001, ANN202
        def one(state, _):  # noqa: ANN001, ANN202
            weights, moments = state
            return jax.vmap(step)(weights, moments, decays, inputs, labels), None

        return jax.lax.scan(one, (weights, moments), None, length=steps)[0]

    state = (weights, jax.vmap(lambda w, decay: adam(decay).init(w))(weights, decays))
    state = jax.block_until_ready(many(*state))

    def measure() -> float:
        nonlocal state
        start = time.perf_counter()
        state = jax.block_until_ready(many(*state))
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state[0]))
        return time.perf_counter() - start

    return measure
