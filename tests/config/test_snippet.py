"""The experiments give the results that the pages describe, trained until they have them.

Modular addition is trained modulo 31, which takes two seconds. In `make torture` it is trained as
configured too: with the seed that generalises first, and with the seed that the pages show. That
the statements of the pages hold for the configured models is tested by every `gen build --strict`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gen.analysis.facts import model_facts
from gen.analysis.fourier import frequencies, key_frequencies, peak_power_shares
from gen.analysis.interference import group_logits
from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.outcome import choose_run, generalised_at, memorised_at
from gen.analysis.pairs import phase_errors, read_pairs
from gen.analysis.progress import signal_progress
from gen.analysis.progress_facts import guess_loss, wave_progress_facts
from gen.experiments.runs import ModelRun, model_runs
from gen.training.loop import Ensemble, train
from tests.support.article import article_config

pytestmark = pytest.mark.article

EARLY, LEARNED = 4, 33_000
"""The first seed of modular addition to generalise, at step 24,000, and steps that it needs."""

SMALL = pytest.mark.parametrize(
    "small", [True, pytest.param(False, marks=pytest.mark.torture)], ids=["small", "configured"]
)


@cache
def _runs(name: str, seeds: tuple[int, ...], steps: int | None = None) -> list[ModelRun]:
    """Train some seeds of a configured model; at full length unless `steps` is given."""
    model = article_config().models[name]
    training = model.training.model_copy(update={} if steps is None else {"steps": steps})
    ensemble = Ensemble(model.task, model.network, training, seeds, (model.optimiser,) * len(seeds))
    return list(model_runs(name, ensemble, train(ensemble)))


@cache
def _grokked(small: bool) -> ModelRun:
    """Train modular addition until it has generalised."""
    if not small:
        (run,) = _runs("modular", (EARLY,), LEARNED)
        return run
    model = article_config().models["modular"]
    task = model.task.model_copy(update={"modulus": 31, "train_share": 0.75})
    network = model.network.model_copy(update={"width": 200})
    training = model.training.model_copy(update={"steps": 10_000})
    ensemble = Ensemble(task, network, training, (3,), (model.optimiser,))
    (run,) = model_runs("modular", ensemble, train(ensemble))
    return run


@pytest.mark.xdist_group("parity")
def test_parity_memorises_long_before_it_generalises() -> None:
    for run in _runs("parity", (0, 1)):
        memorised, generalised = memorised_at(run), generalised_at(run)
        assert memorised is not None and generalised is not None
        assert 600 <= memorised <= 1600
        assert memorised + 500 <= generalised <= 3500
        assert run.metrics["test_accuracy"][run.logged_steps == memorised].item() < 0.9


@pytest.mark.xdist_group("parity")
def test_parity_distractors_vanish_while_signals_grow() -> None:
    for run in _runs("parity", (0, 1)):
        weights = np.abs(run.views["W_in"][-1])
        assert weights[3:30].max() < 0.02
        assert 1.0 < weights[:3].max() < 5.0
        alive = (weights[:30].max(axis=0) > 0.05 * weights[:30].max()).sum()
        assert 3 <= alive <= 14


@pytest.mark.xdist_group("parity")
def test_parity_ends_with_perfect_test_accuracy() -> None:
    for run in _runs("parity", (0, 1)):
        assert run.metrics["train_accuracy"][-1] == run.metrics["test_accuracy"][-1] == 1.0


@SMALL
@pytest.mark.xdist_group("modular")
def test_modular_addition_generalises_long_after_memorising(small: bool) -> None:
    run = _grokked(small)
    memorised, generalised = memorised_at(run), generalised_at(run)
    assert memorised is not None and generalised is not None
    assert generalised >= 5 * memorised
    assert small or generalised >= 7000


@pytest.mark.torture
def test_the_seed_on_the_pages_generalises_at_full_length() -> None:
    (run,) = _runs("modular", (0,))
    generalised = generalised_at(run)
    assert generalised is not None and generalised >= 7000
    assert run.metrics["train_loss"][-1] < 5e-7
    assert run.metrics["test_loss"][-1] < 1e-5


def test_every_seed_of_modular_addition_first_memorises_and_guesses_on_test_rows() -> None:
    for run in _runs("modular", (0, 1, 2, 3), steps=1000):
        assert memorised_at(run) is not None
        assert run.metrics["test_accuracy"].max() < 0.2


@SMALL
@pytest.mark.xdist_group("modular")
def test_each_neuron_of_grokked_modular_addition_is_one_frequency(small: bool) -> None:
    chosen = _grokked(small)
    weights = chosen.views["W_in"][-1]
    assert peak_power_shares(weights).min() > 0.85
    found, neurons = np.unique(frequencies(weights), return_counts=True)
    assert 3 <= len(found) <= 5
    assert neurons.min() >= 3
    assert 3 <= len(key_frequencies(weights)) <= 5


@SMALL
@pytest.mark.xdist_group("modular")
def test_output_angles_of_grokked_neurons_are_twice_their_input_angles(small: bool) -> None:
    known = read_pairs(_grokked(small))
    assert known is not None
    assert (phase_errors(known) <= 15).mean() >= 0.8


@SMALL
@pytest.mark.xdist_group("modular")
def test_the_logits_of_all_frequencies_add_up_to_the_logits_of_the_network(small: bool) -> None:
    w_in, w_out = (view[-1].astype(np.float64) for view in _grokked(small).views.values())
    active = np.maximum(w_in[:, None] + w_in, 0).reshape(-1, 24)
    groups = [group.neurons for group in neuron_groups(w_in)]
    shares = group_logits(active, w_out, groups)
    np.testing.assert_allclose(shares.sum(axis=1), active @ w_out, atol=1e-9)


@SMALL
@pytest.mark.xdist_group("modular")
def test_grokked_modular_addition_ends_with_the_losses_of_the_recipe(small: bool) -> None:
    chosen = _grokked(small)
    assert chosen.metrics["train_loss"][-1] < 5e-7
    assert chosen.metrics["test_loss"][-1] < 1e-5


@SMALL
@pytest.mark.xdist_group("modular")
def test_the_loss_of_key_waves_falls_thousands_of_steps_before_accuracy_rises(small: bool) -> None:
    """The loss of the key waves alone halves while test accuracy is still far below 0.5."""
    facts = wave_progress_facts(_grokked(small))
    lead, known = facts["restricted_lead"], facts["test_accuracy_when_restricted_halved"]
    assert isinstance(lead, int) and isinstance(known, float)
    assert lead >= 1000
    assert known < 0.25


@SMALL
@pytest.mark.xdist_group("modular")
def test_a_grokked_network_without_its_key_waves_is_no_better_than_guessing(small: bool) -> None:
    chosen = _grokked(small)
    facts, guess = wave_progress_facts(chosen), guess_loss(chosen)
    largest, final = facts["largest_excluded_loss"], facts["final_excluded_loss"]
    assert isinstance(largest, float) and isinstance(final, float)
    assert largest > 2 * guess
    assert final > guess
    assert chosen.metrics["train_loss"][-1] < guess / 1000


@pytest.mark.xdist_group("parity")
def test_weights_on_signal_bits_grow_from_the_start_and_dominate_at_the_end() -> None:
    for run in _runs("parity", (0, 1)):
        progress, memorised = signal_progress(run), memorised_at(run)
        then = progress.signal_share[progress.steps == memorised].item()
        assert 1.3 * progress.signal_share[0] < then < 0.5
        assert progress.signal_share[-1] > 0.95


@pytest.mark.long
def test_five_neurons_are_evenly_spaced_with_doubled_output_angles() -> None:
    runs = _runs("five-neurons", (0, 1), steps=12_000)
    chosen = choose_run(runs, None)
    assert chosen is not None and generalised_at(chosen) is not None
    facts = model_facts(article_config().models["five-neurons"], runs, chosen)
    assert isinstance(facts["largest_spacing_error"], float)
    assert isinstance(facts["largest_doubling_error"], float)
    assert facts["largest_spacing_error"] < 15
    assert facts["largest_doubling_error"] < 15


@pytest.mark.long
def test_the_network_that_forgets_keeps_its_wave_and_its_errors_are_neighbours() -> None:
    model = article_config().models["ungrok"]
    assert model.shown is not None
    runs = _runs("ungrok", (model.shown,), steps=15_000)
    facts = model_facts(model, runs, runs[0])
    numbers = {name: value for name, value in facts.items() if isinstance(value, int | float)}
    assert numbers["largest_test_accuracy"] > 0.9
    assert numbers["final_test_accuracy"] < numbers["largest_test_accuracy"] - 0.05
    assert numbers["test_loss_rise"] > 5
    assert numbers["final_train_loss"] < 1e-6
    assert numbers["main_wave_share"] > 0.95
    assert numbers["wrong_next_door"] > 0.5
