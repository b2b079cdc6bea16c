"""A site with plugins: a task with a helper, a film with a helper, and a model without plugins."""

from __future__ import annotations

from pathlib import Path

SITE = """plugins = ["kinds/clock.py", "kinds/plain.py"]

[site]
title = "With plugins"
description = "A task and a film of its own."
languages = ["en"]
pages = ["index"]
"""

TASK = '''"""The hour after a number of hours on a clock."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from gen.seeding import Purpose, stream
from gen.tasks import Data, Rows, Task

from . import hours


class Clock(Task):
    """All pairs of hours."""

    kind: Literal["clock"] = "clock"
    size: Annotated[int, Field(ge=2, le=24)]

    @property
    def inputs(self) -> int:
        return 2 * self.size

    @property
    def outputs(self) -> int:
        return self.size

    @property
    def rows(self) -> tuple[int, int]:
        train = self.size**2 * 2 // 3
        return train, self.size**2 - train

    def draw(self, seed: int) -> Data:
        order = stream(seed, Purpose.TRAIN).permutation(self.size**2)
        train, _ = self.rows
        return Data(self._rows(order[:train]), self._rows(order[train:]))

    def _rows(self, pairs: np.ndarray) -> Rows:
        first, second = np.divmod(pairs, self.size)
        number = np.eye(self.size, dtype=np.float32)
        inputs = np.concatenate([number[first], number[second]], axis=1)
        return Rows(inputs[None], hours.later(first, second, self.size)[None])
'''
TASK_HELPER = '''"""Hours."""


def later(first, second, size):
    """The sum on the clock."""
    return (first + second) % size
'''
FILM = '''"""A film of weights with a fixed limit."""

from __future__ import annotations

from typing import Literal

from gen.figures.weights import Weights

from .limits import DEEPEST


class Plain(Weights):
    """Weights up to a fixed limit."""

    kind: Literal["plain"] = "plain"

    def _limit(self, run):
        return DEEPEST
'''
FILM_HELPER = "DEEPEST = 1.5\n"

FILES = {
    "kinds/clock.py": TASK,
    "kinds/hours.py": TASK_HELPER,
    "kinds/plain.py": FILM,
    "kinds/limits.py": FILM_HELPER,
}

_MODEL = """
[models.{name}]
seeds = 1

[models.{name}.task]
{task}

[models.{name}.network]
kind = "perceptron"
hidden = 4

[models.{name}.optimiser]
learning_rate = 1e-2

[models.{name}.training]
steps = 8
log_every = 4
snapshot_every = 4
"""
CLOCK = _MODEL.format(name="clock", task='kind = "clock"\nsize = 5')
SUM = _MODEL.format(name="sum", task='kind = "modular"\nmodulus = 5\ntrain_share = 0.6')

_FILM = """
[figures.{name}]
kind = "{kind}"
model = "{model}"
fps = 5
"""
FILMS = "".join(
    _FILM.format(name=f"{model}-{kind}", kind=kind, model=model)
    for model in ("clock", "sum")
    for kind in ("weights", "plain")
)
CONFIG = SITE + CLOCK + SUM + FILMS
CHART = '\n[figures.clock-loss]\nkind = "loss"\nmodel = "clock"\n'

PAGE = """+++
title = "With plugins"
description = "A task and a film of its own."
+++

{{clock.train_rows}} pairs.
"""


def write(folder: Path, config: str = CONFIG, page: str = PAGE) -> list[str | Path]:
    """Write the sources of the site; return the options that build it in `folder`."""
    site = folder / "site"
    (site / "pages" / "en").mkdir(parents=True, exist_ok=True)
    (site / "pages" / "en" / "index.md").write_text(page)
    (site / "gen.toml").write_text(config)
    for name, code in FILES.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(code)
    return [
        *("--config", site / "gen.toml"),
        *("--store", folder / ".gen"),
        *("--output", folder / "_site"),
    ]
