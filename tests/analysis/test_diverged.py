"""What is said of models whose loss diverged: which seeds, and nothing that is not so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gen.errors import DivergedError
from gen.experiments import runs
from gen.site.context import BuildContext
from gen.site.results import read_models
from gen.training.loop import train
from tests.support import small_site


def trained(folder: Path, shown: str, diverged: set[int]) -> BuildContext:
    """The small site's sums after training, with some of its three seeds marked as diverged."""
    small_site.write(folder, small_site.SUM_ALONE.replace("seeds = 3\n", f"seeds = 3\n{shown}\n"))
    context = small_site.context_of(folder)
    for shard in runs.shards(context.config.models["sum"], context.device):
        seeds = shard.ensemble.seeds
        failed = np.array([10 if seed in diverged else -1 for seed in seeds])
        runs.save(context.store, shard, replace(train(shard.ensemble), failed_at=failed), 0.0)
    return context


def test_only_the_chosen_seed_is_called_diverged_when_others_are_sound(tmp_path: Path) -> None:
    context = trained(tmp_path, "shown = 1", {1})
    with pytest.raises(DivergedError) as refused:
        read_models(context, ["sum"])
    assert str(refused.value).startswith("models.sum.shown: seed 1 cannot be shown: its loss")
    assert "name another seed" in refused.value.hint


@pytest.mark.parametrize("shown", ["", "shown = 1"])
def test_all_seeds_are_called_diverged_only_when_all_are(tmp_path: Path, shown: str) -> None:
    context = trained(tmp_path, shown, {0, 1, 2})
    with pytest.raises(DivergedError, match="no seed can be shown: the loss of each was not"):
        read_models(context, ["sum"])


def test_one_diverged_seed_does_not_keep_the_others_from_being_shown(tmp_path: Path) -> None:
    model = read_models(trained(tmp_path, "", {0}), ["sum"])["sum"]
    assert model.chosen.seed in {1, 2}
    assert model.facts["seeds_failed"] == 1
    assert [card.seed for card in model.seeds.runs] == [0, 1, 2]
