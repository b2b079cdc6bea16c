"""Rows of alt texts of metrics: accuracy, loss, seeds, progress measures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from gen.experiments.runs import ModelRun
from tests.support import naive_facts as naive
from tests.support.alt_seen import (
    EN,
    Row,
    Seen,
    Value,
    Values,
    constant,
    digits,
    is_parity,
    last_step,
    listed,
    metric,
    numbers,
    of_case,
    percent,
    sentence,
)
from tests.support.naive_facts import at, learned
from tests.support.outcome_runs import Case


def _memorised(s: Seen) -> int | None:
    return learned(s.run, "train")


def _generalised(s: Seen) -> int | None:
    return learned(s.run, "test")


def _knows(train: bool, test: bool) -> Callable[[Seen], bool]:
    return lambda s: (_memorised(s) is not None, _generalised(s) is not None) == (train, test)


THRESHOLD = constant(EN.percent(0.99))
CHANCE = percent(lambda s: 0.5 if is_parity(s) else 1 / numbers(s))


def _ends_at(name: str) -> Value:
    """Return the last accuracy in percent, with more decimals if it would falsely read 99 %."""

    def text(s: Seen) -> str:
        last = metric(name, -1)(s)
        rounded = EN.percent(last)
        if rounded != EN.percent(0.99) or last == 0.99:
            return rounded
        written = (f"{100 * last:.{count}f}" for count in range(1, 9))
        return f"{next(one for one in written if float(one) != 99)}%"

    return text


ACCURACY: Mapping[str, Row] = {
    "alt.accuracy.train": sentence(
        lambda s: _memorised(s) is not None, threshold=THRESHOLD, step=_memorised
    ),
    "alt.accuracy.train_never": sentence(
        lambda s: _memorised(s) is None,
        threshold=THRESHOLD,
        final=_ends_at("train_accuracy"),
    ),
    "alt.accuracy.between": sentence(
        lambda s: (then := _memorised(s)) is not None and (_generalised(s) or math.inf) > then,
        accuracy=percent(
            lambda s: at(s.run.logged_steps, s.run.metrics["test_accuracy"], _memorised(s))
        ),
        chance=CHANCE,
    ),
    "alt.accuracy.test": sentence(
        lambda s: _generalised(s) is not None, threshold=THRESHOLD, step=_generalised
    ),
    "alt.accuracy.test_never": sentence(
        lambda s: _generalised(s) is None,
        threshold=THRESHOLD,
        final=_ends_at("test_accuracy"),
        chance=CHANCE,
    ),
}


def _written(name: str, place: int) -> Value:
    return lambda s: EN.number(metric(name, place)(s))


def _train_loss_goes(way: int) -> Callable[[Seen], bool]:
    """Return a condition: the loss, as written, falls (-1), stays equal (0) or rises (1)."""

    def goes(s: Seen) -> bool:
        if _written("train_loss", 0)(s) == _written("train_loss", -1)(s):
            return way == 0
        return way == (1 if metric("train_loss", -1)(s) > metric("train_loss", 0)(s) else -1)

    return goes


def _largest_loss(s: Seen) -> float:
    return max(float(v) for v in s.run.metrics["test_loss"] if not math.isnan(v))


_FROM_TO: Mapping[str, Value] = {
    "first": _written("train_loss", 0),
    "final": _written("train_loss", -1),
}

LOSS: Mapping[str, Row] = {
    "alt.loss.begin": sentence(steps=last_step),
    "alt.loss.train": sentence(_train_loss_goes(-1), **_FROM_TO),
    "alt.loss.train_rises": sentence(_train_loss_goes(1), **_FROM_TO),
    "alt.loss.train_same": sentence(_train_loss_goes(0), first=_written("train_loss", 0)),
    "alt.loss.test": sentence(
        first=metric("test_loss", 0),
        largest=_largest_loss,
        largest_step=lambda s: int(
            s.run.logged_steps[
                [float(v) for v in s.run.metrics["test_loss"]].index(_largest_loss(s))
            ]
        ),
        final=metric("test_loss", -1),
    ),
    "alt.loss.both": sentence(
        _knows(True, True), threshold=THRESHOLD, memorised=_memorised, generalised=_generalised
    ),
    "alt.loss.train_only": sentence(_knows(True, False), threshold=THRESHOLD, memorised=_memorised),
    "alt.loss.test_only": sentence(
        _knows(False, True), threshold=THRESHOLD, generalised=_generalised
    ),
    "alt.loss.neither": sentence(_knows(False, False), threshold=THRESHOLD),
}


def _one_seed(s: Seen) -> list[Values]:
    steps = [(run.seed, learned(run, "test")) for run in s.case.runs]
    return [{"seed": seed, "step": step} for seed, step in steps if step is not None]


SEEDS: Mapping[str, Row] = {
    "alt.seeds.begin": sentence(steps=last_step, seeds=lambda s: len(s.case.runs)),
    "alt.seeds.one": _one_seed,
    "alt.seeds.some": sentence(
        lambda s: bool(_one_seed(s)),
        which=listed(
            lambda s: [
                f"{one['seed']} at step {EN.number(int(str(one['step'])))}" for one in _one_seed(s)
            ]
        ),
    ),
    "alt.seeds.none": sentence(lambda s: not _one_seed(s)),
}


def _valid(case: Case) -> list[ModelRun]:
    return [run for run in case.runs if run.failed_at is None]


def _compared(some: bool) -> Row:
    """Return the row of the models of which some seeds, or none, generalise."""

    def row(s: Seen) -> list[Values]:
        found: list[Values] = []
        for name, one in zip(s.figure.models, s.of, strict=True):
            steps = [learned(run, "test") for run in _valid(one)]
            known = sorted(step for step in steps if step is not None)
            if not _valid(one):
                continue
            counted = {"count": len(known), "which": EN.listed(known)} if some else {}
            if bool(known) == some:
                found.append(
                    {
                        "name": name,
                        "seeds": len(one.runs),
                        "ends": _ends(one),
                        **counted,
                    }
                )
        return found

    return row


def _ends(case: Case) -> str:
    """Return the accuracies at the end of the seeds that did not diverge."""
    ends = [float(run.metrics["test_accuracy"][-1]) for run in _valid(case)]
    smallest, largest = EN.percent(min(ends)), EN.percent(max(ends))
    return smallest if smallest == largest else f"from {smallest} to {largest}"


def _apart(s: Seen) -> list[Values]:
    """Return the ends of the models whose seeds end with different accuracies."""
    parts = [_ends(one).split() for one in s.of if _valid(one)]
    return [{"smallest": part[1], "largest": part[3]} for part in parts if len(part) > 1]


def _lost(s: Seen) -> list[Values]:
    return [
        {"name": name, "seeds": len(one.runs)}
        for name, one in zip(s.figure.models, s.of, strict=True)
        if not _valid(one)
    ]


COMPARE: Mapping[str, Row] = {
    "alt.compare.begin": sentence(
        steps=lambda s: int(s.of[0].chosen.logged_steps[-1]),
        models=lambda s: len(s.of),
        seeds=lambda s: len(s.of[0].runs),
        threshold=THRESHOLD,
    ),
    "alt.compare.some": _compared(some=True),
    "alt.compare.none": _compared(some=False),
    "alt.compare.range": _apart,
    "alt.compare.lost": _lost,
}


def _measure(name: str, place: int) -> Callable[[Seen], float]:
    return lambda s: naive.progress(s.case)[name][place]


def _norms(s: Seen) -> list[float]:
    """Return the norm of all weights at every snapshot."""
    views = [view.astype(float) for view in s.run.views.values()]
    return [
        math.sqrt(sum(float((view[i] ** 2).sum()) for view in views)) for i in range(len(views[0]))
    ]


def _no_bits(when: Callable[[Case], bool]) -> Callable[[Seen], bool]:
    return lambda s: not is_parity(s) and when(s.case)


def _bits(when: Callable[[Case], bool]) -> Callable[[Seen], bool]:
    return lambda s: is_parity(s) and when(s.case)


def _step_of(step: Callable[[Case], int | None]) -> Value:
    return lambda s: step(s.case)


def _always(c: Case) -> bool:
    return True


def _on_bits_alone(row: Row) -> Row:
    return lambda s: row(s) if is_parity(s) else []


PROGRESS: Mapping[str, Row] = {
    **{key: _on_bits_alone(row) for key, row in ACCURACY.items()},
    "alt.progress.begin": sentence(steps=last_step),
    "alt.progress.waves": sentence(
        _no_bits(_always), frequencies=lambda s: EN.listed(naive.keys(s.case)) or "none"
    ),
    "alt.progress.none": sentence(_no_bits(lambda c: not naive.keys(c))),
    "alt.progress.test_half": sentence(
        _no_bits(lambda c: naive.half_known(c) is not None), step=_step_of(naive.half_known)
    ),
    "alt.progress.test_never": sentence(_no_bits(lambda c: naive.half_known(c) is None)),
    "alt.progress.restricted_half": sentence(
        _no_bits(lambda c: naive.halved(c) is not None), step=_step_of(naive.halved)
    ),
    "alt.progress.restricted_never": sentence(_no_bits(lambda c: naive.halved(c) is None)),
    "alt.progress.excluded": sentence(
        _no_bits(_always),
        first=_measure("excluded", 0),
        largest=of_case(naive.largest("excluded")),
        step=of_case(naive.largest_at("excluded")),
        final=_measure("excluded", -1),
    ),
    "alt.progress.order": sentence(
        _no_bits(_always),
        first=percent(_measure("key_share", 0)),
        final=percent(_measure("key_share", -1)),
        gini_first=digits(_measure("gini", 0), 2),
        gini_final=digits(_measure("gini", -1), 2),
    ),
    "alt.progress.signal": sentence(
        is_parity,
        first=percent(lambda s: naive.signal_share(s.case, 0)),
        final=percent(lambda s: naive.signal_share(s.case, -1)),
    ),
    "alt.progress.signal_half": sentence(
        _bits(lambda c: naive.signal_half(c) is not None), step=_step_of(naive.signal_half)
    ),
    "alt.progress.signal_never": sentence(_bits(lambda c: naive.signal_half(c) is None)),
    "alt.progress.norm": sentence(
        first=lambda s: _norms(s)[0],
        largest=lambda s: max(_norms(s)),
        step=lambda s: int(s.run.snapshot_steps[_norms(s).index(max(_norms(s)))]),
        final=lambda s: _norms(s)[-1],
    ),
}
