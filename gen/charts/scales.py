"""Ends of scales: numbers that read well and leave room for what is drawn."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

_COARSE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
_HEADROOM, _LARGE = 1.1, 0.99


def round_up(value: float, steps: tuple[float, ...] = _COARSE) -> float:
    """The next number that reads well: 2.63 becomes 3, 139 becomes 150."""
    unit = 10.0 ** np.floor(np.log10(value))
    return float(next(step for step in steps if step * unit >= value * (1 - 1e-9)) * unit)


def line_limit(*views: Float[np.ndarray, "snapshot rows columns"]) -> float:
    """The end of a scale for lines that are much larger on the way than at the end.

    A round number above the largest value of the last snapshot, and halfway (in ratio) to
    the largest values of all where those are larger; 1 where all are zero.
    """
    final = _HEADROOM * max(float(np.abs(view[-1]).max()) for view in views)
    large = max(float(np.quantile(np.abs(view), _LARGE)) for view in views)
    between = float(np.sqrt(final * max(final, large)))
    return round_up(between, _FINE) if between > 0 else 1.0


def limit_labels(limit: float, *, beyond: bool) -> list[str]:
    """What stands at minus the limit, at zero and at the limit.

    Args:
        beyond: whether values beyond the ends are drawn at the ends.
    """
    from gen.drawing.number_format import format_number

    low, high = format_number(-limit), format_number(limit)
    return [f"\u2264{low}", "0", f"\u2265{high}"] if beyond else [low, "0", high]
