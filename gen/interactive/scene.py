"""Scene: a film as data for the page, which paints it at any size and in its own colours.

The background is SVG. Layers say what they are made of. Where their numbers follow from a view, the
page computes them from the pack of the run; all other numbers travel with the scene. Several layers
can follow from one array of them (`gen.drawing.given`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from gen.drawing.derived import Axis, Crossed, Derived, Meaning, Operation, Values
from gen.drawing.film import Film
from gen.drawing.given import Given
from gen.drawing.parts import Numbers, Parts, Places
from gen.interactive.background import background_svg
from gen.interactive.quantise import Quantised, packed, packed_floats, quantise_to
from gen.interactive.zipped import unzipped, zipped

_SCRIPT = re.compile(r"grokreel\.scenes\.add\(\"[^\"]+\", \"(?P<zipped>[^\"]+)\"\);\n")

_PIXEL_TOLERANCE = 0.2
"""CSS pixels by which a place may be off."""

_DIGITS = 6
"""Significant digits of the numbers in operations."""


def scene_script(name: str, content: str) -> str:
    """Return the script file of a scene, whose content is JSON; the script holds it zipped."""
    return f'grokreel.scenes.add({json.dumps(name)}, "{zipped(content.encode())}");\n'


def views_in_scene(script: str) -> frozenset[str]:
    """Return the views of its pack that a scene reads, from its script."""
    return frozenset(_views(scene_in(script)))


def scene_in(script: str) -> dict[str, Any]:
    """Return the content of a scene as JSON values, from its script."""
    match = _SCRIPT.fullmatch(script)
    assert match is not None
    return json.loads(unzipped(match["zipped"]))


def _views(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        if isinstance(content.get("view"), str):
            yield content["view"]
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from _views(each)


def scene_of(
    film: Film, name: str, pack: str, kept: Sequence[int] | Int[np.ndarray, " kept"]
) -> str | None:
    """Return the content of a scene as JSON; see `scene_content`."""
    content = scene_content(film, name, pack, kept)
    return None if content is None else scene_json(content)


def scene_json(content: dict[str, Any]) -> str:
    """Return the content of a scene as JSON."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def scene_content(
    film: Film, name: str, pack: str, kept: Sequence[int] | Int[np.ndarray, " kept"]
) -> dict[str, Any] | None:
    """Return the content of a scene as JSON values; None if a layer can only be filmed.

    Args:
        film: at scale 1, with the frames that the page shows.
        name: of the scene.
        pack: name of the pack of the run.
        kept: the snapshots in the pack.
    """
    if film.scale != 1:
        raise ValueError(f"a scene is made of a film of scale 1, not {film.scale}")
    writer = _Writer(film.size[1], len(film.steps), np.asarray(kept))
    layers: list[Parts] = []
    for layer in film.layers:
        parts = layer.parts()
        if parts is None:
            return None
        layers.append({key: writer.written(value) for key, value in parts.items()})
    # What a film paints onto its background is below all other layers.
    layers.sort(key=lambda one: not one.get("permanent", False))
    content: dict[str, Any] = {
        "width": film.size[0],
        "height": film.size[1],
        "steps": film.steps.tolist(),
        "pace": film.pacing.fps,
        "pack": pack if writer.uses_pack else None,
        "background": background_svg(film.marks, film.size, name),
        "layers": layers,
        "arrays": writer.described,
    }
    if writer.arrays:
        content["data"] = packed(writer.arrays)
    return content


@dataclass
class _Writer:
    """Writes the parts of layers as JSON values and collects the arrays that travel along.

    Attributes:
        height: of the film in CSS pixels.
        frames: how many the film has.
        kept: the snapshots in the pack.
        arrays, described: every array, and its shape and scales.
        places: number and array of what a layer has given, by its identity and tolerance.
        uses_pack: whether a layer follows from a view.
    """

    height: int
    frames: int
    kept: Int[np.ndarray, " kept"]
    arrays: list[Quantised] = field(default_factory=list)
    described: list[dict[str, Any]] = field(default_factory=list)
    places: dict[tuple[int, float], tuple[int, np.ndarray]] = field(default_factory=dict)
    uses_pack: bool = False

    def written(self, part: Any) -> Any:
        """Return a part of a layer as a JSON value."""
        match part:
            case Places(points, unit, axes):
                return self._values(points, _PIXEL_TOLERANCE, self._to_css(unit), axes)
            case Numbers(values, tolerance, axes):
                return self._values(values, tolerance, None, axes)
            case list() if part and isinstance(part[0], Numbers):
                return [self.written(one) for one in part]
            case {"values": Numbers()}:
                return {key: self.written(value) for key, value in part.items()}
            case _:
                return part

    def _to_css(self, unit: str) -> Operation | None:
        """Return the operation from device pixels, y upwards, to CSS pixels from the top left."""
        if unit == "css":
            return None
        return (
            ["affine", [1, -1], [0, self.height]]
            if unit == "device"
            else ["affine", -1, self.height]
        )

    def _values(
        self,
        values: Values,
        tolerance: float,
        last: Operation | None,
        axes: tuple[Axis, ...] | None = None,
    ) -> dict[str, Any]:
        if isinstance(values, Given):
            operations = values.operations if last is None else (*values.operations, last)
            return {
                "array": self._add(values.source, values.tolerance),
                "ops": [_rounded(one) for one in operations],
                "axes": [_axis(axis) for axis in axes or values.axes],
            }
        if isinstance(values, Derived):
            self.uses_pack = True
            at = np.searchsorted(self.kept, values.frames).clip(0, len(self.kept) - 1)
            same = np.array_equal(at, np.arange(self.frames))
            operations = values.operations if last is None else (*values.operations, last)
            return {
                "view": values.view,
                "frames": None if same else at.tolist(),
                "ops": [_rounded(one) for one in operations],
                "axes": [_axis(axis) for axis in values.axes],
            }
        operations = [] if last is None else [last]
        index = self._add(values, tolerance)
        known = axes or (None,) * (values.ndim - 1)
        return {"array": index, "ops": operations, "axes": [_axis(axis) for axis in known]}

    def _add(self, values: Float[np.ndarray, "frame ..."], tolerance: float) -> int:
        """Keep an array for the scene, once; of one that does not change, a single frame."""
        key = (id(values), tolerance)
        if key not in self.places:
            # An identity is that of one array only while the array is there.
            self.places[key] = len(self.arrays), values
            self._keep(values, tolerance)
        return self.places[key][0]

    def _keep(self, values: Float[np.ndarray, "frame ..."], tolerance: float) -> None:
        if len(values) > 1 and bool((values == values[:1]).all()):
            values = values[:1]
        array = quantise_to(values, tolerance)
        self.arrays.append(array)
        self.described.append(
            {
                "shape": list(values.shape),
                "bits": array.bits,
                "scales": packed_floats(array.scales),
                "offsets": packed_floats(array.offsets),
            }
        )


def _axis(axis: Axis) -> list[Any] | None:
    """Return what an axis is for: null, a meaning, or a list of meanings."""
    match axis:
        case None:
            return None
        case Crossed(meanings):
            return [_meaning(one) for one in meanings]
        case _:
            return _meaning(axis)


def _meaning(meaning: Meaning) -> list[Any]:
    name, numbers = meaning
    return [name, None if numbers == tuple(range(len(numbers))) else list(numbers)]


def _rounded(operation: Operation) -> Operation:
    """Return an operation with numbers of few digits."""
    return [_short(argument) for argument in operation]


def _short(argument: Any) -> Any:
    if isinstance(argument, list | tuple):
        return [_short(one) for one in argument]
    if isinstance(argument, float):
        return int(argument) if argument.is_integer() else float(f"{argument:.{_DIGITS}g}")
    return argument
