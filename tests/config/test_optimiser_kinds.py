"""The optimiser of a model is a kind of the config; sweeps may compare kinds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gen.config.reader import Config, load
from gen.config.snippet import recipe
from gen.errors import ConfigError
from gen.experiments import runs
from gen.optimisers.adamw import AdamW
from gen.optimisers.grokfast import Grokfast
from gen.optimisers.muon import Muon
from gen.optimisers.optimiser import Optimiser
from gen.optimisers.orthogonal_grad import OrthogonalGrad
from gen.optimisers.sgd import SGD
from gen.store.store import Store
from tests.conftest import Gen
from tests.support import small_site

TABLE = "learning_rate = 1e-2\nbetas = [0.9, 0.98]\nweight_decay = 0.1\n"
KINDS: dict[str, tuple[str, Optimiser]] = {
    "none": (TABLE, AdamW(learning_rate=0.01, betas=(0.9, 0.98), weight_decay=0.1)),
    "adamw": ('kind = "adamw"\nlearning_rate = 0.1\n', AdamW(learning_rate=0.1)),
    "sgd": (
        'kind = "sgd"\nlearning_rate = 0.1\nmomentum = 0.9\nnesterov = true\n',
        SGD(learning_rate=0.1, momentum=0.9, nesterov=True),
    ),
    "orthogonal-grad": (
        f'kind = "orthogonal-grad"\n{TABLE}l1 = 0.1\n',
        OrthogonalGrad(learning_rate=0.01, betas=(0.9, 0.98), weight_decay=0.1, l1=0.1),
    ),
    "grokfast": (
        'kind = "grokfast"\nlearning_rate = 0.1\nema_decay = 0.9\namplification = 5.0\n',
        Grokfast(learning_rate=0.1, ema_decay=0.9, amplification=5.0),
    ),
    "muon": (
        'kind = "muon"\nlearning_rate = 0.02\nmomentum = 0.9\nadamw_learning_rate = 0.01\n',
        Muon(learning_rate=0.02, momentum=0.9, adamw_learning_rate=0.01),
    ),
}
SITE = small_site.SUM_ALONE
PAGE = small_site.SUM_ALONE_PAGE


def _read(folder: Path, text: str) -> Config:
    small_site.write(folder, text, PAGE)
    return load(folder / "site" / "gen.toml")


@pytest.mark.parametrize("name", KINDS)
def test_a_table_has_the_settings_of_its_kind_and_a_recipe_repeats_them(
    name: str, tmp_path: Path
) -> None:
    table, expected = KINDS[name]
    config = _read(tmp_path, SITE.replace(TABLE, table))
    assert config.models["sum"].optimiser == expected
    written = recipe(config, "sum-weights")
    kind = re.search(r'\[models\.sum\.optimiser\]\n(?:kind = "(.*)"\n)?', written)
    assert kind is not None and kind[1] == (None if name in {"none", "adamw"} else name)
    top = SITE[: SITE.index("[models.sum]")]
    assert _read(tmp_path, top + written).models["sum"].optimiser == expected


@pytest.mark.parametrize(
    ("table", "where", "what"),
    [
        ('kind = "adam"\nlearning_rate = 0.1\n', "kind", 'did you mean "adamw"?'),
        ("kind = 3\nlearning_rate = 0.1\n", "kind", "3 is not a kind of optimiser"),
        ('kind = "sgd"\n', "learning_rate", "is missing"),
        ('kind = "sgd"\nlearning_rate = 0.1\nl1 = 0.1\n', "l1", "unknown key; the keys are"),
        ("learning_rate = 0.1\nmomentum = 0.9\n", "momentum", "unknown key"),
        ('kind = "sgd"\nlearning_rate = 0.1\nnesterov = true\n', "", "needs a momentum above 0"),
        ('kind = "muon"\nlearning_rate = 0.1\nmomentum = 1.0\n', "momentum", "below 1"),
        ('kind = "grokfast"\nlearning_rate = 0.1\nema_decay = -0.1\n', "ema_decay", "at least 0"),
    ],
)
def test_wrong_optimisers_are_refused_with_their_place(
    table: str, where: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=re.escape(what)) as error:
        _read(tmp_path, SITE.replace(TABLE, table))
    assert error.value.where.endswith(f"models.sum.optimiser.{where}".rstrip("."))


@pytest.mark.parametrize("name", KINDS)
def test_facts_name_the_kind_and_its_settings(name: str) -> None:
    optimiser = KINDS[name][1]
    facts = dict(optimiser.facts)
    assert facts.pop("optimiser") == ("adamw" if name == "none" else name)
    settings = optimiser.model_dump(exclude={"kind"})
    if "betas" in settings:
        settings["beta1"], settings["beta2"] = settings.pop("betas")
    assert facts == settings
    assert not any(isinstance(value, bool) for value in facts.values())


def test_a_page_quotes_the_settings_of_its_optimiser(tmp_path: Path, gen: Gen) -> None:
    table = 'kind = "muon"\nlearning_rate = 0.02\nmomentum = 0.875\n'
    page = PAGE + "\nTrained by {{sum.optimiser}} with momentum {{sum.momentum}}.\n"
    options = small_site.write(tmp_path, SITE.replace(TABLE, table), page)
    assert gen("build", *options).code == 0
    html = (tmp_path / "_site" / "index.html").read_text()
    assert "muon" in html and "0.875" in html
    facts = json.loads((tmp_path / "_site" / "data" / "facts.json").read_text())["sum"]
    assert facts["nesterov"] == 1 and facts["seeds_failed"] == 0
    assert "l1" not in facts


SWEEP = """
[sweeps.kinds]
base = "sum"
seeds = 2

[sweeps.kinds.grid]
{grid}

[figures.map]
kind = "sweep-map"
sweep = "kinds"
"""
PLAIN = SITE.replace(TABLE, "learning_rate = 1e-2\n{base}")
GRIDS: dict[str, tuple[str, str, list[Optimiser]]] = {
    "a list of kinds": (
        "",
        'optimiser.kind = ["sgd", "adamw", "muon"]',
        [SGD(learning_rate=0.01), AdamW(learning_rate=0.01), Muon(learning_rate=0.01)],
    ),
    "choices with keys of their own": (
        "weight_decay = 0.5\n",
        """optimiser.method = [
    { name = "AdamW", betas = [0.9, 0.98] },
    { name = "SGD", kind = "sgd", learning_rate = 0.1 },
]""",
        [
            AdamW(learning_rate=0.01, betas=(0.9, 0.98), weight_decay=0.5),
            SGD(learning_rate=0.1, weight_decay=0.5),
        ],
    ),
    "a key outside the grid that is a default of one kind only": (
        'kind = "sgd"\nmomentum = 0.95\n',
        """optimiser.method = [{ name = "Muon", kind = "muon" }, { name = "SGD" }]
optimiser.learning_rate = [0.1, 0.2]""",
        [
            Muon(learning_rate=0.1),
            Muon(learning_rate=0.2),
            SGD(learning_rate=0.1, momentum=0.95),
            SGD(learning_rate=0.2, momentum=0.95),
        ],
    ),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_sweep_of_kinds_has_their_optimisers_and_its_recipe_too(
    name: str, tmp_path: Path
) -> None:
    base, grid, expected = GRIDS[name]
    config = _read(tmp_path, PLAIN.replace("{base}", base) + SWEEP.replace("{grid}", grid))
    sweep = config.sweeps["kinds"]
    assert [cell.optimiser for cell in sweep.cells] == expected
    top = SITE[: SITE.index("[models.sum]")]
    again = _read(tmp_path, top + "[models]\n" + recipe(config, "map"))
    assert again.sweeps["kinds"] == sweep


def test_models_of_different_kinds_train_in_one_shard(tmp_path: Path, gen: Gen) -> None:
    base, grid, expected = GRIDS["a list of kinds"]
    text = PLAIN.replace("{base}", base) + SWEEP.replace("{grid}", grid)
    options = small_site.write(tmp_path, text, PAGE + "\n::: figure map\nThe map.\n:::\n")
    assert gen("build", *options).code == 0
    sweep = load(tmp_path / "site" / "gen.toml").sweeps["kinds"]
    (shard,) = runs.shards(sweep, "cpu")
    assert shard.ensemble.optimisers == tuple(each for each in expected for _ in range(2))
    entry = Store(tmp_path / ".gen", on_damage=print).get(runs.FAMILY, shard.key)
    assert entry is not None
    losses = runs.read(entry).metrics["train_loss"][::2, -1]
    assert len({round(float(loss), 6) for loss in losses}) == len(expected)


def test_a_changed_kind_is_named_as_the_reason_of_a_new_training(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path, SITE, PAGE)
    assert gen("train", "sum", *options).code == 0
    sgd = SITE.replace(TABLE, 'kind = "sgd"\nlearning_rate = 1e-2\nweight_decay = 0.1\n')
    small_site.write(tmp_path, sgd, PAGE)
    said = gen("train", "sum", "--dry-run", *options).out
    assert "optimiser.kind adamw -> sgd" in said
