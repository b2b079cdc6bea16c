"""The recipe of a figure, read again, makes the same figure of the same networks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gen.config.reader import Config, load
from gen.config.snippet import recipe
from gen.resources import starter_folder
from tests.support import small_site
from tests.support.article import article_config

HERE = Path(__file__).parents[2]
TOP = '[site]\ntitle = "A"\ndescription = "B."\nlanguages = ["en"]\npages = ["index"]\n'
FULL = (
    small_site.CONFIG.replace("[models.odd]\nseeds = 1", "[models.odd]\nseeds = [3, 5]\nshard = 2")
    .replace("[models.odd.task]", "shown = 5\n\n[models.odd.task]")
    .replace(
        "[models.sum]",
        '[models.sum.hunt]\nwhere = "gap > 1"\nseeds = 40\nfit = 3\n\n[models.sum]',
    )
    + """
[figures.odd-again]
kind = "weights"
model = "odd"
fps = 12

[sweeps.grid]
base = "odd"
seeds = [3, 4]
shard = 4

[sweeps.grid.optimiser]
l1 = 1e-4

[sweeps.grid.thresholds]
ratio = 40.0

[sweeps.grid.grid]
optimiser.pull = [
    { name = "L2", weight_decay = 1.0 },
    { name = "none", l1 = 0.0 },
]
network.hidden = [4, 8]
optimiser.learning_rate = [1e-3, 3e-3]

[figures.grid-map]
kind = "sweep-map"
sweep = "grid"
"""
)


def _again(config: Config, figure: str, folder: Path) -> Config:
    path = folder / "gen.toml"
    # Plugins are listed above all tables, and their files stand beside the config.
    listed, tables = "", recipe(config, figure)
    if tables.startswith("plugins"):
        listed, _, tables = tables.partition("\n")
        shutil.copytree(config.folder / "kinds", folder / "kinds", dirs_exist_ok=True)
    text = f"{listed}\n{TOP}{tables}"
    path.write_text(text if "[models." in text else text + "\n[models]\n")
    return load(path)


def _check(config: Config, folder: Path) -> None:
    for name, figure in config.figures.items():
        again = _again(config, name, folder)
        names = (*figure.paints, name)
        figures = {each: config.figures[each] for each in names}
        assert [each.model_dump() for each in again.figures.values()] == [
            each.model_dump() for each in figures.values()
        ]
        assert list(again.figures) == list(figures)
        for source in figure.sources:
            if source in config.models:
                assert again.models[source] == config.models[source]
            elif source in config.sweeps:
                assert again.sweeps[source] == config.sweeps[source]


@pytest.mark.parametrize("profile", [None, "preview", "full"])
def test_recipes_of_the_project_s_site_make_the_same_figures(
    profile: str | None, tmp_path: Path
) -> None:
    _check(article_config(profile), tmp_path)


def test_recipes_of_the_starter_make_the_same_figures(tmp_path: Path) -> None:
    _check(load(starter_folder() / "site" / "gen.toml"), tmp_path)


def test_a_recipe_has_every_setting_that_differs_from_its_default(tmp_path: Path) -> None:
    """Seeds, shards, the shown seed, hunts, thresholds and what choices leave as it is."""
    source = tmp_path / "source.toml"
    source.write_text(FULL)
    config = load(source)
    _check(config, tmp_path)
    written = recipe(config, "odd-again")
    assert "shown = 5" in written and "shard = 2" in written
    assert "ratio = 40.0" in recipe(config, "grid-map")
    assert "loss =" not in recipe(config, "grid-map")
