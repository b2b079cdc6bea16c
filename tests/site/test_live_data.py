"""Packs, scenes and values of live figures: the scripts decode and compute as Python does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from gen.analysis.fourier import components
from gen.analysis.interference import interpolate
from gen.drawing.colours import Diverging
from gen.interactive.zipped import zipped
from gen.theme import NEGATIVE_STOPS, POSITIVE_STOPS
from tests.support.node import run_scripts
from tests.support.packed_data import base64_of, packed, raw_pack, raw_scene, stored

FRAMES = 5
SCRIPTS = ["packs.js", "values.js"]


def integers(bits: int, *shape: int) -> np.ndarray:
    """Numbers of the whole range, whose differences do not fit into as many bits."""
    end = 2 ** (bits - 1)
    return np.random.default_rng(bits).integers(-end, end, shape)


def values_of(spec: dict[str, Any], array: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Shape and values of all frames of a spec, of a scene's array."""
    scene = raw_scene(range(len(array)), [], [array])
    shape, data = run_scripts(
        SCRIPTS,
        """async ([spec, raw]) => {
          grokreel.scenes.add("one", raw);
          const scene = await grokreel.scenes.load("one", "");
          const reader = grokreel.values.reader(spec, scene, null);
          const data = scene.steps.map((_, frame) => [...reader.at(frame).data]);
          return [reader.at(0).shape, data];
        }""",
        [{"array": 0, **spec}, scene],
    )
    return shape, np.array(data)


def test_views_of_a_pack_are_what_was_packed() -> None:
    views = {
        "odd": (integers(8, FRAMES, 3, 5), 8),
        "fine": (integers(16, FRAMES, 4, 2), 16),
        "last": (integers(8, FRAMES, 1, 7), 8),
    }
    for view, bits in views.values():
        view[2, 0, 1] = view[3, 0, 0] = -(2 ** (bits - 1))
    scales = np.array([0.5, 0.25, 1.5, 1e-3, 3.0])
    raw = raw_pack(range(0, 50, 10), views, scales)
    found = run_scripts(
        SCRIPTS,
        """async (raw) => {
          grokreel.packs.add("m", raw);
          const pack = await grokreel.packs.load("m", "");
          const matrices = [...pack.views.keys()].map((name) =>
            pack.steps.map((_, snapshot) => [...pack.matrix(name, snapshot)]));
          const { rows, columns, bits, axes } = pack.views.get("fine");
          const again = (await grokreel.packs.load("m", "")) === pack;
          return { matrices, again, steps: pack.steps, fine: [rows, columns, bits, axes] };
        }""",
        raw,
    )
    for (view, bits), matrix in zip(views.values(), found["matrices"], strict=True):
        known = np.where(view == -(2 ** (bits - 1)), 0, view) * scales[:, None, None]
        np.testing.assert_allclose(np.array(matrix).reshape(known.shape), known, rtol=1e-6)
    assert found["fine"] == [4, 2, 16, ["number", "neuron"]]
    assert found["steps"] == [0, 10, 20, 30, 40] and found["again"]


@pytest.mark.parametrize("bits", [8, 16])
def test_arrays_of_a_scene_have_a_scale_and_an_offset_for_each_frame(bits: int) -> None:
    stored_integers = integers(bits, FRAMES, 2, 3)
    stored_integers[1, 0, 2] = none = -(2 ** (bits - 1))
    scales, offsets = np.linspace(0.1, 0.5, FRAMES), np.linspace(-3, 3, FRAMES)
    scene = raw_scene(range(FRAMES), [])
    scene["arrays"] = [
        {
            "shape": [FRAMES, 2, 3],
            "bits": bits,
            "scales": base64_of(scales),
            "offsets": base64_of(offsets),
        }
    ]
    scene["data"] = packed([stored(stored_integers, bits)])
    found = run_scripts(
        SCRIPTS,
        """async (raw) => {
          grokreel.scenes.add("one", raw);
          const scene = await grokreel.scenes.load("one", "");
          const data = scene.steps.map((_, frame) => [...scene.array(0, frame)]);
          return [scene.arrays[0].shape, data];
        }""",
        scene,
    )
    known = stored_integers * scales[:, None, None] + offsets[:, None, None]
    known[stored_integers == none] = np.nan
    assert found[0] == [2, 3]
    data = np.array(found[1], dtype=float).reshape(known.shape)
    np.testing.assert_allclose(data, known, rtol=1e-5, atol=1e-5)


def test_a_scene_may_be_packed_as_a_whole() -> None:
    values = integers(8, FRAMES, 4).astype(float)
    scene = raw_scene(range(FRAMES), [], [values]) | {"background": "<svg>é −5</svg>"}
    found = run_scripts(
        SCRIPTS,
        """async (text) => {
          grokreel.scenes.add("one", text);
          const scene = await grokreel.scenes.load("one", "");
          grokreel.scenes.add("two", text.slice(0, -8));
          const broken = await grokreel.scenes.load("two", "").catch(({ name }) => name);
          return [scene.background, scene.steps.map((_, at) => [...scene.array(0, at)]), broken];
        }""",
        zipped(json.dumps(scene).encode()),
    )
    assert found[0] == scene["background"] and found[2] == "TypeError"
    np.testing.assert_allclose(found[1], values, atol=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("raw.data = undefined", "0 bytes of data in the place of 30"),
        ("raw.steps = [0, 1]", "30 bytes of data in the place of 12"),
        ("raw.data = raw.data.slice(0, 40)", ""),
    ],
)
def test_a_pack_that_cannot_be_read_is_refused_and_can_be_asked_for_again(
    change: str, message: str
) -> None:
    raw = raw_pack(range(FRAMES), {"v": (integers(8, FRAMES, 2, 3), 8)}, np.ones(FRAMES))
    found = run_scripts(
        SCRIPTS,
        f"""async (raw) => {{
          const whole = structuredClone(raw);
          {change};
          grokreel.packs.add("m", raw);
          const first = await grokreel.packs.load("m", "").catch((error) => error.message);
          grokreel.packs.add("m", whole);
          return [first, typeof (await grokreel.packs.load("m", "")).views];
        }}""",
        raw,
    )
    told, then = found
    assert isinstance(told, str) and message in told and then == "object"


def test_a_browser_that_cannot_decompress_loads_nothing() -> None:
    found = run_scripts(
        SCRIPTS,
        """async () => {
          const before = grokreel.packs.supported;
          delete globalThis.DecompressionStream;
          const told = await grokreel.packs.load("m", "m.js").catch((error) => error.message);
          return [before, grokreel.packs.supported, told];
        }""",
    )
    assert found == [True, False, "this browser cannot decompress data"]


ARRAY = np.round(np.random.default_rng(1).normal(size=(3, 4, 6)), 2)
EVERY_OPERATION = [
    ([["take", 0, [2, 0, 2]]], ARRAY[:, [2, 0, 2]]),
    ([["take", 1, [5, 1]]], ARRAY[:, :, [5, 1]]),
    ([["pick", 0, 3]], ARRAY[:, 3]),
    ([["pick", 1, 2], ["pick", 0, 1]], ARRAY[:, 1:2, 2][:, 0]),
    ([["transpose", [1, 0]]], ARRAY.swapaxes(1, 2)),
    ([["transpose", [1, 0]], ["take", 0, [3, 1]], ["pick", 1, 2]], ARRAY[:, 2, [3, 1]]),
    ([["reshape", [3, 2, 4]]], ARRAY.reshape(3, 3, 2, 4)),
    (
        [["reshape", [2, 3, 4]], ["transpose", [2, 0, 1]]],
        ARRAY.reshape(3, 2, 3, 4).transpose(0, 3, 1, 2),
    ),
    ([["hypot"]], np.hypot(ARRAY[..., ::2], ARRAY[..., 1::2])),
    ([["clip", -0.5, 0.25]], ARRAY.clip(-0.5, 0.25)),
    ([["affine", 3, -1]], ARRAY * 3 - 1),
    ([["affine", [1, 2, 3, 4, 5, 6], 2]], ARRAY * np.arange(1, 7) + 2),
    ([["affine", -1, [1, 2, 3, 4, 5, 6]]], -ARRAY + np.arange(1, 7)),
    (
        [["against", [10, 20, 30, 40, 50, 60]], ["affine", [2, -1], [0, 100]]],
        np.stack([np.broadcast_to(np.arange(20, 121, 20), ARRAY.shape), 100 - ARRAY], axis=-1),
    ),
    ([], ARRAY),
]


@pytest.mark.parametrize(("ops", "known"), EVERY_OPERATION)
def test_operations_give_what_numpy_gives(ops: list[Any], known: np.ndarray) -> None:
    shape, data = values_of({"ops": ops}, ARRAY)
    assert shape == list(known.shape[1:])
    np.testing.assert_allclose(data.reshape(known.shape), known, atol=1e-4)


@pytest.mark.parametrize("numbers", [12, 13])
def test_waves_are_those_of_the_films(numbers: int) -> None:
    array = np.round(np.random.default_rng(2).normal(size=(2, 3, numbers)), 2)
    frequencies = [1, 4, 5]
    shape, data = values_of({"ops": [["fourier", numbers, frequencies]]}, array)
    assert shape == [3, 6]
    # Row k - 1 of the components belongs to frequency k.
    waves = np.stack([components(one.T)[[k - 1 for k in frequencies]].T for one in array])
    known = np.stack([np.real(waves), -np.imag(waves)], axis=-1)
    np.testing.assert_allclose(data.reshape(known.shape), known, atol=1e-5)


@pytest.mark.parametrize("numbers", [12, 13])
@pytest.mark.parametrize("parts", [1, 6])
def test_smooth_curves_are_those_of_the_films(numbers: int, parts: int) -> None:
    array = np.round(np.random.default_rng(2).normal(size=(2, 3, numbers)), 2)
    shape, data = values_of({"ops": [["smooth", parts]]}, array)
    known = interpolate(array, parts)
    assert shape == list(known.shape[1:])
    np.testing.assert_allclose(data.reshape(known.shape), known, atol=1e-5)


def test_a_view_is_read_at_the_snapshots_of_the_frames() -> None:
    view = integers(8, FRAMES, 2, 3)
    view[view == -128] = 0
    raw = raw_pack(range(FRAMES), {"W": (view, 8)}, np.ones(FRAMES))
    found = run_scripts(
        SCRIPTS,
        """async (raw) => {
          grokreel.packs.add("m", raw);
          const pack = await grokreel.packs.load("m", "");
          const read = (frames) => {
            const spec = { view: "W", frames, ops: [["pick", 0, 1]], axes: [["neuron", null]] };
            return grokreel.values.reader(spec, null, pack);
          };
          const few = read([4, 1]);
          return [[0, 1].map((frame) => [...few.at(frame).data]), [...read(null).at(3).data]];
        }""",
        raw,
    )
    assert found == [view[[4, 1], 1].tolist(), view[3, 1].tolist()]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"view": "nope", "ops": []}, "the pack has no view nope"),
        ({"view": "W", "ops": [["toString"]]}, "there is no operation toString"),
    ],
)
def test_a_spec_that_cannot_be_computed_is_refused(spec: dict[str, Any], message: str) -> None:
    raw = raw_pack([0], {"W": (integers(8, 1, 2, 3), 8)}, np.ones(1))
    found = run_scripts(
        SCRIPTS,
        """async ([raw, spec]) => {
          grokreel.packs.add("m", raw);
          const pack = await grokreel.packs.load("m", "");
          try {
            grokreel.values.reader(spec, null, pack);
            return "read";
          } catch (error) {
            return error.message;
          }
        }""",
        [raw, spec],
    )
    assert found == message


@pytest.mark.parametrize("levels", [63, 127])
def test_the_colours_of_cells_are_those_of_films(levels: int) -> None:
    found = run_scripts(
        ["palette.js"],
        """([negative, positive, levels]) => {
          const read = (name) => {
            const [side, place] = name.split("-");
            return { negative, positive }[side][place];
          };
          return [...grokreel.palettes.paletteOf(read).diverging(levels)];
        }""",
        [NEGATIVE_STOPS, POSITIVE_STOPS, levels],
    )
    bytes_of = np.array(found).reshape(levels, 4)
    assert (bytes_of[:, 3] == 255).all()
    known = Diverging(1.0, levels).colours.astype(int)
    assert np.abs(bytes_of[:, :3] - known).max() <= 1  # of halves, numpy rounds some down
    assert (bytes_of[[0, levels // 2, -1], :3] == known[[0, levels // 2, -1]]).all()


def test_colours_are_read_again_when_the_page_changes() -> None:
    found = run_scripts(
        ["palette.js"],
        """() => {
          const now = { signal: "#204060", ground: "#ffffff", figures: "Seravek, serif" };
          const palette = grokreel.palettes.paletteOf((name) => now[name]);
          let told = 0;
          palette.watch(() => (told += 1));
          const shown = () => ["signal", "pale:signal", "#123456"].map(palette);
          const before = shown();
          palette.refresh();
          const unchanged = [told, palette.version];
          now.ground = "#000000";
          palette.refresh();
          const fonts = ["It", "Semibold"].map((style) => palette.font(style, 13));
          return [before, unchanged, shown(), [told, palette.version], fonts];
        }""",
    )
    assert found == [
        ["#204060", "#90a0b0", "#123456"],
        [0, 0],
        ["#204060", "#102030", "#123456"],
        [1, 1],
        ["italic 400 13px Seravek, serif", "600 13px Seravek, serif"],
    ]
