"""Film sizes: at most 4096 x 2304 pixels and H.264 level 5.2, which phones decode."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest

from gen.drawing.film import Film
from gen.drawing.frame_size import MOST_HEIGHT, MOST_WIDTH, fits
from gen.encode.mp4 import write_mp4
from gen.errors import ConfigError
from gen.experiments.runs import ModelRun
from gen.figures.dft import Dft
from gen.figures.matrix_layout import MatrixLayout
from gen.figures.sweep_film import SweepFilm
from gen.figures.weights import Weights
from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.site.films import FilmOrder
from gen.site.orders import draw
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from tests.conftest import Gen
from tests.support import small_site
from tests.support.line_runs import parity_run

SIDES = [1, 2, 3, 24, 67, 128, 200, 256]
LARGEST_PARITY = SparseParity(bits=255, signal_bits=2, train_rows=16, test_rows=16)


@pytest.mark.parametrize("neurons", SIDES)
@pytest.mark.parametrize("inputs", SIDES)
@pytest.mark.parametrize("outputs", SIDES)
def test_every_size_of_matrices_has_a_film_that_fits(
    neurons: int, inputs: int, outputs: int
) -> None:
    layout = MatrixLayout.of((neurons, inputs), (neurons, outputs), None)
    assert layout.width <= MOST_WIDTH and layout.height <= MOST_HEIGHT
    layout.check()


def test_too_large_cells_are_refused_with_a_size_that_fits() -> None:
    network = Perceptron(hidden=256)
    with pytest.raises(ValueError, match=r"4,096 x 2,304 at most; .* set cell = (\d+) or less"):
        Weights(model="m", cell=20).check(LARGEST_PARITY, network)
    Weights(model="m", cell=3).check(LARGEST_PARITY, network)
    Weights(model="m").check(LARGEST_PARITY, network)


def test_a_spectrum_of_too_many_neurons_is_refused() -> None:
    task = Modular(modulus=101, train_share=0.5)
    for hidden in (16, 256):
        Dft(model="m").check(task, Embedded(embedding="learned", width=12, hidden=hidden))
    with pytest.raises(ValueError, match="use a smaller network"):
        Dft(model="m").check(task, Embedded(embedding="learned", width=12, hidden=2000))


_SWEEP = """
[sweeps.grid]
base = "odd"
seeds = 1

[sweeps.grid.grid]
network.hidden = [{values}]

[figures.grid-film]
kind = "sweep-film"
sweep = "grid"
"""


@pytest.mark.parametrize(
    ("count", "cell", "message"),
    [
        (20, 90, "leave cell out, or set a cell smaller than 90"),
        (200, None, "the kind sweep-map shows any number of values"),
    ],
)
def test_a_film_of_a_sweep_that_would_be_too_large_is_refused(
    gen: Gen, tmp_path: Path, count: int, cell: int | None, message: str
) -> None:
    sweep = _SWEEP.format(values=", ".join(map(str, range(1, count + 1))))
    config = small_site.CONFIG + sweep + (f"cell = {cell}\n" if cell else "")
    error = gen("status", *small_site.write(tmp_path, config)).err
    assert "grid-film" in error and "4,096 x 2,304 at most" in error and message in error


def test_a_film_of_a_sweep_with_few_values_fits() -> None:
    assert SweepFilm(sweep="s", cell=96).cell == 96


def test_the_largest_film_has_a_level_that_phones_decode(tmp_path: Path) -> None:
    run = parity_run(bits=255, signal_bits=2, hidden=256, snapshots=2)
    film = Weights(model="m", fps=50, hold_first=0.0, hold_last=0.0).film(run, 2)
    assert fits(*film.size)
    write_mp4(film, tmp_path / "film.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(tmp_path / "film.mp4")]
    described = [*command, "-c:v", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]
    output = subprocess.run(described, capture_output=True, text=True, check=True).stderr
    levels = re.findall(r"level_idc\s+[01]+ = (\d+)", output)
    assert levels and max(map(int, levels)) <= 52


def test_a_film_larger_than_phones_decode_is_refused_when_drawn() -> None:
    class Huge(Weights):
        def film(self, run: ModelRun, scale: int) -> Film:
            return replace(super().film(run, scale), size=(4096, 4096))

    run = parity_run(snapshots=2)
    order = FilmOrder(name="huge", figure=Huge(model="m"), subject=run, source_key={})
    with pytest.raises(ConfigError, match=r"8,192 x 8,192 pixels"):
        draw(order, on_progress=lambda part: None)
