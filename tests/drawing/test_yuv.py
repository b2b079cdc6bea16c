"""Frames are converted for video as ITU-R BT.709 says, whatever changed since the last one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gen.encode.yuv import yuv_frames

RED, BLUE = 0.2126, 0.0722


def _plainly(frame: np.ndarray) -> np.ndarray:
    height, width = frame.shape[:2]
    rgb = frame[..., :3].astype(np.float64)
    fours = rgb.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
    light, of_fours = (each @ [RED, 1 - RED - BLUE, BLUE] for each in (rgb, fours))
    return np.concatenate(
        [
            (16 + 219 / 255 * light).ravel(),
            (128 + 224 / 255 * (fours[..., 2] - of_fours) / (2 - 2 * BLUE)).ravel(),
            (128 + 224 / 255 * (fours[..., 0] - of_fours) / (2 - 2 * RED)).ravel(),
        ]
    )


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 9), st.integers(1, 4))
def test_frames_have_the_colours_of_the_formula(
    seed: int, half_height: int, half_width: int, count: int
) -> None:
    generator = np.random.default_rng(seed)
    first = generator.integers(0, 256, (2 * half_height, 2 * half_width, 4), dtype=np.uint8)
    frames = [first]
    for _ in range(count):
        frame = frames[generator.integers(len(frames))].copy()  # a former one may come again
        row, column = (generator.integers(side) for side in frame.shape[:2])
        frame[row, column:] = generator.integers(0, 256, 4)
        frames.append(frame)
    for frame, found in zip(frames, yuv_frames(frames), strict=True):
        assert np.abs(found - _plainly(frame)).max() < 0.51


def test_black_white_and_grey_are_the_ends_of_the_limited_range() -> None:
    frame = np.repeat(np.array([0, 255, 128, 128], dtype=np.uint8), 16).reshape(8, 2, 4)
    light = next(iter(yuv_frames([frame])))[:16].reshape(8, 2)
    assert [light[0, 0], light[2, 0]] == [16, 235]
    colours = next(iter(yuv_frames([frame])))[16:]
    assert (colours == 128).all(), "no grey has a colour"
