"""Every sentence of an alt text is said where it is true, and its numbers are those of the run."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from gen.analysis.neuron_groups import neuron_order
from gen.figures.figure import figure_kinds
from gen.i18n import Words
from tests.support import naive_facts as naive
from tests.support.alt_pictures import (
    cases,
    of_comparisons,
    of_formulas,
    of_models,
    of_one,
    of_sweeps,
    pictured,
)
from tests.support.alt_rows import ROWS
from tests.support.alt_seen import Seen
from tests.support.pair_runs import pair_run

Fillings = dict[str, list[dict[str, str]]]

PICTURES: dict[str, Seen] = dict([*of_models(), *of_sweeps(), *of_formulas(), *of_comparisons()])


class Asked(Words):
    """Words that remember which alt texts they were asked for, and how they were filled."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.asked: Fillings = {}

    def __call__(self, key: str, /, **values: object) -> str:
        if key.startswith("alt."):
            left_open = self.placeholders(key)
            shown = {
                name: self._filled(value) for name, value in values.items() if name in left_open
            }
            self.asked.setdefault(key, []).append(shown)
        return super().__call__(key, **values)

    def _filled(self, value: object) -> str:
        return self.number(value) if isinstance(value, int | float) else str(value)

    def expected(self, value: object) -> str:
        """What was worked out in a test, as it has to stand in a text."""
        return self._filled(value.item() if isinstance(value, np.generic) else value)


@cache
def _told(name: str) -> Fillings:
    """What the figure's alt text is made of."""
    seen, words = PICTURES[name], Asked("en")
    seen.figure.alt(pictured(seen), words)
    return words.asked


@pytest.mark.parametrize("name", PICTURES)
def test_an_alt_text_contains_exactly_the_true_sentences(name: str) -> None:
    seen, words = PICTURES[name], Asked("en")
    rows = ROWS[seen.figure.kind]
    expected = {
        key: [{n: words.expected(value) for n, value in filling.items()} for filling in row(seen)]
        for key, row in rows.items()
    }
    assert _told(name).keys() - rows.keys() == set(), "a text is said that has no row"
    assert _told(name) == {key: fillings for key, fillings in expected.items() if fillings}


def test_every_alt_text_has_a_row_and_every_row_is_used() -> None:
    texts = {key for key in Words("en") if key.startswith("alt.")}
    assert {key for rows in ROWS.values() for key in rows} == texts
    said = {(seen.figure.kind, key) for name, seen in PICTURES.items() for key in _told(name)}
    assert {(kind, key) for kind, rows in ROWS.items() for key in rows} == said


def test_every_kind_of_figure_has_rows() -> None:
    assert figure_kinds().keys() == ROWS.keys()


@pytest.mark.parametrize("name", PICTURES)
def test_sentences_are_joined_as_in_the_language(name: str) -> None:
    seen = PICTURES[name]
    english, chinese = (seen.figure.alt(pictured(seen), Words(one)) for one in ("en", "zh"))
    assert "{" not in english + chinese
    assert " ." not in english and "  " not in english
    assert not any(f"{mark} " in chinese for mark in "。：，；")


@pytest.mark.parametrize("name", cases())
def test_rows_of_a_weights_film_are_in_the_order_of_its_alt_text(name: str) -> None:
    seen = Seen(None, cases()[name])
    final, run = seen.into[-1], seen.run
    order = neuron_order(run).tolist()
    keys: list[Any]
    if hasattr(run.task, "signal_bits"):
        keys = [-float(np.linalg.norm(final[:, n])) for n in order]
    elif final.shape[0] == 2:
        keys = [float(np.arctan2(final[1, n], final[0, n])) for n in order]
    else:
        found = [(naive.strongest(final[:, n]), n) for n in order]
        keys = [(k, -np.angle(naive.wave(final[:, n], k))) for k, n in found]
    assert keys == sorted(keys)


def test_a_group_with_equal_logits_has_no_margin() -> None:
    from gen.figures.interference import Interference

    silent = cases()["silent"].chosen
    for language, said in (("en", "is level with another"), ("zh", "持平")):
        pictures = "".join(Interference(model="m").render(silent, Words(language)).drawing.pictures)
        assert said in pictures
        assert "0.00" not in pictures


@pytest.mark.parametrize("operation", ["add", "subtract", "multiply"])
def test_neurons_without_a_group_of_their_own_are_counted(operation: Any) -> None:
    run = pair_run(operation, frequencies=tuple(range(1, 9)), neurons=3)
    figure = next(s.figure for s in PICTURES.values() if s.figure.kind == "stars")
    told = ROWS["stars"]["alt.stars.others"](Seen(figure, of_one(run)))
    assert told == [{"count": 9}]
    assert "not shown: 9." in figure.alt(run, Words("en"))
