"""Pack: the snapshots of one run for the page, in one script file.

Every figure of the run takes its numbers from it. Views are quantised with a scale per snapshot
and view, to 8 bits as a rule: accuracy computed from such weights differs by less than a point,
cells have the colour of their film or a neighbouring level, and lines are off by less than a
pixel.

A view has 16 bits where 8 are too coarse: if it is once much larger than at the end, because
figures clip to what is large at the end, and spread that over 63 levels or 75 pixels from zero.
And if it is so small that the bytes do not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from gen.experiments.runs import Run, every_nth
from gen.interactive.model import model_of
from gen.interactive.quantise import (
    NAN,
    Bits,
    Quantised,
    packed,
    packed_floats,
    quantise_symmetric,
)
from gen.interactive.zipped import unzipped, zipped
from gen.networks.view import ViewShape

_SCRIPT = re.compile(r"grokreel\.packs\.add\((?P<name>\"[^\"]+\"), (?P<content>\{.*\})\);\n")

MOST_NUMBERS = 2**20
"""Numbers of one pack: about half a megabyte. Of a larger run, fewer snapshots are kept."""

_SMALL = 128
"""Numbers of a view at one step that have 16 bits in any case."""

_FAR = 8.0
"""How many times the colour limit of a figure a view of 8 bits may be, at any step."""


def kept_snapshots(shapes: Mapping[str, ViewShape], snapshots: int) -> Int[np.ndarray, " kept"]:
    """Return which snapshots are kept: as many as `MOST_NUMBERS` allows, evenly, and the last."""
    each = max(1, sum(shape.rows * shape.columns for shape in shapes.values()))
    return every_nth(snapshots, max(2, MOST_NUMBERS // each))


def view_bits(views: Mapping[str, Float[np.ndarray, "kept _row _column"]]) -> dict[str, Bits]:
    """Return the bits of each view, as the module describes.

    The two views of a hidden layer are shown with one limit, that of the smaller one.
    """
    final = {name: _largest(view[-1]) for name, view in views.items()}
    together = min(final.values()) if len(views) == 2 else None
    found: dict[str, Bits] = {}
    for name, view in views.items():
        limit = final[name] if together is None else together
        fine = view[0].size <= _SMALL or _largest(view) > _FAR * limit
        found[name] = 16 if fine else 8
    return found


def _largest(values: Float[np.ndarray, "..."]) -> float:
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def pack_script(name: str, content: str) -> str:
    """Return the script file of a pack, whose content is JSON."""
    return f"grokreel.packs.add({json.dumps(name)}, {content});\n"


@lru_cache(maxsize=64)
def with_views(script: str, names: frozenset[str]) -> str:
    """Return the script of a pack with some of its views alone; a pack of all stays as it is."""
    match = _SCRIPT.fullmatch(script)
    assert match is not None
    content = json.loads(match["content"])
    views: list[dict[str, Any]] = content["views"]
    if all(view["name"] in names for view in views):
        return script
    data, start, kept = unzipped(content["data"]), 0, list[bytes]()
    for view in views:
        size = view["rows"] * view["columns"] * view["bits"] // 8 * len(content["steps"])
        if view["name"] in names:
            kept.append(data[start : start + size])
        start += size
    content["views"] = [view for view in views if view["name"] in names]
    content["data"] = zipped(b"".join(kept))
    return pack_script(json.loads(match["name"]), _as_json(content))


def pack_of(run: Run) -> str:
    """Return the content of the pack of a run, as JSON."""
    shapes = run.shapes
    kept = kept_snapshots(shapes, len(run.snapshot_steps))
    arrays = _quantised_views(run, kept)
    views = [
        {
            "name": name,
            "rows": shape.rows,
            "columns": shape.columns,
            "axes": list(shape.axes),
            "bits": arrays[name].bits,
            "scales": packed_floats(arrays[name].scales),
        }
        for name, shape in shapes.items()
    ]
    content = {
        "steps": run.snapshot_steps[kept].tolist(),
        "model": model_of(run),
        "views": views,
        "data": packed(arrays.values()),
    }
    return _as_json(content)


def _as_json(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def views_in_page(run: Run) -> dict[str, Float[np.ndarray, "kept _row _column"]]:
    """Return the views of the kept snapshots with the values that the page reads in the pack.

    A value that is not finite is 0 there.
    """
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    return {
        name: np.where(array.numbers == NAN[array.bits], 0.0, array.numbers)
        * array.scales[:, None, None]
        for name, array in _quantised_views(run, kept).items()
    }


def _quantised_views(run: Run, kept: Int[np.ndarray, " kept"]) -> dict[str, Quantised]:
    values = {name: run.view_at(name, kept) for name in run.shapes}
    bits = view_bits(values)
    return {name: quantise_symmetric(view, bits[name]) for name, view in values.items()}
