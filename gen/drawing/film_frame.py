"""The frame that films of a training share: a canvas, the step counter and the timeline."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from gen.drawing.canvas import Canvas
from gen.drawing.frame_size import HEADER, round_up_to_block
from gen.drawing.header_layers import StepCounter, Timeline
from gen.drawing.layers import Layer

_BASELINE = 44


def film_frame(
    width: float,
    height: float,
    scale: int,
    steps: Int[np.ndarray, " frame"],
    *,
    left: int,
    right: int,
    timeline: int = HEADER,
) -> tuple[Canvas, list[Layer]]:
    """Return an empty canvas, and the layers of its step counter and its timeline.

    Args:
        width: of the canvas in CSS pixels, like all lengths; rounded up to whole blocks.
        scale: device pixels per CSS pixel.
        left: x of the counter and of the left end of the timeline.
        right: x of the right end of the timeline.
        timeline: y of the timeline.
    """
    canvas = Canvas(round_up_to_block(width), round_up_to_block(height), scale)
    numbers = steps.tolist()
    return canvas, [
        StepCounter(canvas, numbers, left=left, baseline=_BASELINE),
        Timeline(canvas, numbers, left=left, top=timeline, width=right - left),
    ]
