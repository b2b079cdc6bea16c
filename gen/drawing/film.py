"""Film: a static background, moving layers and their timing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int, UInt8

from gen.drawing.canvas import Canvas, light
from gen.drawing.colours import rgb
from gen.drawing.layers import Layer
from gen.drawing.marks import Mark
from gen.drawing.surface import Surface
from gen.experiments.runs import at_stride, every_nth

SHORTEST, LONGEST = 4.0, 10.0
"""Target duration of a film, in seconds."""

_LONGEST_FRAME = 0.4
"""Longest duration of a frame between the first and the last, in seconds."""


@dataclass(frozen=True)
class Pacing:
    """Frame rate and durations.

    Attributes:
        fps: ticks per second; a frame lasts one tick or more.
        hold_first, hold_last: durations of the first and the last frame, in seconds.
        kept: the snapshots that are shown, rising; None: as many as last `LONGEST`.
    """

    fps: float = 30
    hold_first: float = 0.6
    hold_last: float = 2.0
    kept: tuple[int, ...] | None = None

    def select(self, snapshots: int, most: int | None = None) -> Int[np.ndarray, " frame"]:
        """Return the indices of at most `most` snapshots: every n-th and the last.

        As frames, they last `LONGEST` at most. Snapshots that are named in `kept` are all shown.
        """
        if self.kept is not None:
            return np.array([place for place in self.kept if place < snapshots], dtype=np.int64)
        in_time = max(2, int((LONGEST - self.hold_first - self.hold_last) * self.fps) + 2)
        return every_nth(snapshots, in_time if most is None else min(most, in_time))

    def ticks(self, frames: int) -> Int[np.ndarray, " frame"]:
        """Return the duration of each frame in ticks; few frames last longer."""
        between = frames - 2
        spare = (SHORTEST - self.hold_first - self.hold_last) * self.fps
        longest = max(1, int(_LONGEST_FRAME * self.fps))
        each = min(longest, max(1, round(spare / between))) if between > 0 else 1
        ticks = np.full(frames, each, dtype=np.int64)
        ticks[0] = max(1, round(self.hold_first * self.fps))
        ticks[-1] = max(1, round(self.hold_last * self.fps))
        return ticks


@dataclass(frozen=True)
class Film:
    """Frames of a film, rendered on demand.

    Attributes:
        size: width and height in CSS pixels.
        scale: device pixels per CSS pixel.
        steps: the training step of each frame.
        canvas: what is below all layers, finished.
        layers: moving parts, the lowest first.
        key_frame_every: distance of MP4 key frames; larger makes seeking slower and files smaller.
    """

    size: tuple[int, int]
    scale: int
    steps: Int[np.ndarray, " frame"]
    canvas: Canvas
    layers: tuple[Layer, ...]
    pacing: Pacing = Pacing()
    key_frame_every: int = 75

    @classmethod
    def of(
        cls,
        canvas: Canvas,
        steps: Int[np.ndarray, " frame"],
        layers: Sequence[Layer],
        pacing: Pacing,
        key_frame_every: int = 75,
    ) -> Film:
        """Create a film over a finished canvas."""
        return cls(
            (canvas.width, canvas.height),
            canvas.scale,
            steps,
            canvas,
            tuple(layers),
            pacing,
            key_frame_every,
        )

    @cached_property
    def background(self) -> UInt8[np.ndarray, "height width 3"]:
        """Static pixels below all layers; half of the work of a film of which no frame is asked."""
        return self.canvas.background()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What the background is made of, the lowest first."""
        return tuple(self.canvas.marks)

    @property
    def ticks(self) -> Int[np.ndarray, " frame"]:
        """Duration of each frame in ticks of 1/fps seconds."""
        return self.pacing.ticks(len(self.steps))

    def every(self, stride: int) -> Int[np.ndarray, " shown"]:
        """Return the places of every n-th frame and of the last."""
        return at_stride(len(self.steps), stride)

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return int(self.ticks.sum()) / self.pacing.fps

    @property
    def exact_colours(self) -> UInt8[np.ndarray, "colour 3"]:
        """Colours that a palette must contain exactly; the background is the first."""
        colours = np.concatenate(
            [[rgb(light("ground"))], *(layer.exact_colours for layer in self.layers)]
        )
        _, first = np.unique(colours, axis=0, return_index=True)
        return colours[np.sort(first)].astype(np.uint8)

    @property
    def line_colours(self) -> tuple[str, ...]:
        """Colours of antialiased lines and glyphs."""
        static = [light(name) for name in ("ink", "muted", "rule")]
        moving = [light(colour) for layer in self.layers for colour in layer.line_colours]
        return tuple(dict.fromkeys(static + moving))

    def pixels(self, every: int = 1) -> Iterator[UInt8[np.ndarray, "height width 4"]]:
        """Yield frames as RGBA, in one buffer that the next frame overwrites.

        Args:
            every: yield every n-th frame, and the last.
        """
        background, surface = self._new_surface(), self._new_surface()
        previous = -1
        for frame in self.every(every).tolist():
            self._compose(background, surface, previous, frame)
            previous = frame
            yield surface.pixels

    def frames(self) -> Iterator[UInt8[np.ndarray, "height width 3"]]:
        """Yield every frame as a new RGB array."""
        for pixels in self.pixels():
            yield pixels[..., :3].copy()

    def frame(self, number: int) -> UInt8[np.ndarray, "height width 3"]:
        """Return one frame; -1 is the last."""
        background, surface = self._new_surface(), self._new_surface()
        self._compose(background, surface, -1, range(len(self.steps))[number])
        return surface.pixels[..., :3].copy()

    def _new_surface(self) -> Surface:
        height, width = self.background.shape[:2]
        surface = Surface(width, height, self.scale)
        surface.pixels[..., :3] = self.background
        return surface

    def _compose(self, background: Surface, surface: Surface, previous: int, frame: int) -> None:
        for layer in self.layers:
            layer.paint_background(background, previous, frame)
        surface.packed[:] = background.packed
        for layer in self.layers:
            layer.paint(surface, frame)
