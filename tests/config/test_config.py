"""Reading of the config: values, profiles, and one-line errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gen.config.reader import load, load_profiles
from gen.errors import ConfigError
from gen.networks.embedded import Embedded
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from tests.conftest import Gen, tree

SITE = Path(__file__).parents[2] / "site" / "gen.toml"

SMALL = """
[site]
title = "Small"
description = "A small site."
languages = ["en"]
pages = ["index"]

[models.sum]
seeds = 2

[models.sum.task]
kind = "modular"
modulus = 17
train_share = 0.5

[models.sum.network]
kind = "embedded"
embedding = "learned"
width = 16
hidden = 8

[models.sum.optimiser]
learning_rate = 1e-3
betas = [0.9, 0.98]
weight_decay = 1.0

[models.sum.training]
steps = 40
log_every = 10
snapshot_every = 10

[figures.sum-weights]
kind = "weights"
model = "sum"

[profiles.preview.models.sum.training]
steps = 20
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "gen.toml"
    path.write_text(SMALL)
    return path


def test_the_config_and_all_profiles_of_this_site_are_valid() -> None:
    configs = load_profiles(SITE)
    assert set(configs) == {None, "preview", "full"}
    for config in configs.values():
        assert {"parity", "modular", "five-neurons"} <= config.models.keys()
        assert configs[None].figures.keys() == config.figures.keys()


def test_a_model_has_the_values_of_its_table(small: Path) -> None:
    model = load(small).models["sum"]
    assert model.task == Modular(modulus=17, train_share=0.5)
    assert model.network == Embedded(embedding="learned", width=16, hidden=8)
    assert model.optimiser == AdamW(learning_rate=1e-3, betas=(0.9, 0.98), weight_decay=1.0)
    assert model.seeds == (0, 1)
    assert model.training.steps == 40


def test_a_profile_replaces_only_the_keys_that_it_names(small: Path) -> None:
    plain, preview = load(small), load(small, "preview")
    assert preview.models["sum"].training.steps == 20
    assert preview.models["sum"].training.log_every == 10
    assert preview.site == plain.site
    assert preview.figures == plain.figures


def test_listed_seeds_are_divided_into_shards_in_order(small: Path) -> None:
    small.write_text(SMALL.replace("seeds = 2", "seeds = [5, 3, 9]\nshard = 2"))
    model = load(small).models["sum"]
    assert [ensemble.seeds for _, ensemble in model.shards] == [(5, 3), (9,)]


BAD: dict[str, tuple[str | bytes, str, str]] = {
    "empty file": ("", "gen.toml", "the file is empty"),
    "not UTF-8": (b"title = '\xff'", "gen.toml", "byte 9 is not UTF-8"),
    "not TOML": (SMALL.replace("[site]", "[site"), "gen.toml", "not valid TOML"),
    "a table written twice": (SMALL + "\n[models.sum]\nseeds = 1\n", "gen.toml", "twice"),
    "a key written twice": (
        SMALL.replace("modulus = 17", "modulus = 17\nmodulus = 19"),
        "gen.toml",
        "overwrite",
    ),
    "a part missing": (SMALL[: SMALL.index("[figures")], "gen.toml", "[figures] is missing"),
    "an unknown part": (SMALL + "\n[figure.x]\n", "figure", 'did you mean "figures"?'),
    "an unknown key": (
        SMALL.replace("log_every", "log_evry"),
        "models.sum.training.log_evry",
        'did you mean "log_every"?',
    ),
    "an unknown key of the site": (
        SMALL.replace("title", "tittle"),
        "site.tittle",
        'did you mean "title"?',
    ),
    "a wrong type": (
        SMALL.replace("steps = 40", 'steps = "many"'),
        "models.sum.training.steps",
        '"many"',
    ),
    "a number that is not whole": (
        SMALL.replace("modulus = 17", "modulus = 17.5"),
        "models.sum.task.modulus",
        "17.5",
    ),
    "not a number": (
        SMALL.replace("1e-3", "nan"),
        "models.sum.optimiser.learning_rate",
        "NaN is not a finite number",
    ),
    "infinity": (
        SMALL.replace("weight_decay = 1.0", "weight_decay = inf"),
        "models.sum.optimiser.weight_decay",
        "finite",
    ),
    "a negative number": (
        SMALL.replace("steps = 40", "steps = -5"),
        "models.sum.training.steps",
        "-5 is out of range; it must be at least 1",
    ),
    "a share above one": (
        SMALL.replace("train_share = 0.5", "train_share = 1.5"),
        "models.sum.task.train_share",
        "it must be below 1",
    ),
    "a missing key": (
        SMALL.replace("hidden = 8\n", ""),
        "models.sum.network.hidden",
        "is missing; add hidden",
    ),
    "a missing table": (
        SMALL.replace("[models.sum.optimiser]", "[models.sum.training.optimiser]"),
        "models.sum",
        "optimiser is missing",
    ),
    "an unknown kind of task": (
        SMALL.replace('"modular"', '"modulo"'),
        "models.sum.task.kind",
        'did you mean "modular"?',
    ),
    "an unknown kind of figure": (
        SMALL.replace('"weights"', '"wieghts"'),
        "figures.sum-weights.kind",
        'did you mean "weights"?',
    ),
    "a figure of a missing model": (
        SMALL.replace('model = "sum"', 'model = "sun"'),
        "figures.sum-weights.model",
        'there is no model "sun"; did you mean "sum"?',
    ),
    "ten million models": (
        SMALL.replace("seeds = 2", "seeds = 10_000_000"),
        "models.sum.seeds",
        "at most 100,000",
    ),
    "a seed listed twice": (
        SMALL.replace("seeds = 2", "seeds = [1, 2, 1]"),
        "models.sum.seeds",
        "seed 1 is listed twice",
    ),
    "a shown seed that is not trained": (
        SMALL.replace("seeds = 2", "seeds = 2\nshown = 7"),
        "models.sum.shown",
        "seed 7 is not among the seeds",
    ),
    "a page outside the site": (
        SMALL.replace('["index"]', '["index", "../../etc/passwd"]'),
        "site.pages.1",
        "not the name of a page inside the site",
    ),
    "a page listed twice": (
        SMALL.replace('["index"]', '["index", "index"]'),
        "site.pages",
        '"index" is listed twice',
    ),
    "a figure of all seeds with each of them": (
        SMALL.replace(
            "[profiles",
            '[figures.all]\nkind = "seeds"\nmodel = "sum"\nevery_seed = true\n\n[profiles',
        ),
        "figures.all",
        "every_seed is for the figures that show one",
    ),
    "every seed of a sweep": (
        SMALL.replace(
            "[profiles",
            '[sweeps.s]\nbase = "sum"\nseeds = 1\n[sweeps.s.grid]\n'
            "network.hidden = [4, 8]\n[figures.map]\n"
            'kind = "sweep-map"\nsweep = "s"\nevery_seed = true\n\n[profiles',
        ),
        "figures.map.every_seed",
        "unknown key",
    ),
    "a missing page": (
        SMALL.replace('["index"]', '["index", "absent"]'),
        "absent.md",
        "there is no such page",
    ),
    "an id that is no file's name": (
        SMALL.replace("[figures.sum-weights]", '[figures."../weights"]'),
        "figures.../weights",
        "cannot be an id",
    ),
    "more memory than there is": (
        SMALL.replace("steps = 40", "steps = 100_000_000").replace(
            "snapshot_every = 10\n\n[fig", "snapshot_every = 1\n\n[fig"
        ),
        "models.sum.training.snapshot_every",
        "GiB",
    ),
    "more logged steps than a curve can show": (
        SMALL.replace("steps = 40", "steps = 100_000_000")
        .replace("log_every = 10", "log_every = 1")
        .replace("snapshot_every = 10", "snapshot_every = 100_000_000"),
        "models.sum.training.log_every",
        "100,000,002 times; at most 100,000",
    ),
    "an interval of more steps than can be trained": (
        SMALL.replace("log_every = 10", "log_every = 9223372036854775808"),
        "models.sum.training.log_every",
        "at most 100,000,000",
    ),
    "rows and neurons that fill the memory": (
        SMALL.replace(
            'kind = "modular"\nmodulus = 17\ntrain_share = 0.5',
            'kind = "sparse-parity"\nbits = 9\nsignal_bits = 2\n'
            "train_rows = 1_000_000\ntest_rows = 9",
        ).replace(
            'kind = "embedded"\nembedding = "learned"\nwidth = 16\nhidden = 8',
            'kind = "perceptron"\nhidden = 65_536',
        ),
        "models.sum.network",
        "of memory; use fewer neurons, rows or snapshots",
    ),
    "snapshots whose copies fill the memory": (
        SMALL.replace(
            'kind = "modular"\nmodulus = 17\ntrain_share = 0.5',
            'kind = "sparse-parity"\nbits = 9\nsignal_bits = 2\n'
            "train_rows = 1_000_000\ntest_rows = 9",
        )
        .replace(
            'kind = "embedded"\nembedding = "learned"\nwidth = 16\nhidden = 8',
            'kind = "perceptron"\nhidden = 400',
        )
        .replace("steps = 40", "steps = 99_990")
        .replace("snapshot_every = 10\n\n[fig", "snapshot_every = 1\n\n[fig"),
        "models.sum.network",
        "of memory; use fewer neurons, rows or snapshots",
    ),
    "a network that fills the memory": (
        SMALL.replace("width = 16\nhidden = 8", "width = 8192\nhidden = 65_536"),
        "models.sum.network",
        "of memory",
    ),
    "more seeds in a list than can be trained": (
        SMALL.replace("seeds = 2", f"seeds = {list(range(100_001))}"),
        "gen.toml: models.sum.seeds: [",
        "at most 100000 items",
    ),
    "a profile whose name a terminal would obey": (
        SMALL + '\n[profiles."\\u001b[31mred"]\nsite = 5\n',
        "profiles.\\x1b[31mred.site",
        "5 is not a table",
    ),
    "an embedding that does not fit the task": (
        SMALL.replace(
            'kind = "modular"\nmodulus = 17\ntrain_share = 0.5',
            'kind = "sparse-parity"\nbits = 9\nsignal_bits = 2\ntrain_rows = 9\ntest_rows = 9',
        ),
        "models.sum.network",
        "as many inputs as outputs",
    ),
    "a broken profile that is not in use": (
        SMALL.replace("steps = 20", "steps = 0"),
        "profiles.preview.models.sum.training.steps",
        "at least 1",
    ),
    "a profile that adds a new part": (
        SMALL + "\n[profiles.other.extra]\n",
        "profiles.other.extra",
        "cannot add a new part",
    ),
    "a whole number of five thousand digits": (
        SMALL.replace("steps = 40", f"steps = {'9' * 5000}"),
        "gen.toml",
        "",
    ),
    "tables nested a thousand deep": (
        SMALL + f"\n[site.x{'.x' * 2000}]\n",
        "gen.toml",
        "",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_an_invalid_config_is_a_one_line_error_with_code_2_and_changes_nothing(
    name: str, tmp_path: Path, gen: Gen
) -> None:
    content, where, what = BAD[name]
    path = tmp_path / "gen.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "pages" / "en").mkdir(parents=True)
    (tmp_path / "pages" / "en" / "index.md").write_text("# Small\n")
    for kept in (".gen", "_site"):
        (tmp_path / kept).mkdir()
        (tmp_path / kept / "kept.txt").write_text("as it was")
    before = tree(tmp_path)
    outcome = gen(
        "build",
        *("--config", path, "--store", tmp_path / ".gen", "--output", tmp_path / "_site"),
    )
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1, outcome.err
    assert outcome.err.startswith("gen: ") and str(tmp_path) in outcome.err
    assert where in outcome.err and what in outcome.err
    assert len(outcome.err) < 400
    assert tree(tmp_path) == before


def test_an_unknown_profile_is_refused_with_the_closest_name(small: Path) -> None:
    with pytest.raises(ConfigError, match='did you mean "preview"'):
        load(small, "preveiw")


def test_the_error_for_a_missing_config_names_the_option(tmp_path: Path, gen: Gen) -> None:
    outcome = gen("status", "--config", tmp_path / "none.toml")
    assert outcome.code == 2
    assert "there is no such file" in outcome.err and "--config" in outcome.err


def test_reading_the_config_of_this_site_imports_no_heavy_library() -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom gen.config.reader import load\n"
        f"load(Path({str(SITE)!r}))\n"
        "print({'torch', 'numba', 'matplotlib', 'PIL', 'imageio'} & set(sys.modules))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
