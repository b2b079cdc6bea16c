"""A complete site that is built in seconds: two models, four figures, one page."""

from __future__ import annotations

from pathlib import Path

from gen.commands import build
from gen.config.reader import Config, load
from gen.experiments.context import TrainingContext
from gen.report import SilentReport
from gen.resources import templates_folder
from gen.site.context import BuildContext
from gen.store.store import Store
from tests.support.inline_executor import InlineExecutor

_SITE = """
[site]
title = "Small site"
description = "Two small networks."
languages = ["en"]
pages = ["index"]

"""
_SUM = """[models.sum]
seeds = 3
shard = 2

[models.sum.task]
kind = "modular"
modulus = 11
train_share = 0.6

[models.sum.network]
kind = "embedded"
embedding = "learned"
width = 12
hidden = 6

[models.sum.optimiser]
learning_rate = 1e-2
betas = [0.9, 0.98]
weight_decay = 0.1

[models.sum.training]
steps = 60
log_every = 5
snapshot_every = 10

"""
_ODD = """[models.odd]
seeds = 1

[models.odd.task]
kind = "sparse-parity"
bits = 6
signal_bits = 2
train_rows = 40
test_rows = 50

[models.odd.network]
kind = "perceptron"
hidden = 8

[models.odd.optimiser]
learning_rate = 3e-3

[models.odd.training]
steps = 50
log_every = 5
snapshot_every = 10

"""
_SUM_FIGURES = """[figures.sum-weights]
kind = "weights"
model = "sum"
fps = 5

[figures.sum-accuracy]
kind = "accuracy"
model = "sum"

"""
_ODD_FIGURES = """[figures.odd-weights]
kind = "weights"
model = "odd"
fps = 5

[figures.odd-loss]
kind = "loss"
model = "odd"
"""
CONFIG = _SITE + _SUM + _ODD + _SUM_FIGURES + _ODD_FIGURES
SUM_ALONE = _SITE + _SUM + _SUM_FIGURES
"""The same without the model whose training needs compilation."""

PAGE = """+++
title = "Small site"
description = "Two small networks."
layout = "landing"
picture = "sum-weights"
+++

Trained on {{sum.train_rows}} rows for {{sum.steps}} steps.

::: figure sum-weights
The weights.
:::

::: figure odd-loss
The loss.
:::
"""


SUM_ALONE_PAGE = PAGE.partition("::: figure odd-loss")[0]


def write(folder: Path, config: str = CONFIG, page: str = PAGE) -> list[str | Path]:
    """Write the sources of the site; return the options that build it in `folder`."""
    pages = folder / "site" / "pages" / "en"
    pages.mkdir(parents=True, exist_ok=True)
    (folder / "site" / "gen.toml").write_text(config)
    (pages / "index.md").write_text(page)
    return [
        *("--config", folder / "site" / "gen.toml"),
        *("--store", folder / ".gen"),
        *("--output", folder / "_site"),
    ]


def build_here(folder: Path, config: str = CONFIG, page: str = PAGE) -> None:
    """Write and build the site in `folder`, in this process."""
    write(folder, config, page)
    build.build(context_of(folder))


def context_of(folder: Path) -> BuildContext:
    """Return the context of a silent build of the site in `folder` with one job."""
    return context_of_config(load(folder / "site" / "gen.toml"), folder)


def context_of_config(config: Config, folder: Path) -> BuildContext:
    """Return the context of a silent build of `config` in `folder` with one job."""
    return BuildContext(
        config=config,
        training=TrainingContext(
            Store(folder / ".gen", on_damage=print), SilentReport(), executor=InlineExecutor
        ),
        output=folder / "_site",
        templates=templates_folder(),
    )
