"""A film: a background, layers, and the time each frame stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int, UInt8

from gen.drawing.canvas import Canvas, light
from gen.drawing.colours import rgb
from gen.drawing.layers import Layer
from gen.drawing.surface import Surface

SHORTEST, LONGEST = 4.0, 10.0
"""Seconds that a film should last."""

_SLOWEST = 0.4


@dataclass(frozen=True)
class Pacing:
    """How fast a film runs.

    Attributes:
        fps: ticks a second; a frame stands for one tick or more.
        hold_first: seconds the first frame stands.
        hold_last: seconds the last frame stands.
    """

    fps: float = 30
    hold_first: float = 0.6
    hold_last: float = 2.0

    def select(self, snapshots: int, most: int | None = None) -> Int[np.ndarray, " frame"]:
        """Which of a run's snapshots are shown: all, or every second, third ... and the last.

        Args:
            most: frames at most, where that is less than the film has time for.
        """
        timely = max(2, int((LONGEST - self.hold_first - self.hold_last) * self.fps) + 2)
        most = timely if most is None else min(most, timely)
        stride = max(1, -(-(snapshots - 1) // (most - 1)))
        return np.append(np.arange(0, snapshots - 1, stride), snapshots - 1)

    def ticks(self, frames: int) -> Int[np.ndarray, " frame"]:
        """How many ticks each frame stands; few frames stand longer."""
        between = frames - 2
        spare = (SHORTEST - self.hold_first - self.hold_last) * self.fps
        slowest = max(1, int(_SLOWEST * self.fps))
        each = min(slowest, max(1, round(spare / between))) if between > 0 else 1
        ticks = np.full(frames, each, dtype=np.int64)
        ticks[0] = max(1, round(self.hold_first * self.fps))
        ticks[-1] = max(1, round(self.hold_last * self.fps))
        return ticks


@dataclass(frozen=True)
class Film:
    """What is drawn, and when.

    Attributes:
        size: width and height in CSS pixels.
        scale: device pixels in a CSS pixel.
        steps: the training step each frame shows.
        background: what does not move.
        layers: what moves, the lowest first.
        key_frame_every: frames between two that an MP4 holds whole: few where much moves, more
            where hardly anything does and each of them weighs much.
        stands: how many ticks each frame stands, where its pacing does not say.
    """

    size: tuple[int, int]
    scale: int
    steps: Int[np.ndarray, " frame"]
    background: UInt8[np.ndarray, "height width 3"]
    layers: tuple[Layer, ...]
    pacing: Pacing = Pacing()
    key_frame_every: int = 8
    stands: Int[np.ndarray, " frame"] | None = None

    @classmethod
    def of(
        cls,
        canvas: Canvas,
        steps: Int[np.ndarray, " frame"],
        layers: Sequence[Layer],
        pacing: Pacing,
        key_frame_every: int = 8,
    ) -> Film:
        """A film over a finished canvas."""
        return cls(
            (canvas.width, canvas.height),
            canvas.scale,
            steps,
            canvas.background(),
            tuple(layers),
            pacing,
            key_frame_every,
        )

    @property
    def ticks(self) -> Int[np.ndarray, " frame"]:
        """How many 1/fps of a second each frame stands."""
        return self.pacing.ticks(len(self.steps)) if self.stands is None else self.stands

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return int(self.ticks.sum()) / self.pacing.fps

    @property
    def exact_colours(self) -> UInt8[np.ndarray, "colour 3"]:
        """Colours that a file with few colours must keep exactly; the ground is the first."""
        colours = np.concatenate(
            [[rgb(light("ground"))], *(layer.exact_colours for layer in self.layers)]
        )
        _, first = np.unique(colours, axis=0, return_index=True)
        return colours[np.sort(first)].astype(np.uint8)

    @property
    def line_colours(self) -> tuple[str, ...]:
        """Colours of lines and glyphs, which fade into the ground at their edges."""
        still = [light(name) for name in ("ink", "muted", "rule")]
        moving = [light(ink) for layer in self.layers for ink in layer.line_colours]
        return tuple(dict.fromkeys(still + moving))

    def thinned(self, most: int) -> Film:
        """Every second, third ... frame and the last, at about the same times of a film as long.

        Its ticks are longer, so that no frame is encoded several times but the held ones.

        Args:
            most: frames at most, two or more.
        """
        last = len(self.steps) - 1
        kept = np.append(np.arange(0, last, max(1, -(-last // (most - 1)))), last)
        stands = np.add.reduceat(self.ticks, kept)
        tick = int(np.median(stands))
        return replace(
            self,
            steps=self.steps[kept],
            layers=tuple(_Thinned(layer, kept.tolist()) for layer in self.layers),
            pacing=replace(self.pacing, fps=self.pacing.fps / tick),
            stands=np.maximum(1, (stands / tick).round().astype(np.int64)),
        )

    def pixels(self) -> Iterator[UInt8[np.ndarray, "height width 4"]]:
        """Every frame in turn, RGBA, in one buffer that the next frame overwrites."""
        ground, sheet = self._ground(), self._ground()
        for frame in range(len(self.steps)):
            self._compose(ground, sheet, frame - 1, frame)
            yield sheet.pixels

    def frames(self) -> Iterator[UInt8[np.ndarray, "height width 3"]]:
        """Every frame in turn, each an array of its own."""
        for pixels in self.pixels():
            yield pixels[..., :3].copy()

    def frame(self, number: int) -> UInt8[np.ndarray, "height width 3"]:
        """One frame; -1 is the last."""
        ground, sheet = self._ground(), self._ground()
        self._compose(ground, sheet, -1, range(len(self.steps))[number])
        return sheet.pixels[..., :3].copy()

    def _ground(self) -> Surface:
        height, width = self.background.shape[:2]
        surface = Surface(width, height, self.scale)
        surface.pixels[..., :3] = self.background
        return surface

    def _compose(self, ground: Surface, sheet: Surface, previous: int, frame: int) -> None:
        for layer in self.layers:
            layer.paint_background(ground, previous, frame)
        sheet.packed[:] = ground.packed
        for layer in self.layers:
            layer.paint(sheet, frame)


class _Thinned(Layer):
    """A layer of which some frames are shown."""

    def __init__(self, layer: Layer, kept: list[int]) -> None:
        self._layer, self._kept = layer, kept
        self.exact_colours, self.line_colours = layer.exact_colours, layer.line_colours

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        before = self._kept[previous] if previous >= 0 else -1
        self._layer.paint_background(background, before, self._kept[frame])

    def paint(self, sheet: Surface, frame: int) -> None:
        self._layer.paint(sheet, self._kept[frame])
