"""The article shows every seed of a model in all its figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gen.figures.embedding import Embedding
from gen.figures.model_figure import RunFigure
from gen.figures.train_here import TrainHere
from tests.support.article import article_config

SITE = Path(__file__).parents[2] / "site"
CONFIG = article_config()
PLACED = sorted(
    {
        name
        for page in (SITE / "pages").glob("*/*.md")
        for name in re.findall(r"^::: figure ([a-z0-9-]+)", page.read_text("utf-8"), re.MULTILINE)
    }
)
OF_A_RUN = [
    name
    for name in PLACED
    if isinstance(figure := CONFIG.figures[name], RunFigure)
    and not isinstance(figure, Embedding | TrainHere)
    and name != "progress-modular"
    and figure.model != "transformer"
    and len(CONFIG.models[figure.model].seeds) > 1
]
"""Figures on pages that differ between the seeds of their model.

One takes seconds to measure; of the transformer, a neuron of the shown seed is pictured.
"""


@pytest.mark.parametrize("name", OF_A_RUN)
def test_readers_can_choose_the_seed_of_a_figure(name: str) -> None:
    figure = CONFIG.figures[name]
    assert isinstance(figure, RunFigure) and figure.every_seed


def test_most_chapters_have_such_figures() -> None:
    assert len(OF_A_RUN) > 25
    models = {CONFIG.figures[name].source for name in OF_A_RUN}
    assert {"modular", "parity", "five-neurons", "minus-31", "times-61"} <= models
