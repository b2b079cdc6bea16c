"""Which models a page can train, and what its script is told of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gen.config.reader import load
from gen.errors import ConfigError
from gen.figures.train_here import TrainHere, work_of_a_step
from gen.i18n import Words
from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.networks.transformer import Transformer
from gen.optimisers.adamw import AdamW
from gen.optimisers.sgd import SGD
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from tests.support.article import article_config
from tests.support.outcome_runs import case

EN = Words("en")
SITE = Path(__file__).parents[2] / "site" / "gen.toml"
FIGURE = TrainHere(model="m", shows=("m-weights",))

SUM = Modular(modulus=67, train_share=0.3)
PARITY = SparseParity(bits=20, signal_bits=3, train_rows=400, test_rows=1000)
FIVE = Embedded(embedding="circle", hidden=5)


def drawn(of: str, **optimiser: Any) -> tuple[Any, dict[str, Any]]:
    run = case(of, "generalised").chosen  # type: ignore[arg-type]
    settings = {"learning_rate": 1e-2, "betas": (0.9, 0.98)} | optimiser
    drawing = FIGURE.render(replace(run, optimiser=AdamW(**settings)), EN).drawing
    return drawing, json.loads(drawing.data)


@pytest.mark.parametrize(
    ("task", "network", "said"),
    [
        (SUM, Embedded(embedding="learned", width=8, hidden=5), 'embedding = "circle"'),
        (SUM, Perceptron(hidden=64), "limit for training in a page is 5,000,000"),
        (
            Modular(modulus=7, train_share=0.5, ordered=True),
            Transformer(width=8, heads=2, hidden=8),
            "only train a perceptron",
        ),
    ],
    ids=["learned table", "large", "transformer"],
)
def test_networks_that_a_page_cannot_train_are_refused(task: Any, network: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FIGURE.check(task, network)


def test_small_networks_of_both_tasks_are_allowed() -> None:
    for task, network in ((SUM, FIVE), (PARITY, Perceptron(hidden=16))):
        FIGURE.check(task, network)
    assert 0.5e6 < work_of_a_step(SUM, FIVE) < 1e6


def test_readers_choose_the_seed_so_it_has_no_other_seeds() -> None:
    with pytest.raises(ValueError, match="remove every_seed"):
        TrainHere(model="m", every_seed=True).check(SUM, FIVE)


def test_trainings_that_a_page_cannot_do_are_refused() -> None:
    model = article_config().models["five-neurons"]
    FIGURE.check_model(model)
    for changed, said in (
        ({"loss": "stablemax"}, "cross-entropy"),
        ({"batch_size": 100}, "all rows"),
        ({"steps": 60_000}, "the limit is 28,"),
    ):
        training = model.training.model_copy(update=changed)
        with pytest.raises(ValueError, match=said):
            FIGURE.check_model(replace(model, training=training))
    with pytest.raises(ValueError, match="optimiser adamw"):
        FIGURE.check_model(replace(model, optimiser=SGD(learning_rate=0.1)))


def test_settings_to_choose_from_lie_around_those_of_the_model() -> None:
    drawing, data = drawn("circle", weight_decay=1e-3)
    rates, pulls, steps = drawing.choices
    assert [choice.key for choice in drawing.choices] == ["learning_rate", "weight_decay", "steps"]
    assert [value for value, _ in rates.values] == [0.001, 0.003, 0.01, 0.03, 0.1]
    assert [value for value, _ in pulls.values] == [0, 1e-4, 1e-3, 1e-2]
    assert [text for _, text in steps.values] == ["1,000", "2,000", "4,000"]
    assert [choice.chosen for choice in drawing.choices] == [0.01, 0.001, 4000]
    assert data["steps"] == list(range(0, 4001, 100))


def test_a_model_with_an_l1_penalty_offers_that() -> None:
    drawing, data = drawn("parity", l1=1e-4)
    assert [choice.key for choice in drawing.choices] == ["learning_rate", "l1", "steps"]
    assert data["task"]["kind"] == "sparse-parity"
    assert data["sort"] == "norm"


def test_the_script_is_told_the_reach_and_the_order_of_the_run_of_the_text() -> None:
    _, data = drawn("circle")
    run = case("circle", "generalised").chosen
    for view, (name, values) in zip(data["views"], run.views.items(), strict=True):
        assert view["name"] == name
        assert (view["rows"], view["columns"]) == values.shape[1:]
        assert view["reach"] == pytest.approx(abs(values).max(), rel=1e-3)
    assert sorted(data["names"]) == list(range(run.views["A"].shape[2]))
    assert data["sort"] == "angle"


CONFIG = """[site]
title = "A"
description = "B."
languages = ["en"]
pages = ["index"]

[models.five]
seeds = 1

[models.five.task]
kind = "modular"
modulus = 11
train_share = 0.6

[models.five.network]
kind = "embedded"
embedding = "circle"
hidden = 5

[models.five.optimiser]
learning_rate = 1e-2

[models.five.training]
steps = 100
log_every = 10
snapshot_every = 10

[figures.film]
kind = "circle"
model = "five"

[figures.curve]
kind = "accuracy"
model = "five"

[figures.here]
kind = "train-here"
model = "five"
shows = ["film"]
"""


@pytest.mark.parametrize(
    ("shown", "said"),
    [("flim", "there is no figure"), ("curve", "cannot show a run of the reader")],
)
def test_a_film_that_it_cannot_show_is_named(shown: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "gen.toml"
    path.write_text(CONFIG)
    assert load(path).figures["here"].paints == ("film",)
    path.write_text(CONFIG.replace('shows = ["film"]', f'shows = ["{shown}"]'))
    with pytest.raises(ConfigError, match=said) as error:
        load(path)
    assert "shows" in str(error.value.where)


def test_a_film_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gen.toml"
    tables = CONFIG[CONFIG.index("[models.five]") : CONFIG.index("[figures.film]")]
    other = tables.replace("models.five", "models.other")
    path.write_text(CONFIG.replace('model = "five"', 'model = "other"', 1) + "\n" + other)
    with pytest.raises(ConfigError, match='shows the model "other", not "five"'):
        load(path)
