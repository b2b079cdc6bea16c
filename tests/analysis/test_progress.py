"""Measures of progress of networks with a known solution."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gen.analysis.activations import activations
from gen.analysis.fourier import gini, key_frequencies
from gen.analysis.progress import (
    cross_entropies,
    is_modular_addition,
    keep_waves,
    mean_activations_by_sum,
    signal_progress,
    wave_progress,
    weight_norm,
)
from gen.analysis.progress_facts import guess_loss, signal_progress_facts, wave_progress_facts
from gen.charts.chart import Chart, Stack, value_axis
from gen.charts.svg import standalone_svg, to_svg
from gen.experiments.runs import ModelRun
from gen.figures.progress import Progress, progress_table
from gen.i18n import Words
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.theme import LINES
from tests.support.line_runs import circle_run, parity_run, waves_run

EN = Words("en")
SVG = "{http://www.w3.org/2000/svg}"
FIGURE = Progress(model="any")
BITS = parity_run()
SHAPE = st.tuples(st.sampled_from([5, 7, 12]), st.integers(1, 4))
WEIGHTS = SHAPE.flatmap(lambda s: arrays.arrays(np.float64, s, elements=st.floats(-3, 3)))


def adding_on_a_circle(p: int, k: int, neurons: int) -> tuple[np.ndarray, np.ndarray]:
    """W_in and W_out of neurons that look evenly around the clock and answer at twice the angle."""
    phase = 2 * np.pi * np.arange(neurons) / neurons
    turn = 2 * np.pi * k * np.arange(p)[:, None] / p
    return np.cos(turn - phase), np.cos(turn - 2 * phase).T


def clock_run() -> ModelRun:
    """A run whose weights turn evenly, and not suddenly, from noise into a solution."""
    run = waves_run()
    each = [adding_on_a_circle(67, k, 6) for k in (5, 13, 21, 30)]
    clean = np.concatenate([i for i, _ in each], axis=1), np.concatenate([o for _, o in each])
    random = np.random.default_rng(1)
    grown = np.linspace(0, 1, len(run.snapshot_steps))[:, None, None]
    views = {
        name: (1 - grown) * random.normal(size=matrix.shape) + 4 * grown * matrix
        for name, matrix in zip(("W_in", "W_out"), clean, strict=True)
    }
    return replace(run, views=views)


WAVES = clock_run()


def test_gini_is_zero_for_equal_values_and_largest_for_a_single_one() -> None:
    assert gini(np.full(9, 2.0)) == pytest.approx(0)
    assert gini(np.array([0.0, 0, 0, 7])) == pytest.approx(3 / 4)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(1 / 4)
    assert gini(np.zeros(5)) == 0


AMOUNTS = st.floats(0, 1e3, allow_subnormal=False)


@given(arrays.arrays(np.float64, st.integers(1, 20), elements=AMOUNTS), st.floats(0.1, 9))
def test_gini_does_not_depend_on_unit_or_order(values: np.ndarray, unit: float) -> None:
    assert 0 - 1e-9 <= gini(values) <= 1
    assert gini(values[::-1] * unit) == pytest.approx(float(gini(values)), abs=1e-6)


def test_key_frequencies_are_the_waves_in_the_weights() -> None:
    a = np.arange(31)[:, None]
    weights = np.cos(2 * np.pi * a * np.array([3, 3, 7]) / 31 - 0.4)
    assert key_frequencies(weights) == (3, 7)
    assert key_frequencies(np.zeros((31, 3))) == ()


@given(WEIGHTS)
def test_activations_by_sum_are_means_over_all_pairs_of_a_sum(w_in: np.ndarray) -> None:
    p = len(w_in)
    pairs = [(a, b) for a in range(p) for b in range(p) if (a + b) % p == 2]
    mean = np.mean([activations(w_in[a] + w_in[b], "relu") for a, b in pairs], axis=0)
    np.testing.assert_allclose(mean_activations_by_sum(w_in)[2], mean, atol=1e-9)


@given(WEIGHTS, st.sets(st.integers(1, 2)))
def test_keep_waves_is_idempotent(w_in: np.ndarray, some: set[int]) -> None:
    activations = mean_activations_by_sum(w_in)
    once = keep_waves(activations, tuple(some))
    np.testing.assert_allclose(keep_waves(once, tuple(some)), once, atol=1e-9)
    np.testing.assert_allclose(once.mean(axis=0), activations.mean(axis=0), atol=1e-9)


@given(WEIGHTS)
def test_kept_and_removed_waves_add_up_to_the_activations(w_in: np.ndarray) -> None:
    activations = mean_activations_by_sum(w_in)
    every = range(1, len(w_in) // 2 + 1)
    some, others = tuple(k for k in every if k % 2), tuple(k for k in every if not k % 2)
    whole = (
        keep_waves(activations, some) + keep_waves(activations, others) - activations.mean(axis=0)
    )
    np.testing.assert_allclose(whole, activations, atol=1e-9)


def test_tiny_cross_entropies_are_exact() -> None:
    logits = np.array([[0.0, 0, 0], [40, 0, 0], [0, 40, 0]], dtype=np.float32)
    expected = [np.log(3), np.log1p(2 * np.exp(-40.0)), 40 + np.log1p(2 * np.exp(-40.0))]
    np.testing.assert_allclose(cross_entropies(logits, np.array([2, 0, 0])), np.array(expected) / 3)


def test_a_network_of_one_pure_wave_has_all_power_in_its_key_wave() -> None:
    w_in, w_out = adding_on_a_circle(13, 3, 7)
    run = replace(
        waves_run(modulus=13, hidden=7, snapshots=2),
        network=WAVES.network.model_copy(update={"activation": "square"}),
        views={"W_in": np.stack([w_in, 9 * w_in]), "W_out": np.stack([w_out, 9 * w_out])},
    )
    progress = wave_progress(run)
    assert progress.frequencies == (3,)
    np.testing.assert_allclose(progress.key_share, 1)
    np.testing.assert_allclose(progress.gini, 1 - 1 / 6)
    assert progress.restricted[1] < 1e-6 < progress.restricted[0] < guess_loss(run)
    # What is left without the key wave depends on a - b alone, and is no better than guessing.
    assert progress.excluded.min() >= guess_loss(run) - 1e-6
    assert progress.norm[1] == pytest.approx(9 * progress.norm[0])


def test_restricted_loss_falls_before_test_accuracy_rises() -> None:
    progress, facts = wave_progress(WAVES), wave_progress_facts(WAVES)
    assert progress.frequencies == (5, 13, 21, 30)
    assert progress.restricted[-1] < 1e-6 < guess_loss(WAVES) < progress.restricted[0]
    assert progress.excluded[-1] > guess_loss(WAVES) > progress.excluded[0] / 3
    assert facts["final_key_share"] == pytest.approx(1)
    halved, half = facts["restricted_halved_at"], facts["test_half_at"]
    assert isinstance(halved, int) and isinstance(half, int) and halved < half
    assert facts["restricted_lead"] == half - halved
    known = facts["test_accuracy_when_restricted_halved"]
    assert isinstance(known, float) and known < 0.5


def test_the_share_of_signal_bits_leaves_the_bias_out() -> None:
    progress = signal_progress(BITS)
    w_in = np.abs(BITS.views["W_in"].astype(np.float64))
    expected = w_in[:, :3].sum(axis=(1, 2)) / w_in[:, :30].sum(axis=(1, 2))
    np.testing.assert_allclose(progress.signal_share, expected)
    assert progress.signal_share[-1] > 0.9


@given(WEIGHTS)
def test_the_norm_covers_both_matrices(w_in: np.ndarray) -> None:
    everything = np.concatenate([w_in.ravel(), w_in.T.ravel()])
    assert weight_norm(w_in, w_in.T) == pytest.approx(float(np.linalg.norm(everything)))


def test_long_runs_are_measured_at_201_snapshots_with_both_ends() -> None:
    run = parity_run(snapshots=1001)
    assert len(signal_progress(run).steps) == 201
    assert signal_progress(run).steps[[0, -1]].tolist() == [0, 5000]


def test_only_tasks_with_known_solutions_have_measures() -> None:
    assert is_modular_addition(Modular(modulus=11, train_share=0.5))
    assert not is_modular_addition(SparseParity(bits=4, signal_bits=2, train_rows=9, test_rows=9))
    with pytest.raises(ValueError, match="progress can be measured"):
        FIGURE.check(circle_run().task, circle_run().network)
    FIGURE.check(WAVES.task, WAVES.network)
    FIGURE.check(BITS.task, BITS.network)


@pytest.mark.parametrize("run", [WAVES, BITS], ids=["waves", "bits"])
def test_the_charts_share_their_steps_and_their_left_edge(run: ModelRun) -> None:
    stack = FIGURE.render(run, EN)
    markup = ET.fromstring(to_svg(stack, "progress", FIGURE.alt(run, EN)))
    for svg in markup.findall(f"{SVG}svg"):
        plots = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "plot"]
        assert len(plots) == len(stack.charts) >= 3
        for key in ("data-left", "data-right", "data-first-step", "data-last-step"):
            assert len({plot.attrib[key] for plot in plots}) == 1
        # One axis names the steps, and the marks go through all plots.
        steps = [text for text in svg.iter(f"{SVG}text") if text.text == "Step"]
        assert len(steps) == 1
        for plot in plots:
            marks = [line for line in plot.iter(f"{SVG}line") if line.get("class") == "mark"]
            assert len(marks) == len(stack.charts[0].marks) == 2


@pytest.mark.parametrize("run", [WAVES, BITS], ids=["waves", "bits"])
def test_plots_lie_below_each_other_and_within_the_picture(run: ModelRun) -> None:
    for svg in ET.fromstring(to_svg(FIGURE.render(run, EN), "a", "")).findall(f"{SVG}svg"):
        bottom, height = 0.0, float(svg.attrib["viewBox"].split()[3])
        for group in svg.findall(f"{SVG}g"):
            down = float(group.attrib["transform"].split()[1].strip(")"))
            plot = group[0]
            assert bottom < down + float(plot.attrib["data-top"])
            bottom = down + float(plot.attrib["data-bottom"])
        assert bottom < height


def test_lines_that_meet_in_a_plot_differ_in_style_and_colour() -> None:
    stack = FIGURE.render(WAVES, EN)
    assert isinstance(stack, Stack)
    for chart in stack.charts:
        looks = [LINES[series.key] for series in chart.series]
        assert len({look.dashes for look in looks}) == len({x.colour for x in looks}) == len(looks)


def test_a_line_alone_is_named_by_its_axis() -> None:
    norm: Chart = FIGURE.render(WAVES, EN).charts[-1]
    svg = standalone_svg(norm, "")
    assert "Size of all weights" in svg and "all weights</text>" in svg
    assert 'class="name' not in svg


@settings(deadline=None)
@given(st.floats(1e-6, 1e6))
def test_a_value_axis_begins_at_zero_and_holds_its_values(high: float) -> None:
    axis = value_axis("Size", high, EN)
    assert axis.low == 0 and high <= axis.high * (1 + 1e-6) <= 2.6 * high
    assert 2 <= len(axis.ticks) <= 5


def test_the_table_holds_every_measure_of_every_snapshot() -> None:
    header, rows = progress_table(WAVES)
    assert header == (
        "step", "train_accuracy", "test_accuracy",
        "norm", "key_share", "gini", "restricted", "excluded",
    )  # fmt: skip
    assert rows.shape == (201, 8) and np.isfinite(rows).all()
    assert progress_table(BITS)[0][3:] == ("norm", "signal_share")


def test_accuracy_is_empty_at_steps_without_a_log_entry() -> None:
    sparse = replace(
        BITS,
        logged_steps=BITS.logged_steps[::2],
        metrics={name: values[::2] for name, values in BITS.metrics.items()},
    )
    accuracy = progress_table(sparse)[1][:, 1]
    assert np.isfinite(accuracy[::2]).all() and np.isnan(accuracy[1::2]).all()


def test_alt_texts_state_what_changed_and_when() -> None:
    waves, bits = FIGURE.alt(WAVES, EN), FIGURE.alt(BITS, EN)
    halved = wave_progress_facts(WAVES)["restricted_halved_at"]
    assert isinstance(halved, int)
    assert f"for good, at step {EN.number(halved)}" in waves
    assert "5, 13, 21 and 30" in waves
    assert "bits that matter goes from" in bits and "Test accuracy reaches" in bits


def test_alt_texts_omit_events_that_did_not_happen() -> None:
    never = waves_run(memorises=np.inf, generalises=np.inf, last=2000, snapshots=3)
    assert wave_progress_facts(never)["restricted_lead"] is None
    assert "Test accuracy does not pass 50%" in FIGURE.alt(never, EN)
    assert signal_progress_facts(parity_run(generalises=np.inf))["signal_half_at"] is None
