"""A small site of any size, written into a folder, and the seconds of its build."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from gen.site.orders import FAMILY

_MODEL = """
[models.m{number}]
seeds = 1

[models.m{number}.task]
kind = "sparse-parity"
bits = 8
signal_bits = 2
train_rows = {rows}
test_rows = 200

[models.m{number}.network]
kind = "perceptron"
hidden = 8

[models.m{number}.optimiser]
learning_rate = 3e-3
l1 = 1e-4

[models.m{number}.training]
steps = 400
log_every = 10
snapshot_every = 20
"""
_FIGURES = """
[figures.weights-{number}]
kind = "weights"
model = "m{number}"

[figures.loss-{number}]
kind = "loss"
model = "m{number}"
"""
_PROSE = """
A network of {{{{m{number}.hidden}}}} neurons reads {{{{m{number}.bits}}}} bits. It
trains on {{{{m{number}.train_rows}}}} rows for {{{{m{number}.steps}}}} steps and answers
{{{{m{number}.final_train_accuracy:percent}}}} of them, with a loss of
$\\\\frac{{1}}{{n}} \\\\sum_i -\\\\log p_i$ as in [the first page](index.md).
"""


@dataclass(frozen=True)
class Size:
    """How much a site has of what can be doubled.

    Attributes:
        figures: half of them are films, and half are charts.
        pages: pages in each language.
        languages: 1 or 2.
        period: number of pages that show each figure once; further pages show them again.
    """

    figures: int
    pages: int
    languages: int = 1
    period: int | None = None

    def doubled(self, what: str) -> Size:
        """Return a size with twice as many `figures`, `pages` or `languages`."""
        return replace(self, **{what: 2 * getattr(self, what), "period": self.period or self.pages})


class BuiltSite:
    """A site of some size; sites in one folder share their models, and a store.

    Args:
        folder: holds the store, and a folder for each site.
        most: number of models of every site of this folder.
    """

    def __init__(self, folder: Path, size: Size, most: int) -> None:
        name = f"{size.figures}-{size.pages}-{size.languages}"
        self._store, self.sources = folder / ".gen", folder / name / "site"
        self._output = folder / name / "_site"
        self._edits = 0
        self._pages: list[Path] = []
        self._write(size, most)

    def _write(self, size: Size, most: int) -> None:
        languages = ("en", "zh")[: size.languages]
        names = ["index", *(f"page-{number}" for number in range(1, size.pages))]
        tables = [
            "[site]",
            'title = "Small site"\ndescription = "Small networks."',
            f"languages = {list(languages)}\npages = {names}",
            *(_MODEL.format(number=number, rows=200 + number) for number in range(most)),
            *(_FIGURES.format(number=number) for number in range(size.figures // 2)),
        ]
        self.sources.mkdir(parents=True)
        (self.sources / "gen.toml").write_text("\n".join(tables))
        ids = [f"{kind}-{n}" for n in range(size.figures // 2) for kind in ("weights", "loss")]
        period = size.period or size.pages
        for language in languages:
            pages = self.sources / "pages" / language
            pages.mkdir(parents=True)
            for place, name in enumerate(names):
                path = pages / f"{name}.md"
                path.write_text(_page(name, ids[place % period :: period], most))
                self._pages.append(path)

    def train(self) -> None:
        """Train all models."""
        self._run("train")

    def seconds_without_films(self) -> float:
        """Return seconds of a build that finds all models trained, and neither films nor site."""
        shutil.rmtree(self._store / FAMILY, ignore_errors=True)
        shutil.rmtree(self._output, ignore_errors=True)
        return self._run("build")

    def seconds_of_stale_pages(self) -> float:
        """Return seconds of a build after an edit of every page."""
        self._edits += 1
        for path in self._pages:
            path.write_text(f"{path.read_text()}\nEdit {self._edits} of this page.\n")
        return self._run("build")

    def _run(self, command: str) -> float:
        options = ("--config", self.sources / "gen.toml", "--store", self._store)
        return seconds_of([*gen_command(command), *options, "--output", self._output])


def gen_command(name: str) -> list[str]:
    """Return a command of this tool that logs nothing and has one job."""
    return [sys.executable, "-m", "gen.cli", name, "--quiet", "--jobs", "1"]


def seconds_of(command: Sequence[str | Path]) -> float:
    """Return the processor time of a command and its workers in seconds; it must succeed."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _page(name: str, figures: Sequence[str], models: int) -> str:
    """Return the text of a page: a paragraph on every model, and figures."""
    parts = [
        f'+++\ntitle = "{name}"\ndescription = "Small networks."\n+++',
        *(_PROSE.format(number=number).replace("\\\\", "\\") for number in range(models)),
        *(f"::: figure {figure}\nA figure.\n:::" for figure in figures),
    ]
    return "\n\n".join(parts) + "\n"
