"""Helpers for neurons as points of a plane: their order by angle, and a guide circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

if TYPE_CHECKING:
    from gen.drawing.canvas import Panel

_SPOKES = 12


def by_angle(points: Float[np.ndarray, "neuron 2"]) -> Int[np.ndarray, " neuron"]:
    """Return the neurons counterclockwise from the left."""
    return np.argsort(np.arctan2(points[:, 1], points[:, 0]), kind="stable")


def guide_circle(panel: Panel, points: Float[np.ndarray, "neuron 2"]) -> None:
    """Draw a circle with the mean radius of the points, and even spokes."""
    canvas = panel.canvas
    radius = float(np.hypot(points[:, 0], points[:, 1]).mean())
    turn = np.linspace(0, 2 * np.pi, 181)
    across, down = panel.across(radius * np.cos(turn)), panel.down(radius * np.sin(turn))
    canvas.line(across.tolist(), down.tolist())
    middle_x, middle_y = float(panel.across(0.0)), float(panel.down(0.0))
    for angle in np.linspace(0, 2 * np.pi, _SPOKES, endpoint=False):
        x, y = panel.across(radius * np.cos(angle)), panel.down(radius * np.sin(angle))
        canvas.line([middle_x, float(x)], [middle_y, float(y)])
