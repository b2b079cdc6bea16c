"""The kinds of figures that the article brings itself."""

from __future__ import annotations

import numpy as np
import pytest

from gen.figures import RunFigure
from tests.support import naive_circuits
from tests.support.article import article_config
from tests.support.outcome_runs import case

SITE = article_config()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_two_circuits_are_those_of_the_naive_computation(language: str) -> None:
    run, words = case("parity", "generalised").chosen, SITE.words(language)
    figure = SITE.figures["parity-circuits"]
    assert isinstance(figure, RunFigure)
    chart = figure.render(run, words)
    shown = [series.y.tolist() for series in chart.series]  # type: ignore[union-attr]
    used, others = (naive_circuits.accuracy(run, which, "test") for which in (True, False))
    known = naive_circuits.accuracy(run, False, "train")
    assert shown == [pytest.approx(values) for values in (used, others, known)]
    alt = figure.alt(run, words)
    assert all(words.percent(value) in alt for value in (used[-1], max(others), max(known)))
    table = np.genfromtxt((figure.csv(run) or "").splitlines(), delimiter=",", names=True)
    assert table["in_use_test"] == pytest.approx(used)


def test_two_circuits_need_a_perceptron_of_parity() -> None:
    figure, sums = SITE.figures["parity-circuits"], SITE.models["modular"]
    assert isinstance(figure, RunFigure)
    with pytest.raises(ValueError, match="sparse parity"):
        figure.check(sums.task, sums.network)
