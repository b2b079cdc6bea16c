"""Drawing and writing films against `matplotlib.animation.FuncAnimation`.

Both write an MP4 at double size and a GIF at single size, with the same number of
frames, size in pixels, and frames a second, from the same trained run. FuncAnimation is used as its
documentation shows: artists are updated in place and the figure is redrawn; its layout is solved
only once. Each round runs both.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import imageio_ffmpeg
import matplotlib as mpl
import numpy as np
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure as Picture
from matplotlib.image import AxesImage
from matplotlib.text import Text

from gen.config.reader import load
from gen.drawing.colours import Diverging
from gen.encode.gif import write_gif
from gen.encode.mp4 import write_mp4
from gen.experiments.runs import ModelRun, model_runs
from gen.figures.figure import FilmFigure
from gen.training.loop import train

SITE = Path(__file__).parent.parent / "site" / "gen.toml"

Images = tuple[tuple[AxesImage, np.ndarray], ...]


def trained_run(name: str) -> ModelRun:
    """Train the first seed of a configured model at full length and return its run."""
    model = replace(load(SITE).models[name], seeds=load(SITE).models[name].seeds[:1])
    _, ensemble = model.shards[0]
    return next(model_runs(model.name, ensemble, train(ensemble)))


def ours(figure: FilmFigure, run: ModelRun, folder: Path) -> None:
    """Write MP4 and GIF with the film encoder of this package."""
    write_mp4(figure.film(run, 2), folder / "film.mp4")
    write_gif(figure.film(run, 1), folder / "film.gif")


def func_animation(figure: FilmFigure, run: ModelRun, folder: Path) -> None:
    """Write both with `FuncAnimation`: heat maps of the same pixels, and the step."""
    film = figure.film(run, 1)
    width, height = film.size
    fps = round(film.pacing.fps)
    frames = [index for index, ticks in enumerate(film.ticks) for _ in range(int(ticks))]
    limit = 5.0
    colours = ListedColormap(Diverging(limit).colours / 255)
    mpl.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()
    for dpi, writer, name in (
        (200, FFMpegWriter(fps=fps, codec="libx264"), "film.mp4"),
        (100, PillowWriter(fps=fps), "film.gif"),
    ):
        picture = Picture(figsize=(width / 100, height / 100), dpi=dpi, layout="constrained")
        FigureCanvasAgg(picture)
        into, out = (matrix.astype(np.float64) for matrix in run.views.values())
        matrices = (into.transpose(0, 2, 1), out)
        columns = [matrix.shape[2] for matrix in matrices]
        grid: dict[str, Any] = {"nrows": 2, "ncols": 1}
        if sum(columns) < 80:
            grid = {"nrows": 1, "ncols": 2, "width_ratios": columns}
        images = []
        for axes, view, matrix in zip(picture.subplots(**grid), run.views, matrices, strict=True):
            image = axes.imshow(matrix[0], cmap=colours, vmin=-limit, vmax=limit)
            axes.set(title=view, xlabel="a", ylabel="n")
            images.append((image, matrix))
        picture.colorbar(images[0][0], ax=picture.axes, location="top", shrink=0.3)
        title = picture.suptitle("step 0")
        picture.draw_without_rendering()
        picture.set_layout_engine("none")

        def update(frame: int, images: Images = tuple(images), title: Text = title) -> list[Text]:
            for image, matrix in images:
                image.set_data(matrix[frame])
            title.set_text(f"step {run.snapshot_steps[frame]}")
            return [title]

        FuncAnimation(picture, update, frames=frames, blit=False).save(
            folder / name, writer=writer, dpi=dpi
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    rounds = parser.parse_args().rounds
    config = load(SITE)
    print(f"rendering one film as MP4 and GIF, one process, medians of {rounds} rounds")
    columns = f"{'s/film':>8}{'films/min':>11}{'ratio':>7}{'MP4 kB':>8}{'GIF kB':>8}"
    print(f"{'film':<18}{'way':<20}{columns}")
    for name in ("modular-weights", "parity-weights"):
        figure = config.figures[name]
        assert isinstance(figure, FilmFigure)
        run = trained_run(figure.source)
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
