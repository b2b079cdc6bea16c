"""Facts of attention and embedding, on a transformer made by hand and against its own attention."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gen.analysis.facts import run_facts, seed_facts
from gen.analysis.outcome import generalised_at
from gen.analysis.transformer_facts import pair_attention, transformer_facts
from gen.networks.transformer import Transformer
from gen.tasks.modular import Modular
from tests.support.line_runs import waves_run
from tests.support.transformer_runs import FACTS, transformer_run


def test_the_mean_is_told_apart_from_single_sums() -> None:
    facts = seed_facts(transformer_run())
    assert (facts["lowest_mean_attention"], facts["highest_mean_attention"]) == pytest.approx(
        (0.48, 0.5)
    )
    assert facts["lowest_mean_attention_when_memorised"] == pytest.approx(0.3)
    assert facts["highest_mean_attention_when_memorised"] == pytest.approx(0.6)
    assert facts["highest_equals_attention"] == pytest.approx(0.02)
    # The second head scores numbers from 4 to -4, and "=" with 0.
    scores = np.exp([4.0, -4.0, 0.0])
    assert facts["most_attention"] == pytest.approx(scores[0] / scores.sum())
    assert facts["least_attention"] == pytest.approx(scores[1] / scores.sum())


def test_attention_in_single_sums_has_the_mean_of_the_view() -> None:
    task, network = (
        Modular(modulus=5, ordered=True, train_share=0.5),
        Transformer(width=6, heads=3, hidden=4),
    )
    generator = np.random.default_rng(2)
    learned = {n: generator.normal(size=a.shape) for n, a in network.init(task, 0).items()}
    found = pair_attention(replace(transformer_run(), task=task, parameters=learned), 3)
    views = network.views(task, {n: torch.from_numpy(a) for n, a in learned.items()})
    expected = views["attention"].values.numpy()
    assert found.shape == (5, 5, 3, 2)
    np.testing.assert_allclose(found.mean(axis=(0, 1)), expected[:, :2], atol=1e-12)


def test_the_embedding_counts_the_frequencies_of_the_logits() -> None:
    run = transformer_run()
    facts = seed_facts(run)
    assert facts["explanation"] == "waves" and facts["algorithm"] == "pizza"
    # A table of ones and zeros has all 33 waves alike.
    keys = facts["logit_frequencies"]
    assert isinstance(keys, list) and isinstance(keys[0], int)
    assert facts["final_embedding_share"] == pytest.approx(len(keys) / 33)
    k = 2 * np.pi * keys[0] * np.arange(67) / 67
    views = {name: view.copy() for name, view in run.views.items()}
    place = int(np.searchsorted(run.snapshot_steps, generalised_at(run) or 0))
    views["E"][0] = np.cos(k)[:, None]
    views["E"][place] = np.cos(k)[:, None]
    changed = transformer_facts(replace(run, views=views))
    assert changed["first_embedding_share"] == pytest.approx(1)
    assert changed["embedding_share_when_generalised"] == pytest.approx(1)
    assert changed["embedding_share_when_memorised"] == pytest.approx(len(keys) / 33)


def test_without_a_rule_or_another_network_nothing_is_said() -> None:
    facts = seed_facts(transformer_run(memorises=float("inf"), generalises=float("inf")))
    assert facts["final_embedding_share"] is None
    assert facts["highest_mean_attention_when_memorised"] is None
    assert facts["most_attention"] is not None
    assert "most_attention" not in run_facts(transformer_run())
    assert transformer_facts(waves_run()) == {}
    assert transformer_facts(transformer_run()).keys() == FACTS
