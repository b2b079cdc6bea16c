"""Drawing and writing films against `matplotlib.animation.FuncAnimation`.

Both write an MP4 at twice the size and a GIF at once the size, with the same number of
frames, size in pixels, and frames a second, from the same run. FuncAnimation is used as its
documentation does, updating artists in place, once redrawing the whole figure and once
with nothing but what its writers allow. Each way takes its turn in each round.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import imageio_ffmpeg
import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure as Picture
from matplotlib.image import AxesImage
from matplotlib.text import Text

from gen.config import load
from gen.drawing.colours import diverging
from gen.figures import FilmFigure
from gen.media.gif import write_gif
from gen.media.mp4 import write_mp4
from gen.runs import ModelRun

SITE = Path(__file__).parent.parent / "site" / "gen.toml"
SNAPSHOTS = 201

Images = tuple[tuple[AxesImage, np.ndarray], ...]


def example_run(name: str) -> ModelRun:
    """A run of a configured model whose weights go from noise to waves, without training."""
    model = load(SITE).models[name]
    generator = np.random.default_rng(0)
    way = np.linspace(0, 1, SNAPSHOTS)[:, None, None]
    views = {}
    for view, shape in model.network.view_shapes(model.task).items():
        noise = generator.normal(size=shape)
        turns = generator.integers(1, 9, size=(1, shape[1]))
        wave = 3 * np.sin(2 * np.pi * turns * np.arange(shape[0])[:, None] / shape[0])
        views[view] = ((1 - way) * noise + way * wave).astype(np.float32)
    steps = np.arange(SNAPSHOTS) * model.training.snapshot_every
    metrics = {
        metric: np.linspace(0.1, 1, SNAPSHOTS)
        for metric in ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    }
    return ModelRun(name, 0, model.task, model.network, steps, metrics, steps, views, None)


def ours(figure: FilmFigure, run: ModelRun, folder: Path) -> None:
    """The tool's own way."""
    write_mp4(figure.film(run, 2), folder / "film.mp4")
    write_gif(figure.film(run, 1), folder / "film.gif")


def func_animation(figure: FilmFigure, run: ModelRun, folder: Path) -> None:
    """The way of matplotlib's documentation: heat maps of the same pixels, and the step."""
    film = figure.film(run, 1)
    width, height = film.size
    fps = film.pacing.fps
    frames = [index for index, ticks in enumerate(film.ticks) for _ in range(int(ticks))]
    mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    for dpi, writer, name in (
        (200, FFMpegWriter(fps=fps, codec="libx264"), "film.mp4"),
        (100, PillowWriter(fps=fps), "film.gif"),
    ):
        picture = Picture(figsize=(width / 100, height / 100), dpi=dpi)
        FigureCanvasAgg(picture)
        images = []
        for axes, (view, values) in zip(
            picture.subplots(len(run.views), 1), run.views.items(), strict=True
        ):
            flat = values[0].T if values.shape[1] > values.shape[2] else values[0]
            image = axes.imshow(
                flat, cmap=ListedColormap(diverging() / 255), vmin=-5, vmax=5, aspect="equal"
            )
            axes.set(title=view, xlabel="a", ylabel="n")
            picture.colorbar(image, ax=axes)
            images.append((image, values))
        title = picture.suptitle("step 0")

        def update(frame: int, images: Images = tuple(images), title: Text = title) -> list[Text]:
            for image, values in images:
                shown = values[frame]
                image.set_data(shown.T if shown.shape[0] > shown.shape[1] else shown)
            title.set_text(f"step {run.snapshot_steps[frame]}")
            return [title]

        FuncAnimation(picture, update, frames=frames, blit=False).save(
            folder / name, writer=writer, dpi=dpi
        )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    config = load(SITE)
    print(f"rendering one film as MP4 and GIF, one process, medians of {rounds} rounds")
    columns = f"{'s/film':>8}{'films/min':>11}{'ratio':>7}{'MP4 kB':>8}{'GIF kB':>8}"
    print(f"{'film':<18}{'way':<20}{columns}")
    for name in ("modular-weights", "parity-weights"):
        figure = config.figures[name]
        assert isinstance(figure, FilmFigure)
        run = example_run(figure.model)
        ways: dict[str, Callable[[FilmFigure, ModelRun, Path], None]] = {
            "this renderer": ours,
            "FuncAnimation": func_animation,
        }
        seconds: dict[str, list[float]] = {way: [] for way in ways}
        sizes: dict[str, tuple[float, float]] = {}
        for _ in range(rounds):
            for way, write in ways.items():
                with tempfile.TemporaryDirectory() as folder:
                    start = time.perf_counter()
                    write(figure, run, Path(folder))
                    seconds[way].append(time.perf_counter() - start)
                    sizes[way] = (
                        (Path(folder) / "film.mp4").stat().st_size / 1e3,
                        (Path(folder) / "film.gif").stat().st_size / 1e3,
                    )
        for way, taken in seconds.items():
            ratio = median(t / o for t, o in zip(taken, seconds["this renderer"], strict=True))
            mp4, gif = sizes[way]
            print(
                f"{name:<18}{way:<20}{median(taken):>8.2f}{60 / median(taken):>11.1f}"
                f"{ratio:>7.1f}{mp4:>8.0f}{gif:>8.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
