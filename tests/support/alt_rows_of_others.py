"""Rows of alt texts of sweeps and constructed networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tests.support import naive_constructions as construct
from tests.support.alt_seen import EN, Row, Seen, Value, Values, sentence
from tests.support.naive_sweeps import counts_of_outcomes, outcome


def _counts(s: Seen) -> str:
    names = ("grok", "generalise at once", "only memorise", "never fit", "fail")
    counts = counts_of_outcomes(s.of)
    return EN.listed([f"{EN.number(counts[i])} {name}" for i, name in enumerate(names)])


def _trained(s: Seen) -> int:
    return sum(bool(one) for row in s.of.trained for one in row)


SWEEP_MAP: Mapping[str, Row] = {"alt.map": sentence(models=_trained, counts=_counts)}

SWEEP_FILM: Mapping[str, Row] = {
    "alt.sweep_film": sentence(
        models=_trained,
        first=lambda s: int(s.of.steps[0]),
        last=lambda s: int(s.of.steps[-1]),
        counts=_counts,
    )
}


def _shares(s: Seen) -> Iterator[tuple[str, list[tuple[float, int, int]]]]:
    """Yield for each line its name, and its values with their trained and generalising models."""
    names = {"train_rows": "training rows", "weight_decay": "decay", "hidden": "neurons"}
    every = list(product(*(axis.values for axis in s.of.axes)))
    keys = [axis.name for axis in s.of.axes]
    along = keys.index(s.figure.along)
    lines = None if s.figure.lines is None else keys.index(s.figure.lines)
    for value in [None] if lines is None else s.of.axes[lines].values:
        points: list[tuple[float, int, int]] = []
        for x in sorted(s.of.axes[along].values):
            found = [
                outcome(s.of, (cell, seed))
                for cell, values in enumerate(every)
                for seed in range(len(s.of.seeds))
                if values[along] == x and (lines is None or values[lines] == value)
            ]
            trained = [one for one in found if one != "untrained"]
            generalise = sum(one in {"groks", "together"} for one in trained)
            points.append((x, len(trained), generalise))
        key = "" if lines is None else names[s.of.axes[lines].key]
        yield f"{key} {EN.number(value)}" if value is not None else "", points


def _points(points: list[tuple[float, int, int]]) -> str:
    return EN.listed([f"{some} of {of} at {EN.number(x)}" for x, of, some in points if of])


def _each_point(s: Seen) -> list[Values]:
    return [
        {"count": some, "models": of, "value": x}
        for _, points in _shares(s)
        for x, of, some in points
        if of
    ]


def _lines_with(*said: str, named: bool, trained: bool) -> Row:
    """Return the row of lines with or without a name, and with or without trained models.

    Args:
        said: the placeholders of the text.
    """

    def row(s: Seen) -> list[Values]:
        return [
            {key: {"name": name, "points": _points(points)}[key] for key in said}
            for name, points in _shares(s)
            if bool(name) == named and any(of for _, of, _ in points) == trained
        ]

    return row


SWEEP_SHARES: Mapping[str, Row] = {
    "alt.shares.begin": sentence(
        setting=lambda s: {"task.train_rows": "training rows"}.get(s.figure.along, "neurons"),
        trained=_trained,
        models=lambda s: sum(len(row) for row in s.of.trained),
    ),
    "alt.shares.point": _each_point,
    "alt.shares.line": _lines_with("name", "points", named=True, trained=True),
    "alt.shares.empty": _lines_with("name", named=True, trained=False),
    "alt.shares.all": _lines_with("points", named=False, trained=True),
    "alt.shares.none": _lines_with(named=False, trained=False),
}


def _network(s: Seen) -> tuple[int, int, str]:
    return s.figure.neurons, s.figure.modulus, s.figure.activation


def _a(s: Seen) -> int:
    return s.figure.modulus // 5 if s.figure.a is None else s.figure.a


def _b(s: Seen) -> int:
    return int(0.3 * s.figure.modulus) if s.figure.b is None else s.figure.b


def _shown_answer(s: Seen) -> int | None:
    return construct.answer(*_network(s), _a(s), _b(s)).number


_BENDS = {"relu": "relu(u)", "square": "u²", "linear": "u, without a bend"}
_OF_ALL: Mapping[str, Value] = {
    "neurons": lambda s: s.figure.neurons,
    "modulus": lambda s: s.figure.modulus,
}
_OF_ONE: Mapping[str, Value] = {
    **_OF_ALL,
    "a": _a,
    "bend": lambda s: _BENDS[s.figure.activation],
}


def _each_activation(s: Seen) -> list[Values]:
    return [{"activation": _BENDS[bend], "result": _result(s, bend)} for bend in ("relu", "square")]


def _result(s: Seen, bend: str) -> str:
    known = construct.facts(s.figure.neurons, s.figure.modulus, bend)
    right, pairs, undecided = (EN.number(known[k]) for k in ("right", "pairs", "undecided"))
    off, half = (EN.number(known[k], 2) for k in ("largest_stray", "half_step"))
    far = (
        "No answer is off."
        if known["largest_stray"] < 1e-6
        else f"Off by {off}° at most; half a step is {half}°."
    )
    return f"{right} of {pairs} pairs are answered correctly and {undecided} are undecided. {far}"


CONSTRUCTION: Mapping[str, Row] = {
    "alt.construction.film": sentence(last=lambda s: s.figure.modulus - 1, **_OF_ONE)
}

CONSTRUCTION_SUM: Mapping[str, Row] = {
    "alt.construction.still": sentence(b=_b, **_OF_ONE),
    "alt.construction.answer": sentence(lambda s: _shown_answer(s) is not None, said=_shown_answer),
    "alt.construction.undecided": sentence(lambda s: _shown_answer(s) is None),
}

CONSTRUCTION_ERROR: Mapping[str, Row] = {
    "alt.construction.error": sentence(**_OF_ALL),
    "alt.construction.of": _each_activation,
}
