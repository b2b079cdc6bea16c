"""Custom networks whose views are not those of one hidden layer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from gen.figures.any_run_figure import OfAnyRun
from gen.figures.figure import figure_kinds
from gen.figures.model_figure import ModelFigure
from gen.networks.perceptron import Perceptron
from gen.networks.view import ViewShape
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

ROOT = Path(__file__).parents[2]

NETWORK = '''
"""One hidden layer whose matrices have names and shapes of their own."""

from typing import Literal

from gen.networks.perceptron import Perceptron
from gen.networks.view import ViewShape


class Named(Perceptron):
    kind: Literal["named"] = "named"

    def ensemble_views(self, task, parameters):
        w_in, w_out = super().ensemble_views(task, parameters).values()
        return {"W1": w_in, "W2": w_in.mT @ w_in, "W3": w_out}

    def view_shapes(self, task):
        n = self.hidden
        return {
            "W1": ViewShape(task.inputs, n, "input", "neuron"),
            "W2": ViewShape(n, n, "neuron", "neuron"),
            "W3": ViewShape(n, task.outputs, "neuron", "output"),
        }
'''

CONFIG = """
[site]
title = "Own"
description = "A network of one's own."
languages = ["en"]
pages = ["index"]

[models.own]
seeds = 2
task = { kind = "modular", modulus = 7, train_share = 0.7 }
network = { kind = "named", hidden = 6 }
optimiser = { learning_rate = 1e-2 }
training = { steps = 40, log_every = 10, snapshot_every = 20 }

[sweeps.decay]
base = "own"
seeds = 1
grid = { optimiser.weight_decay = [0.0, 0.1] }

[figures]
accuracy = { kind = "accuracy", model = "own" }
loss = { kind = "loss", model = "own", every_seed = true }
seeds = { kind = "seeds", model = "own" }
map = { kind = "sweep-map", sweep = "decay" }
film = { kind = "sweep-film", sweep = "decay" }
"""

FRONT = '+++\ntitle = "Own"\ndescription = "Own."\n+++\n'

SUMS, BITS = (
    Modular(modulus=7, train_share=0.7),
    SparseParity(bits=6, signal_bits=2, train_rows=9, test_rows=9),
)

VIEWS = {
    "of other names": {"W1": (7, 4), "W3": (4, 7)},
    "of three matrices": {"W_in": (7, 4), "W_mid": (4, 4), "W_out": (4, 7)},
    "of one matrix": {"W_in": (7, 4)},
    "whose neurons differ": {"W_in": (7, 4), "W_out": (5, 7)},
    "the wrong way round": {"W_in": (4, 7), "W_out": (7, 4)},
    "in the wrong order": {"W_out": (4, 7), "W_in": (7, 4)},
    "with other answers": {"W_in": (7, 4), "W_out": (4, 3)},
    "on a circle of three": {"A": (3, 4), "B": (4, 3)},
}

REASONS = "it needs one hidden layer|can be measured|needs* signal inputs|embedding = "
"""Error messages of figures of any hidden layer, and of figures with further requirements."""

OF_WEIGHTS = sorted(
    name
    for name, kind in figure_kinds().items()
    if issubclass(kind, ModelFigure)
    and not issubclass(kind, OfAnyRun)
    and name not in ("accuracy", "loss", "seeds")
)


OF_ANY_RUN = sorted(name for name, kind in figure_kinds().items() if issubclass(kind, OfAnyRun))


class Shaped(Perceptron):
    """A network with configurable view shapes."""

    kind: Literal["shaped"] = "shaped"  # type: ignore[assignment]
    shapes: dict[str, tuple[int, int]]

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        return {name: ViewShape(*shape, "row", "column") for name, shape in self.shapes.items()}


@pytest.mark.parametrize("views", VIEWS)
@pytest.mark.parametrize("kind", OF_WEIGHTS)
def test_figures_of_weights_refuse_a_network_without_a_hidden_layer(kind: str, views: str) -> None:
    network = Shaped(hidden=4, shapes=VIEWS[views])
    figure = figure_kinds()[kind](model="own")
    for task in (SUMS, BITS):
        with pytest.raises(ValueError, match=REASONS):
            figure.check(task, network)


def test_the_error_names_the_views_and_the_figures_that_can_show_them() -> None:
    network = Shaped(hidden=4, shapes=VIEWS["of other names"])
    with pytest.raises(ValueError, match=r"W1 .7 x 4., W3 .4 x 7.; the kinds accuracy, loss"):
        figure_kinds()["weights"](model="own").check(SUMS, network)


@pytest.mark.parametrize("views", VIEWS)
@pytest.mark.parametrize("kind", OF_ANY_RUN)
def test_figures_of_any_run_show_a_network_without_a_hidden_layer(kind: str, views: str) -> None:
    network = Shaped(hidden=4, shapes=VIEWS[views])
    chosen = {"view": next(iter(VIEWS[views]))} if kind == "attention" else {}
    figure = figure_kinds()[kind](model="own", **chosen)
    for task in (SUMS, BITS):
        figure.check(task, network)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with a custom network and a site that trains it."""
    folder = tmp_path_factory.mktemp("own")
    for part in ("gen", "templates"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "gen" / "networks" / "named.py").write_text(NETWORK)
    (folder / "site" / "pages" / "en").mkdir(parents=True)
    (folder / "site" / "gen.toml").write_text(CONFIG)
    shown = "".join(
        f"\n::: figure {name}\nA.\n:::\n" for name in ("accuracy", "loss", "seeds", "map", "film")
    )
    (folder / "site" / "pages" / "en" / "index.md").write_text(FRONT + shown)
    return folder


def gen(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gen", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_network_with_other_views_is_trained_without_facts_about_weights(
    own: Path,
) -> None:
    built = gen(own, "build", "--jobs", "1")
    assert built.returncode == 0, built.stderr
    facts = json.loads((own / "_site" / "data" / "facts.json").read_text())["own"]
    assert facts["modulus"] == 7
    assert facts["final_train_accuracy"] > 0
    weights = {"hidden", "frequencies", "neurons_doubled", "main_wave", "first_wave_at"}
    assert not weights & facts.keys()
    tried = gen(own, "hunt", "own", "--where", "final_test_accuracy >= 0", "--seeds", "2")
    assert "2 of 2 seeds match" in tried.stdout, tried.stderr


def test_an_impossible_figure_of_weights_is_refused_before_training(
    own: Path,
) -> None:
    config = own / "site" / "weights.toml"
    config.write_text(f'{CONFIG}weights = {{ kind = "weights", model = "own" }}\n')
    refused = gen(own, "build", "--config", str(config), "--store", "none", "--output", "there")
    assert refused.returncode == 2
    assert "figures.weights.kind: it needs one hidden layer" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (own / "none").exists()
