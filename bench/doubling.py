"""What doubling costs: models, neurons, rows, steps, snapshots, figures, pages, languages.

Each round measures the base and every doubled variant, so that changes in the load of the machine
affect all; the table gives medians over the rounds, and the median and the quartiles of the ratios
within them. Below it stands the peak memory of a sweep of four times as many models, and of a film
of a recording of twice the size.

Seconds are processor time, in which other work on the machine shows least. A training is one shard
in this process with one thread, from an ensemble to its result, with logging and snapshots. A build
is the command `gen build --jobs 1` with its worker and encoders, start-up included; the models are
trained before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TypeAlias

import torch

from bench.built_site import BuiltSite, Size
from bench.peak_memory import peak_of_recording, peak_of_sweep
from bench.training import SITE, ratio_text
from gen.config.reader import load
from gen.experiments.model import Model
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.training.loop import Ensemble, train
from gen.workers.processes import default_jobs

TRAINED = {"parity": (4, 1.0), "modular": (2, 0.25)}
"""Models of the article that are trained: number of seeds, and steps as a share of `--steps`."""

SNAPSHOTS = 50
TRAINING = ("models", "neurons", "rows", "steps", "snapshots")
BUILD = ("figures", "pages", "languages")
MEMORY = ("sweep", "recording")

Variants: TypeAlias = Mapping[str, Callable[[], tuple[float, ...]]]
"""Measurements in seconds by what is doubled in them; the base is the one without a name."""


def training_variants(model: Model, seeds: int, steps: int) -> dict[str, Ensemble]:
    """Return a short training of a model, by what is doubled in it; the first is the base.

    Twice the steps take as many snapshots. Twice the rows are those that are trained on.
    """
    every = max(2, steps // SNAPSHOTS)
    changed = {"steps": steps, "snapshot_every": every, "log_every": max(1, steps // 40)}
    model = replace(
        model,
        seeds=tuple(range(seeds)),
        shard=2 * seeds,
        training=model.training.model_copy(update=changed),
    )
    hidden = 2 * _neurons(model)
    longer = {"steps": 2 * steps, "snapshot_every": 2 * every}
    more = {"snapshot_every": every // 2}
    variants = {
        "": model,
        "models": replace(model, seeds=tuple(range(2 * seeds))),
        "neurons": replace(model, network=model.network.model_copy(update={"hidden": hidden})),
        "rows": replace(model, task=_twice_the_rows(model)),
        "steps": replace(model, training=model.training.model_copy(update=longer)),
        "snapshots": replace(model, training=model.training.model_copy(update=more)),
    }
    return {name: variant.shards[0][1] for name, variant in variants.items()}


def _neurons(trained: Model | Ensemble) -> int:
    return trained.network.model_dump()["hidden"]


def _twice_the_rows(model: Model) -> SparseParity | Modular:
    task = model.task
    if isinstance(task, SparseParity):
        return task.model_copy(update={"train_rows": 2 * task.train_rows})
    assert isinstance(task, Modular)
    return task.model_copy(update={"train_share": 2 * task.train_share})


def seconds_of(ensemble: Ensemble) -> float:
    """Return the processor time of a training in this process, in seconds."""
    start = time.process_time()
    train(ensemble)
    return time.process_time() - start


def compare(variants: Variants, rounds: int) -> dict[str, list[tuple[float, ...]]]:
    """Return the measurements of all rounds of each variant."""
    measured: dict[str, list[tuple[float, ...]]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, measure in variants.items():
            measured[name].append(measure())
    return measured


def lines(
    parts: tuple[str, ...],
    measured: Mapping[str, list[tuple[float, ...]]],
    sizes: Mapping[str, str],
) -> list[str]:
    """Return a line of the table for each part and what is doubled in it.

    Args:
        parts: what the measurements of a round are, one for each.
        sizes: by what is doubled, its sizes in words.
    """
    found: list[str] = []
    for part, name in enumerate(parts):
        base = [each[part] for each in measured[""]]
        for doubled, all_rounds in measured.items():
            if doubled:
                seconds = [each[part] for each in all_rounds]
                found.append(
                    f"{name:<22}{doubled:<11}{sizes[doubled]:<16}{median(base):>8.2f}"
                    f"{median(seconds):>9.2f}{ratio_text(seconds, base)}"
                )
    return found


def training_lines(only: set[str], steps: int, rounds: int) -> list[str]:
    """Train the variants of two networks and return their lines of the table."""
    torch.set_num_threads(1)
    found: list[str] = []
    models = load(SITE).models
    for name, (seeds, share) in TRAINED.items():
        ensembles = training_variants(models[name], seeds, max(2, round(share * steps)))
        wanted = {key: each for key, each in ensembles.items() if key in only | {""}}
        train(replace(wanted[""], training=wanted[""].training.shortened(2, log_every=2)))
        measured = compare({key: _timed(each) for key, each in wanted.items()}, rounds)
        base = wanted[""]
        numbers = {
            "models": len(base.seeds),
            "neurons": _neurons(base),
            "rows": base.task.rows[0],
            "steps": base.training.steps,
            "snapshots": base.training.steps // (base.training.snapshot_every or 1),
        }
        sizes = {key: f"{number} to {2 * number}" for key, number in numbers.items()}
        found += lines((f"training {name}",), measured, sizes)
    return found


def _timed(ensemble: Ensemble) -> Callable[[], tuple[float]]:
    return lambda: (seconds_of(ensemble),)


def build_lines(only: set[str], size: Size, rounds: int, folder: Path) -> list[str]:
    """Build the variants of a small site and return their lines of the table."""
    sites = {"": size, **{name: size.doubled(name) for name in BUILD if name in only}}
    most = size.figures  # twice as many figures as models, if the figures are doubled
    built = {name: BuiltSite(folder, each, most) for name, each in sites.items()}
    built[""].train()
    measured = compare({name: _built(site) for name, site in built.items()}, rounds)
    sizes = {
        name: f"{getattr(size, name)} to {getattr(sites[name], name)}" for name in sites if name
    }
    return lines(("build, films missing", "build, pages stale"), measured, sizes)


def _built(site: BuiltSite) -> Callable[[], tuple[float, float]]:
    return lambda: (site.seconds_without_films(), site.seconds_of_stale_pages())


def memory_lines(only: set[str], models: int, megabytes: int, folder: Path) -> list[str]:
    """Measure the peak memory of a sweep and of a film, and return a line for each."""
    ways: dict[str, tuple[Callable[[int, Path], float], int, int, str]] = {
        "sweep": (peak_of_sweep, models, 4, "models"),
        "recording": (peak_of_recording, megabytes, 2, "MB"),
    }
    found: list[str] = []
    for name in MEMORY:
        if name in only:
            measure, size, factor, unit = ways[name]
            small, large = (measure(each, folder) for each in (size, factor * size))
            what = f"{size} to {factor * size} {unit}"
            found.append(f"{name:<13}{what:<24}{small:>8.0f}{large:>9.0f}{large / small:>8.2f}")
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    names = (*TRAINING, *BUILD, *MEMORY)
    add("--only", nargs="+", choices=names, default=names, help="what is doubled", metavar="NAME")
    add("--rounds", type=int, default=5, help="of trainings")
    add("--builds", type=int, default=3, help="rounds of builds")
    add("--steps", type=int, default=2000, help="of the base training of parity")
    add("--figures", type=int, default=4, help="of the base site, an even number")
    add("--pages", type=int, default=32, help="of the base site")
    add("--sweep-models", type=int, default=1125, help="multiples of 125; trained for 4 steps")
    add("--recording-mb", type=int, default=64, help="of the smaller recording")
    options = parser.parse_args()
    if options.sweep_models % 125 or options.figures % 2:
        parser.error("--sweep-models is a multiple of 125, and --figures even")
    torch.set_flush_denormal(True)
    only = set(options.only)
    rounds = f"{options.rounds} rounds of trainings and {options.builds} of builds"
    print(f"doubling, {default_jobs()} cores, {rounds}; seconds of processor time")
    print(
        f"{'part':<22}{'doubled':<11}{'from, to':<16}{'base':>8}{'doubled':>9}{'ratio':>8}", end=""
    )
    print("  quartiles", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if only & set(TRAINING):
            _print(training_lines(only, options.steps, options.rounds))
        if only & set(BUILD):
            size = Size(options.figures, options.pages)
            _print(build_lines(only, size, options.builds, folder / "site"))
        if only & set(MEMORY) and not sys.platform.startswith("linux"):
            print("peak memory is left out: it is read from /proc of Linux")
        elif only & set(MEMORY):
            print("peak memory of a command and its worker, without mapped files; MB")
            _print(memory_lines(only, options.sweep_models, options.recording_mb, folder))


def _print(found: list[str]) -> None:
    print("\n".join(found), flush=True)


if __name__ == "__main__":
    main()
