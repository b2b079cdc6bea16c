"""Arrows of moments: what `at neuron 5` names, and where that is in the picture of a figure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from gen.errors import PageError
from gen.site.pages.facts import REFERENCE, FactBook, Reference

if TYPE_CHECKING:
    from gen.experiments.runs import Run
    from gen.interactive.scene_values import SceneValues
    from gen.interactive.targets import Box, Target

_AXIS = re.compile(r"([^\W\d]\w*)((?: \d{1,9})+)")
_HINT = 'write axes with their numbers, such as "at neuron 5" or "at W_in, neuron 5, input 2"'

_ROOM = 64
"""CSS pixels beside a box in which an arrow has room, also where a phone shows half the size."""

_FLAT, _SQUARE = 8, 2
"""Ratios of the sides above which a box is one of rows, and below which it is about a square."""

_SMALL = 150
"""CSS pixels; larger squares are parts of a matrix, which have other parts beside them."""


@dataclass(frozen=True)
class Picture:
    """The picture of a scene, which is read only if an arrow points into it.

    Attributes:
        script: returns the script of the scene.
        run: the run of its pack, if it shows one.
    """

    script: Callable[[], str]
    run: Run | None

    @cached_property
    def content(self) -> dict[str, Any]:
        """The content of the scene."""
        from gen.interactive.scene import scene_in

        return scene_in(self.script())

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in CSS pixels."""
        return self.content["width"], self.content["height"]

    def boxes(self, target: Target, steps: Sequence[int]) -> list[Box]:
        """Return the boxes of a target, over the steps from the first to the second or the end.

        Raises:
            PageError: the figure has no such place.
        """
        from gen.interactive.targets import target_boxes

        shown = np.asarray(self.content["steps"])
        first, *others = (int(np.abs(shown - step).argmin()) for step in steps)
        last = max(first, *others) if others else len(shown) - 1
        return target_boxes(self.content, self._values, target, first, last)

    @cached_property
    def _values(self) -> SceneValues:
        from gen.interactive.pack import kept_snapshots
        from gen.interactive.scene_values import SceneValues

        run = self.run
        if run is None:
            return SceneValues(self.content, {}.__getitem__)
        kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
        return SceneValues(self.content, lambda name: _finite(run.views[name][kept]))


def _finite(view: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return zero for values that are not finite, as the page reads them in a pack."""
    return np.where(np.isfinite(view), view, 0.0)


def check_target(text: str, book: FactBook) -> None:
    """Raise PageError if a place cannot be read, whether its facts have values or not."""
    for reference in REFERENCE.findall(text):
        book.value(_fact_of(reference))
    _parsed(REFERENCE.sub("0", text))


def read_target(text: str, book: FactBook) -> Target:
    """Read a place, such as `W_in, neuron {{modular.first_wave_rows}}`.

    Raises:
        PageError: it cannot be read, or a fact is unknown, no whole number and no list of these.
    """
    return _parsed(REFERENCE.sub(lambda found: _numbers(found[1], book), text))


def _parsed(text: str) -> Target:
    from gen.interactive.targets import Target

    names: list[str] = []
    axes: dict[str, tuple[int, ...]] = {}
    for part in (part.strip() for part in text.split(",")):
        found = _AXIS.fullmatch(part)
        if found is None:
            names.append(part)
        elif found[1] not in axes:
            axes[found[1]] = tuple(map(int, found[2].split()))
        else:
            raise PageError(f'"at {text}" has {found[1]} twice', _HINT)
    if len(names) > 1 or "" in names:
        raise PageError(f'"at {text}" does not name a place', _HINT)
    return Target("".join(names), tuple(axes.items()))


def _fact_of(text: str) -> str:
    reference = Reference.parse(text)
    if reference.end is not None:
        raise PageError(f"{{{{{text}}}}} is a range, which is no place", _HINT)
    return reference.name


def _numbers(reference: str, book: FactBook) -> str:
    name = _fact_of(reference)
    value = book.value(name)
    if value is None:
        raise PageError(f"{name} has no value in this build", f'put it in "::: if {name}"')
    every = value if isinstance(value, list | tuple) else [value]
    if not every or not all(isinstance(one, int) and one >= 0 for one in every):
        raise PageError(f"{name} is {value}, which is no number of a place", _HINT)
    return " ".join(map(str, every))


def arrows(picture: Picture, target: Target, steps: Sequence[int]) -> dict[str, Any]:
    """Return what the template needs: width of the picture, and for each box an arrow.

    Raises:
        PageError: the picture has no such place.
    """
    width, height = picture.size
    every = [place_arrow(box, width, height) for box in picture.boxes(target, steps)]
    return {"arrows": every, "width": width}


def place_arrow(box: Box, width: int, height: int) -> dict[str, Any]:
    """Return a box and the tip of its arrow in percent, and the turn of the arrow in degrees.

    If there is room, it comes from the right to rows of a matrix and to small squares, and
    from above to all else.
    """
    rooms = {0: box.top, 90: width - box.right, 180: height - box.bottom, 270: box.left}
    across, down = box.right - box.left, box.bottom - box.top
    longer, shorter = max(across, down), min(across, down)
    level = across > _FLAT * down or longer <= min(_SMALL, _SQUARE * shorter)
    preferred = [90, 270, 0, 180] if level else [0, 180, 90, 270]
    turn = next(
        (one for one in preferred if rooms[one] >= _ROOM), max(rooms, key=rooms.__getitem__)
    )
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    tip = {0: (x, box.top), 90: (box.right, y), 180: (x, box.bottom), 270: (box.left, y)}[turn]
    in_width = {"left": box.left, "across": across, "x": tip[0]}
    in_height = {"top": box.top, "down": down, "y": tip[1]}
    return {
        **{name: _percent(value, width) for name, value in in_width.items()},
        **{name: _percent(value, height) for name, value in in_height.items()},
        "turn": turn,
    }


def _percent(length: float, whole: int) -> str:
    return f"{100 * length / whole:.3f}".rstrip("0").rstrip(".") + "%"
