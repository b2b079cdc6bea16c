"""Rows of alt texts of figures of any run: views, their sizes and spectra, and any metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tests.support.alt_seen import EN, Row, Seen, Values, constant, first_step, last_step, sentence

ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


def _round_up(value: float) -> float:
    if value == 0:
        return 1.0
    round_ones = (digit * 10.0**power for power in range(-9, 9) for digit in ROUND)
    return min(one for one in round_ones if one >= value * (1 - 1e-9))


def _shown(s: Seen) -> dict[str, np.ndarray]:
    """Return what is shown of every view, in any order: slices, or components."""
    return {name: _part(s, view.astype(float)) for name, view in s.run.views.items()}


def _part(s: Seen, view: np.ndarray) -> np.ndarray:
    stride = 2 if s.figure.rows == "::2" else 1
    view = np.stack([one[::stride] for one in view])
    if s.figure.project is None:
        return view
    directions = _directions(view[-1])[:, : s.figure.project]
    return (view - view[-1].mean(axis=0)) @ directions


def _directions(points: np.ndarray) -> np.ndarray:
    """Return the principal components of points as columns, the strongest first."""
    return np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2].T


def _each_layer(s: Seen) -> list[Values]:
    shown = _shown(s)
    largest = {name: float(np.abs(view[-1]).max()) for name, view in shown.items()}
    if s.figure.limits == "shared":
        largest = dict.fromkeys(largest, max(largest.values()))
    return [
        {
            "name": name,
            "rows": view.shape[1],
            "columns": view.shape[2],
            "row_axis": s.run.axes.get(name, ("row", "column"))[0],
            "column_axis": "component"
            if s.figure.project
            else s.run.axes.get(name, ("row", "column"))[1],
            "first": float(np.abs(view[0]).max()),
            "final": float(np.abs(view[-1]).max()),
            "limit": s.figure.limit or _round_up(largest[name]),
        }
        for name, view in shown.items()
    ]


def _views(s: Seen) -> int:
    return len(s.run.views)


LAYERS: Mapping[str, Row] = {
    "alt.layers.begin": sentence(views=_views, first=first_step, last=last_step),
    "alt.layers.one": _each_layer,
    "alt.layers.rows_by_size": sentence(lambda s: s.figure.sort == "size"),
    "alt.layers.rows_by_pattern": sentence(lambda s: s.figure.sort == "pattern"),
    "alt.layers.columns_by_size": sentence(lambda s: s.figure.sort_columns == "size"),
    "alt.layers.columns_by_pattern": sentence(lambda s: s.figure.sort_columns == "pattern"),
}


def _quartile(values: np.ndarray, part: float) -> float:
    ordered = sorted(float(value) for value in values.ravel())
    place = part * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (place - math.floor(place)) * (high - low)


def _each_distribution(s: Seen) -> list[Values]:
    return [
        {
            "name": name,
            "low": _quartile(view[0], 0.25),
            "high": _quartile(view[0], 0.75),
            "end_low": _quartile(view[-1], 0.25),
            "end_high": _quartile(view[-1], 0.75),
        }
        for name, view in s.run.views.items()
    ]


HISTOGRAM: Mapping[str, Row] = {
    "alt.histogram.begin": sentence(views=_views, first=first_step, last=last_step),
    "alt.histogram.log": sentence(lambda s: s.figure.log),
    "alt.histogram.one": _each_distribution,
}


def _path(name: str, steps: np.ndarray, values: list[float]) -> Values:
    """Return the first, final, largest and smallest value of a line, with their steps."""
    known = [
        (step, value) for step, value in zip(steps, values, strict=True) if not math.isnan(value)
    ]
    largest = max(known, key=lambda one: one[1])
    smallest = min(known, key=lambda one: one[1])
    return {
        "name": name,
        "first": known[0][1],
        "final": known[-1][1],
        "largest": largest[1],
        "largest_step": int(largest[0]),
        "smallest": smallest[1],
        "smallest_step": int(smallest[0]),
    }


def _only(values: Values, *names: str) -> Values:
    return {name: values[name] for name in names}


def _each_norm(s: Seen) -> list[Values]:
    sizes = {
        name: [math.sqrt(sum(float(w) ** 2 for w in one.ravel())) for one in view]
        for name, view in s.run.views.items()
    }
    return [
        _only(
            _path(name, s.run.snapshot_steps, values),
            *("name", "first", "final", "largest", "largest_step"),
        )
        for name, values in sizes.items()
    ]


NORMS: Mapping[str, Row] = {
    "alt.norms.linear": sentence(
        lambda s: s.figure.scale == "linear", first=first_step, last=last_step
    ),
    "alt.norms.log": sentence(lambda s: s.figure.scale == "log", first=first_step, last=last_step),
    "alt.norms.one": _each_norm,
}


def _powers(s: Seen, place: int) -> list[float]:
    """Return the squared singular values of the first view, the largest first."""
    matrix = s.into[place]
    small = matrix @ matrix.T if len(matrix) < matrix.shape[1] else matrix.T @ matrix
    return sorted((max(0.0, float(one)) for one in np.linalg.eigvalsh(small)), reverse=True)


def _rank(s: Seen, place: int) -> int:
    powers, held, count = _powers(s, place), 0.0, 0
    while held < 0.99 * sum(powers) * (1 - 1e-12):
        held += powers[count]
        count += 1
    return count


def _count(s: Seen) -> int:
    return min(s.figure.largest, len(_powers(s, 0)))


def _view(s: Seen) -> str:
    return next(iter(s.run.views))


SINGULAR: Mapping[str, Row] = {
    "alt.singular.linear": sentence(
        lambda s: s.figure.scale == "linear", count=_count, view=_view, steps=last_step
    ),
    "alt.singular.log": sentence(
        lambda s: s.figure.scale == "log", count=_count, view=_view, steps=last_step
    ),
    "alt.singular.largest": sentence(
        first=lambda s: math.sqrt(_powers(s, 0)[0]), final=lambda s: math.sqrt(_powers(s, -1)[0])
    ),
    "alt.singular.rank": sentence(
        share=constant(EN.percent(0.99)),
        total=lambda s: len(_powers(s, 0)),
        first=lambda s: _rank(s, 0),
        final=lambda s: _rank(s, -1),
    ),
}


def _plane(s: Seen) -> str:
    """Return the first view with three rows and two columns."""
    return next(
        name for name, view in s.run.views.items() if view.shape[1] >= 3 and view.shape[2] >= 2
    )


def _held(s: Seen, place: int) -> str:
    """Return the share of the variance at a snapshot in the plane of the last one."""
    view = s.run.views[_plane(s)].astype(float)
    points = view[place] - view[place].mean(axis=0)
    along = points @ _directions(view[-1])[:, :2]
    total = float((points**2).sum())
    return EN.percent(round(float((along**2).sum()) / total, 9) if total else 0.0)


EMBEDDING_PLANE: Mapping[str, Row] = {
    "alt.embedding_plane.begin": sentence(
        points=lambda s: s.run.views[_plane(s)].shape[1],
        view=_plane,
        axis=lambda s: s.run.axes.get(_plane(s), ("row", ""))[0],
        steps=last_step,
    ),
    "alt.embedding_plane.components": sentence(
        lambda s: s.figure.coordinates is None,
        first=lambda s: _held(s, 0),
        final=lambda s: _held(s, -1),
    ),
    "alt.embedding_plane.coordinates": sentence(
        lambda s: s.figure.coordinates is not None,
        x=lambda s: s.figure.coordinates[0],
        y=lambda s: s.figure.coordinates[1],
    ),
}


def _metrics(s: Seen) -> list[str]:
    return s.figure.metrics or list(s.run.metrics)


def _metric(name: str) -> str:
    return EN(f"series.{name}") if EN.has(f"series.{name}") else name


def _taken(s: Seen, name: str) -> bool:
    return any(not math.isnan(value) for value in s.run.metrics[name])


def _each_metric(s: Seen) -> list[Values]:
    return [
        _path(_metric(name), s.run.logged_steps, [float(v) for v in s.run.metrics[name]])
        for name in _metrics(s)
        if _taken(s, name)
    ]


def _of_scale(scale: str) -> Row:
    return sentence(
        lambda s: s.figure.scale == scale, lines=lambda s: len(_metrics(s)), steps=last_step
    )


METRICS: Mapping[str, Row] = {
    **{f"alt.metrics.{scale}": _of_scale(scale) for scale in ("linear", "log", "share")},
    "alt.metrics.one": _each_metric,
    "alt.line.empty": lambda s: [
        {"name": _metric(name)} for name in _metrics(s) if not _taken(s, name)
    ],
}


def _each_row(s: Seen) -> list[Values]:
    name = s.figure.view
    row_axis, column_axis = s.run.axes.get(name, ("row", "column"))
    return [
        {
            "name": name,
            "row_axis": row_axis,
            "row": row,
            "column_axis": column_axis,
            "column": list(values).index(max(values)),
            "value": float(max(values)),
        }
        for row, values in enumerate(s.run.views[name][-1])
    ]


ATTENTION: Mapping[str, Row] = {
    **{
        f"alt.attention.{drawn}": sentence(
            lambda s, drawn=drawn: s.figure.drawn == drawn,
            views=lambda s: s.figure.view,
            first=first_step,
            last=last_step,
        )
        for drawn in ("cells", "lines")
    },
    "alt.attention.row": _each_row,
}
