"""Early measures foretell what they should, and chance is not taken for foresight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis import forecasts
from gen.analysis.early_facts import HINDSIGHT, MEASURES, early_facts
from gen.analysis.facts import model_facts
from gen.analysis.forecasts import by_chance, score
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from tests.support import naive_forecasts as naive
from tests.support.line_runs import circle_run, parity_run
from tests.support.many_seeds import NEVER, broken, seeds_that_jump
from tests.support.outcome_runs import case

JUMPS = (2000.0, 2500.0, 3250.0, 4000.0, 4750.0, NEVER, NEVER, NEVER)
ALL = (*MEASURES, *HINDSIGHT)
VALUES = st.lists(st.integers(-3, 3).map(float), min_size=7, max_size=7)
STEPS = np.array([300.0, 100.0, 700.0, 500.0])
HAPPENED = np.array([True, False, True, True, False, False, True])


@pytest.fixture(scope="module")
def runs() -> list[ModelRun]:
    return seeds_that_jump(JUMPS)


@pytest.fixture(scope="module")
def facts(runs: list[ModelRun]) -> Facts:
    return early_facts(runs)


def test_every_score_equals_its_naive_computation(runs: list[ModelRun], facts: Facts) -> None:
    memorised = max(
        next(
            step for step, right in zip(*run.logged("train_accuracy"), strict=True) if right >= 0.99
        )
        for run in runs
    )
    jumps = [
        next(
            (s for s, right in zip(*run.logged("test_accuracy"), strict=True) if right >= 0.5), None
        )
        for run in runs
    ]
    steps = [float(step) for step in jumps if step is not None]
    assert facts["early_at"] == 2 * memorised < min(steps)
    assert (facts["early_jumps"], facts["early_others"], facts["early_measures"]) == (5, 3, 9)
    assert (facts["early_first_jump_at"], facts["early_last_jump_at"]) == (min(steps), max(steps))
    assert facts["early_blind_error"] == pytest.approx(naive.blind(steps))
    place = list(runs[0].snapshot_steps).index(facts["early_at"])
    each = [naive.measures(run, place) for run in runs]
    for name in ALL:
        values = [measured[name] for measured in each]
        of_jumps = [value for value, jump in zip(values, jumps, strict=True) if jump is not None]
        happened = [jump is not None for jump in jumps]
        assert facts[f"early_{name}_correlation"] == pytest.approx(
            naive.correlation(of_jumps, steps), abs=1e-9
        ), name
        assert facts[f"early_{name}_error"] == pytest.approx(
            naive.error(of_jumps, steps), rel=1e-3
        ), name
        assert facts[f"early_{name}_order"] == pytest.approx(naive.order(values, happened)), name


def test_the_best_scores_are_those_of_measures_without_hindsight(facts: Facts) -> None:
    def of(kind: str) -> dict[str, float]:
        return {name: float(facts[f"early_{name}_{kind}"]) for name in MEASURES}  # type: ignore[arg-type]

    sizes = {name: abs(value) for name, value in of("correlation").items()}
    best = max(sizes, key=lambda name: sizes[name])
    assert (facts["early_correlation_of"], facts["early_correlation"]) == (best, sizes[best])
    errors = of("error")
    best = min(errors, key=lambda name: errors[name])
    assert (facts["early_error_of"], facts["early_error"]) == (best, errors[best])
    far = {name: max(value, 1 - value) for name, value in of("order").items()}
    assert facts["early_order"] == pytest.approx(max(far.values()))
    assert far[str(facts["early_order_of"])] == pytest.approx(max(far.values()))


def test_other_steps_are_snapshots_before_the_first_jump(facts: Facts) -> None:
    first = facts["early_first_jump_at"]
    assert isinstance(first, int)
    expected = [0, first / 4 // 250 * 250, first / 2 // 250 * 250]
    assert [facts[f"early_{name}_at"] for name in ("start", "quarter", "midway")] == expected


def test_a_wave_that_only_seeds_with_a_jump_have_tells_them_apart() -> None:
    many = [*JUMPS, 3000.0, 3500.0, NEVER, NEVER, NEVER]
    found = early_facts(seeds_that_jump(many, stronger=3.0))
    assert found["early_largest_amplitude_order"] == found["early_order"] == 1
    assert found["early_order_by_chance"] < 0.02  # type: ignore[operator]


@pytest.mark.parametrize("jumps", [JUMPS[:3] + JUMPS[5:], JUMPS[5:], (600.0, *JUMPS)])
def test_nothing_is_foretold_of_few_jumps_or_after_the_first(jumps: tuple[float, ...]) -> None:
    found = early_facts(seeds_that_jump(jumps))
    counts = {"early_measures", "early_shuffles", "early_jumps", "early_others"}
    steps = {"early_first_jump_at", "early_last_jump_at"}
    early = {
        name: value
        for name, value in found.items()
        if name not in counts | steps
        and not name.startswith(("early_start", "early_quarter", "early_midway"))
    }
    assert len(early) > 30 and set(early.values()) == {None}
    assert found["early_jumps"] == sum(jump < NEVER for jump in jumps)


def test_all_seeds_that_jump_have_no_order(runs: list[ModelRun]) -> None:
    found = early_facts(runs[:5])
    assert found["early_correlation"] is not None
    for name in ("early_order", "early_order_of", "early_order_by_chance", "early_norm_order"):
        assert found[name] is None


def test_diverged_seeds_are_left_out(runs: list[ModelRun], facts: Facts) -> None:
    assert early_facts([broken(runs[0]), *runs]) == facts
    found = early_facts([broken(run) for run in runs])
    assert found["early_jumps"] == found["early_others"] == 0


def test_a_measure_that_is_not_finite_leaves_no_score(runs: list[ModelRun]) -> None:
    endless = {name: np.full_like(view, np.inf) for name, view in runs[0].views.items()}
    with np.errstate(all="ignore"):
        found = early_facts([replace(runs[0], views=endless), *runs[1:]])
    assert found["early_at"] is not None and found["early_correlation"] is None


def test_other_tasks_and_networks_have_no_such_facts() -> None:
    assert early_facts([]) == early_facts([parity_run()]) == early_facts([circle_run()]) == {}


def test_they_are_facts_of_the_model(runs: list[ModelRun], facts: Facts) -> None:
    model = replace(case("add", "generalised").model, task=runs[0].task)
    assert facts.items() <= model_facts(model, runs, runs[0]).items()
    assert early_facts(runs) == facts, "the shuffles are always the same"


# Scores


@settings(max_examples=40, deadline=None)
@given(VALUES)
def test_scores_of_any_values_with_ties_are_the_naive_ones(values: list[float]) -> None:
    found = score(np.array([values]), HAPPENED, STEPS)
    of_event = [value for value, event in zip(values, HAPPENED, strict=True) if event]
    assert found.correlation[0] == pytest.approx(naive.correlation(of_event, list(STEPS)), abs=1e-9)
    assert found.error[0] == pytest.approx(naive.error(of_event, list(STEPS)))
    assert found.order is not None
    assert found.order[0] == pytest.approx(naive.order(values, list(HAPPENED)))


@settings(max_examples=20, deadline=None)
@given(VALUES, st.floats(0.5, 3))
def test_ranks_do_not_depend_on_the_unit_and_turn_with_the_sign(
    values: list[float], unit: float
) -> None:
    measures = np.array([values])
    first, scaled = (score(each, HAPPENED, STEPS) for each in (measures, measures * unit))
    turned = score(-measures, HAPPENED, STEPS)
    assert first.order is not None and scaled.order is not None and turned.order is not None
    assert scaled.correlation == pytest.approx(first.correlation)
    assert turned.correlation == pytest.approx(-first.correlation)
    assert scaled.order == pytest.approx(first.order)
    assert turned.order == pytest.approx(1 - first.order)
    assert scaled.error == pytest.approx(first.error)
    assert turned.error == pytest.approx(first.error)


def test_chance_is_the_share_of_all_orders_for_few_seeds() -> None:
    steps = np.arange(6.0)
    found = by_chance(np.arange(6.0)[None], np.ones(6, dtype=bool), steps)
    # Of the 720 orders, two are as monotonous as the true one, and one is without error.
    assert found.correlation == pytest.approx(2 / 720, abs=2e-3)
    assert found.order is None
    pairs = by_chance(np.arange(7.0)[None], np.arange(7) > 3, np.arange(3.0))
    assert pairs.order == pytest.approx(2 / 35, abs=8e-3)


def test_the_best_of_many_measures_is_good_by_chance_more_often() -> None:
    source = np.random.default_rng(8)
    steps, noise = source.normal(size=9), source.normal(size=(20, 9))
    happened = np.ones(9, dtype=bool)
    best = np.abs(score(noise, happened, steps).correlation).argmax()
    alone = by_chance(noise[[best]], happened, steps)
    among = by_chance(noise, happened, steps)
    assert among.correlation > 5 * alone.correlation


def test_of_noise_one_in_twenty_is_called_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecasts, "SHUFFLES", 200)
    source = np.random.default_rng(2)
    happened = np.arange(16) < 9
    found = [
        by_chance(source.normal(size=(9, 16)), happened, source.normal(size=9)) for _ in range(200)
    ]
    for kind in ("correlation", "error", "order"):
        rare = np.mean([getattr(each, kind) <= 0.05 for each in found])
        assert 0.01 < rare < 0.1, kind
