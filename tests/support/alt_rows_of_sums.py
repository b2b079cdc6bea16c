"""Rows of alt texts of interference figures: logits of one sum or product by frequency."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tests.support.alt_rows_of_waves import shown_groups
from tests.support.alt_seen import (
    EN,
    Row,
    Seen,
    Value,
    digits,
    last_step,
    listed,
    neurons,
    numbers,
    operation,
    sentence,
)


def _written_numbers(s: Seen) -> list[int]:
    """Return the numbers in their order; for products, powers of the smallest generator."""
    modulus = s.run.task.modulus  # type: ignore[attr-defined]
    if operation(s) != "multiply":
        return list(range(modulus))
    orders = ([pow(g, e, modulus) for e in range(modulus - 1)] for g in range(2, modulus))
    return next(order for order in orders if len(set(order)) == modulus - 1)


def _pair(s: Seen) -> tuple[int, int]:
    """Return positions of both numbers: 3/4, and the first from 5/6 on whose pair is a test row."""
    p, written = numbers(s), _written_numbers(s)
    a = int(p * 3 / 4) if s.figure.a is None else written.index(s.figure.a)
    if s.figure.b is not None:
        return a, written.index(s.figure.b)
    trained = set[frozenset[int]]()
    for row in s.run.task.draw(s.run.seed).train.inputs[0]:
        trained.add(frozenset(np.flatnonzero(row).tolist()))
    after = [(int(p * 5 / 6) + i) % p for i in range(p)]
    return a, next((b for b in after if frozenset((a, b)) not in trained), after[0])


def _raised(s: Seen, place: int) -> str:
    digit = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"{_written_numbers(s)[1]}{str(place).translate(digit)}"


def _on_axis(s: Seen, place: int) -> str:
    return _raised(s, place) if operation(s) == "multiply" else str(place)


def _answer(s: Seen) -> int:
    """Return the position of the right answer, computed with the numbers."""
    (a, b), written = _pair(s), _written_numbers(s)
    x, y = written[a], written[b]
    result = x * y if operation(s) == "multiply" else x + y
    return written.index(result % s.run.task.modulus)  # type: ignore[attr-defined]


def _logits(s: Seen, group: list[int]) -> np.ndarray:
    """Return the logits that a group of neurons adds to each answer."""
    a, b = _pair(s)
    out = s.run.views["W_out"][-1].astype(float)
    return np.maximum(s.into[-1, a, group] + s.into[-1, b, group], 0) @ out[group]


def _lead(s: Seen, group: list[int]) -> float:
    logits, answer = _logits(s, group), _answer(s)
    return float(logits[answer] - max(v for place, v in enumerate(logits) if place != answer))


def _whole_lead(s: Seen) -> float:
    return _lead(s, list(range(neurons(s))))


def _peak(s: Seen) -> str:
    return _on_axis(s, int(_logits(s, list(range(neurons(s)))).argmax()))


_NUMBERS: Mapping[str, Value] = {
    "a": lambda s: str(_written_numbers(s)[_pair(s)[0]]),
    "b": lambda s: str(_written_numbers(s)[_pair(s)[1]]),
    "modulus": lambda s: str(s.run.task.modulus),  # type: ignore[attr-defined]
    "answer": lambda s: str(_written_numbers(s)[_answer(s)]),
}
_POWERS: Mapping[str, Value] = {
    "power_a": lambda s: _raised(s, _pair(s)[0]),
    "power_b": lambda s: _raised(s, _pair(s)[1]),
    "power_answer": lambda s: _raised(s, _answer(s)),
}


def _sum(s: Seen) -> bool:
    return operation(s) != "multiply"


def _product(s: Seen) -> bool:
    return not _sum(s)


LEADS: Mapping[str, Row] = {
    "alt.interference.alone": sentence(
        leads=listed(lambda s: [EN.number(_lead(s, g), 2) for g in shown_groups(s).values()]),
        k=listed(shown_groups),
    ),
    "alt.interference.right": sentence(lambda s: _whole_lead(s) > 0, lead=digits(_whole_lead, 2)),
    "alt.interference.wrong": sentence(lambda s: _whole_lead(s) < 0, peak=_peak),
    "alt.interference.level": sentence(lambda s: _whole_lead(s) == 0),
}

STILL: Mapping[str, Row] = {
    **LEADS,
    "alt.interference.still": sentence(_sum, **_NUMBERS),
    "alt.interference.still_product": sentence(_product, **_NUMBERS, **_POWERS),
}

FILM: Mapping[str, Row] = {
    **LEADS,
    "alt.interference.film": sentence(_sum, steps=last_step, **_NUMBERS),
    "alt.interference.film_product": sentence(_product, steps=last_step, **_NUMBERS, **_POWERS),
}
