"""The mathematics of the interference figure's scripts against that of gen.analysis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.interference import group_logits, interpolate, margin
from gen.analysis.neuron_groups import neuron_groups
from gen.interactive.model import model_of
from gen.widgets.interference_scale import round_scale
from tests.support.intervene_page import packed_pairs
from tests.support.line_runs import solved_run
from tests.support.node import run_scripts

RUN = solved_run()
GROUPS = [group.neurons for group in neuron_groups(RUN.input_weights[-1])]
SCRIPTS = ["network-maths.js", "interference-maths.js"]


def computed(function: str, argument: Any = None) -> Any:
    return run_scripts(
        SCRIPTS, f"(given) => {{ const all = grokreel.interference; {function} }}", argument
    )


@pytest.mark.parametrize("snapshot", [0, 9, 20])
def test_shares_of_frequencies_and_their_sum_are_those_of_python(snapshot: int) -> None:
    weights = packed_pairs(RUN, snapshot)
    pairs = [(0, 0), (10, 20), (66, 41), (33, 34)]
    shares, totals, largest = computed(
        """
        const network = new grokreel.network.PairNetwork(given.model, given.neurons);
        network.first.set(given.first);
        network.out.set(given.out);
        const found = given.pairs.map(([a, b]) => all.sharesOf(network, given.groups, a, b));
        return [
          found.map(([shares]) => shares.map((share) => [...share])),
          found.map(([, total]) => total),
          found.map(([shares, total]) => all.largestShare(shares, total, 2)),
        ];
        """,
        {
            "model": model_of(RUN),
            "neurons": weights.first.shape[1],
            "first": weights.first.ravel().tolist(),
            "out": weights.out.ravel().tolist(),
            "groups": [group.tolist() for group in GROUPS],
            "pairs": pairs,
        },
    )
    hidden = np.array([np.maximum(weights.first[a] + weights.first[b], 0) for a, b in pairs])
    wanted = group_logits(hidden, weights.out, GROUPS)
    np.testing.assert_allclose(shares, wanted, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(totals, hidden @ weights.out, rtol=1e-9, atol=1e-9)
    alone, together = np.abs(wanted).max(axis=(1, 2)), np.abs(hidden @ weights.out).max(axis=1)
    np.testing.assert_allclose(largest, np.maximum(alone, together / 2))


@pytest.mark.parametrize("numbers", [16, 17])
def test_waves_between_the_numbers_are_those_of_python(numbers: int) -> None:
    values = np.random.default_rng(1).normal(size=numbers)
    smooth = computed(
        "return [...new all.Interpolation(given.length, 6).of(given)];", values.tolist()
    )
    np.testing.assert_allclose(smooth, interpolate(values, 6), atol=1e-9)


def test_the_margin_of_an_answer_is_that_of_python() -> None:
    values = np.random.default_rng(3).normal(size=9)
    found = computed("return given.map((_, c) => all.marginOf(given, c));", values.tolist())
    best, second = np.argsort(-values)[:2].tolist()
    for answer, (lead, rival) in enumerate(found):
        assert lead == pytest.approx(float(margin(values, answer)))
        assert rival == (second if answer == best else best)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.floats(1e-6, 1e6), min_size=20))
def test_scales_are_round_and_those_of_the_build(ratios: list[float]) -> None:
    ratios += [1e-3, 0.0011, 0.2, 0.2000001, 0.51, 1, 1.01, 2, 3, 7, 600]
    found = computed("return given.map((ratio) => all.fittingScale(0, ratio));", ratios)
    assert found[-11:] == [1e-3, 0.0015, 0.2, 0.3, 0.6, 1, 1.5, 2, 3, 8, 600]
    assert found == [round_scale(ratio) for ratio in ratios]
    assert all(one >= ratio * (1 - 1e-8) for one, ratio in zip(found, ratios, strict=True))


def test_a_scale_that_fits_is_kept() -> None:
    ratios = [0, 0.1, 0.7, 0.71, 3.2]
    assert computed("return given.map((ratio) => all.fittingScale(0.7, ratio));", ratios) == [
        *(0.7, 0.7, 0.7),
        *(0.8, 4),
    ]


@settings(max_examples=8, deadline=None)
@given(
    a=st.integers(0, 66), b=st.integers(0, 66), to=st.integers(0, 66), which=st.sampled_from([0, 1])
)
def test_what_is_held_stays(a: int, b: int, to: int, which: int) -> None:
    found = computed(
        """
        const { places, which, to } = given;
        const { moved } = grokreel.network;
        return ["none", "sum", "difference"].map((hold) => moved(places, which, to, hold, 67));
        """,
        {"places": [a, b], "which": which, "to": to},
    )
    free, of_sum, of_difference = found
    assert all(places[which] == to for places in found)
    assert free[1 - which] == (b, a)[which]
    assert sum(of_sum) % 67 == (a + b) % 67
    assert (of_difference[0] - of_difference[1]) % 67 == (a - b) % 67
