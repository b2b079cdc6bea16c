"""Keys: everything that can change a result changes its key, and nothing else does."""

from __future__ import annotations

import ast
import itertools
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen.config.reader import load
from gen.experiments import runs
from gen.figures.figure import figure_kinds
from gen.networks.network import Network
from gen.optimisers.optimiser import Optimiser
from gen.resources import PACKAGE, templates_folder
from gen.settings import kinds
from gen.site.films import FilmOrder
from gen.site.results import read_sweeps
from gen.site.sources import Sources
from gen.store import code_digest
from gen.tasks.task import Task
from gen.training.loop import Ensemble, Training
from tests.conftest import CountTried
from tests.support import small_site

GEN = PACKAGE
OF_A_RUN = ("task", "network", "optimiser", "training")
"""The tables of a model that its runs depend on."""

MODELS: dict[str, dict[str, Any]] = {
    "sum": {
        "seeds": 3,
        "shard": 2,
        "task": {"kind": "modular", "modulus": 11, "train_share": 0.6},
        "network": {"kind": "embedded", "embedding": "learned", "width": 12, "hidden": 6},
        "optimiser": {"learning_rate": 0.01},
        "training": {"steps": 60, "log_every": 5, "snapshot_every": 10},
    },
    "odd": {
        "seeds": 2,
        "task": {"kind": "sparse-parity", "bits": 6, "signal_bits": 2}
        | {"train_rows": 40, "test_rows": 50},
        "network": {"kind": "perceptron", "hidden": 8},
        "optimiser": {"learning_rate": 0.003},
        "training": {"steps": 50, "log_every": 5, "snapshot_every": 10},
    },
    "pairs": {
        "seeds": 1,
        "task": {"kind": "modular", "ordered": True, "modulus": 7, "train_share": 0.6},
        "network": {"kind": "transformer", "width": 8, "heads": 2, "hidden": 6},
        "optimiser": {"learning_rate": 0.003},
        "training": {"steps": 50, "log_every": 5, "snapshot_every": 10},
    },
    "fits": {
        "seeds": 2,
        "task": {"kind": "modular", "ordered": True, "modulus": 7, "train_share": 0.6},
        "network": {"kind": "kernel-machine"},
        "optimiser": {"kind": "sgd", "learning_rate": 1.0},
        "training": {
            "steps": 5,
            "log_every": 1,
            "snapshot_every": 1,
            "loss": "mean-squared-error",
        },
    },
}
CHANGES: dict[str, Any] = {
    "sum.task.operation": "multiply",
    "sum.task.ordered": True,
    "sum.task.modulus": 13,
    "sum.task.train_share": 0.5,
    "sum.network.embedding": "circle",
    "sum.network.width": 13,
    "sum.network.hidden": 7,
    "sum.network.activation": "square",
    "sum.network.unembedding": "own",
    "sum.network.projections": "tied",
    "sum.network.into": "collapsed",
    "sum.network.out": "collapsed",
    "odd.task.bits": 7,
    "odd.task.signal_bits": 3,
    "odd.task.train_rows": 41,
    "odd.task.test_rows": 51,
    "pairs.network.width": 12,
    "pairs.network.heads": 4,
    "pairs.network.hidden": 7,
    "pairs.network.pictured_neurons": [2],
    "fits.network.power": 1.0,
    "fits.network.ridge": 0.1,
    "odd.network.hidden": 9,
    "odd.network.activation": "square",
    **{
        f"{model}.{key}": value
        for model in ("sum", "odd")
        for key, value in {
            "optimiser.learning_rate": 0.02,
            "optimiser.betas": [0.9, 0.99],
            "optimiser.weight_decay": 0.5,
            "optimiser.l1": 0.001,
            "training.steps": 70,
            "training.log_every": 10,
            "training.snapshot_every": 5,
            "training.snapshots_log": 5,
            "training.snapshots_at": [10, 20],
            "training.batch_size": 7,
            "training.loss": "stablemax",
            "seeds": [0, 1, 5],
            "shard": 1,
        }.items()
    },
}
"""A different value for every key of a model, by dotted path."""

ADAMW = {"learning_rate": 0.02, "betas": [0.8, 0.99], "weight_decay": 0.5, "l1": 0.001}
OPTIMISERS: dict[str, dict[str, Any]] = {
    "adamw": ADAMW,
    "grokfast": {**ADAMW, "ema_decay": 0.9, "amplification": 3.0},
    "muon": {
        "learning_rate": 0.03,
        "momentum": 0.8,
        "nesterov": False,
        "weight_decay": 0.5,
        "adamw_learning_rate": 0.1,
        "betas": [0.8, 0.99],
    },
    "orthogonal-grad": ADAMW,
    "sgd": {"learning_rate": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.5},
}
"""A different value for every key of every kind of optimiser."""


def config_of(models: dict[str, Any]) -> str:
    tables = tomlkit.parse(small_site.CONFIG).unwrap()
    return tomlkit.dumps(tables | {"models": models})


def run_keys(folder: Path, models: dict[str, Any], device: str = "cpu") -> dict[str, list[str]]:
    path = folder / "site" / "gen.toml"
    path.write_text(config_of(models))
    return {
        name: [shard.key for shard in runs.shards(model, device)]
        for name, model in load(path).models.items()
    }


def changed(place: str, value: Any) -> dict[str, Any]:
    models = json.loads(json.dumps(MODELS))
    *tables, key = place.split(".")
    table = models
    for name in tables:
        table = table[name]
    table[key] = value
    if value == "circle":
        del table["width"]
    if key.startswith("snapshots_"):
        del table["snapshot_every"]
    return models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small_site.write(tmp_path)
    return tmp_path


def test_this_test_has_another_value_for_every_key_of_every_kind_of_model() -> None:
    for family, part in (("gen.tasks", "task"), ("gen.networks", "network")):
        for kind, table in kinds(family, {"task": Task, "network": Network}[part]).items():
            model = next(m for m in MODELS if MODELS[m][part]["kind"] == kind)
            for key in table.model_fields.keys() - {"kind"}:
                assert f"{model}.{part}.{key}" in CHANGES
    for key in Training.model_fields:
        assert f"sum.training.{key}" in CHANGES
    for kind, table in kinds("gen.optimisers", Optimiser).items():
        assert OPTIMISERS[kind].keys() == table.model_fields.keys() - {"kind"}


@pytest.mark.parametrize("place", CHANGES)
def test_every_key_of_a_model_changes_the_keys_of_its_runs_and_of_no_others(
    folder: Path, place: str, count_tried: CountTried
) -> None:
    before, after = run_keys(folder, MODELS), run_keys(folder, changed(place, CHANGES[place]))
    model, _, key = place.partition(".")
    other = "odd" if model == "sum" else "sum"
    assert before[model] != after[model]
    assert before[other] == after[other]
    if key.split(".")[0] in OF_A_RUN:
        assert not set(before[model]) & set(after[model])
    count_tried("keys of the config changed", 1)


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_the_kind_of_optimiser_and_every_key_of_it_change_the_keys_of_its_runs(
    folder: Path, kind: str
) -> None:
    table: dict[str, Any] = {"kind": kind, "learning_rate": 0.01}
    if kind == "sgd":
        table["momentum"] = 0.9
    tables = [table, *({**table, key: value} for key, value in OPTIMISERS[kind].items())]
    if kind != "adamw":
        tables.append({"learning_rate": 0.01})
    found = [run_keys(folder, changed("sum.optimiser", each))["sum"] for each in tables]
    assert len({key for keys in found for key in keys}) == len(tables) * len(found[0])


def test_a_table_without_a_kind_and_one_of_adamw_are_the_same_run(folder: Path) -> None:
    named = changed("sum.optimiser", {"kind": "adamw", "learning_rate": 0.01})
    assert run_keys(folder, named) == run_keys(folder, MODELS)


def test_the_device_is_part_of_the_key_of_a_run(folder: Path) -> None:
    before, after = run_keys(folder, MODELS), run_keys(folder, MODELS, "cuda")
    assert not set(before["sum"]) & set(after["sum"])


@st.composite
def _shuffled(draw: st.DrawFn, table: dict[str, Any]) -> dict[str, Any]:
    names = draw(st.permutations(list(table)))
    return {
        name: draw(_shuffled(table[name])) if isinstance(table[name], dict) else table[name]
        for name in names
    }


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_shuffled(MODELS))
def test_the_order_of_tables_and_keys_does_not_change_the_key(
    folder: Path, models: dict[str, Any]
) -> None:
    assert run_keys(folder, models) == run_keys(folder, MODELS)


def site_key(folder: Path) -> str:
    return Sources.gather(small_site.context_of(folder)).key


SWEPT = """
[sweeps.grid]
base = "odd"
seeds = 1

[sweeps.grid.grid]
optimiser.weight_decay = [0.0, 1.0]
task.train_rows = [20, 30]
"""
SWEEP_CHANGES = {
    "a threshold": (
        "[sweeps.grid.grid]",
        "[sweeps.grid.thresholds]\nloss = 3.0\n\n[sweeps.grid.grid]",
    ),
    "the order of values": ("[0.0, 1.0]", "[1.0, 0.0]"),
    "the order of axes": (
        "optimiser.weight_decay = [0.0, 1.0]\ntask.train_rows = [20, 30]",
        "task.train_rows = [20, 30]\noptimiser.weight_decay = [0.0, 1.0]",
    ),
}


@pytest.mark.parametrize("change", SWEEP_CHANGES)
def test_how_a_sweep_is_read_changes_the_keys_of_its_films_and_of_the_site(
    folder: Path, change: str
) -> None:
    def keys(sweep: str) -> tuple[Any, str]:
        (folder / "site" / "gen.toml").write_text(small_site.CONFIG + sweep)
        context = small_site.context_of(folder)
        return read_sweeps(context)["grid"].key, Sources.gather(context).key

    before, after = keys(SWEPT), keys(SWEPT.replace(*SWEEP_CHANGES[change]))
    assert before[0] != after[0] and before[1] != after[1]


def test_a_profile_is_part_of_the_key(folder: Path) -> None:
    config = folder / "site" / "gen.toml"
    config.write_text(f"{config.read_text()}\n[profiles.same]\n")
    plain = small_site.context_of(folder)
    same = replace(plain, config=load(config, "same"))
    assert Sources.gather(plain).key != Sources.gather(same).key


def test_a_custom_encoder_is_part_of_the_key_of_a_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = figure_kinds()["weights"](model="odd")
    order = FilmOrder(name="film", figure=figure, subject=None, source_key={})
    before = order.key
    encoder = tmp_path / "encoder"
    found = set()
    for content in ("one", "another"):
        encoder.write_text(content)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(encoder))
        found.add(replace(order).key)
    assert len(found | {before}) == 3


def test_an_edit_after_the_sources_were_read_changes_the_key(folder: Path, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(templates_folder(), templates)
    context = replace(small_site.context_of(folder), templates=templates)
    read = Sources.gather(context)
    (templates / "page.html.jinja").write_text("edited")
    assert read.key != Sources.gather(context).key


SITE_CHANGES = {
    "a word of a page": ("site/pages/en/index.md", "The loss.", "The losses."),
    "the title": ("site/gen.toml", 'title = "Small site"', 'title = "A site"'),
    "a figure": ("site/gen.toml", 'kind = "loss"', 'kind = "accuracy"'),
    "the shown seed": ("site/gen.toml", "seeds = 3", "seeds = 3\nshown = 1"),
    "a training": ("site/gen.toml", "steps = 60", "steps = 70"),
    "an asset": ("site/assets/mine.css", "", "p {}"),
    "a reference": ("site/references.toml", "", "# nothing yet"),
    "a synonym": ("site/synonyms.toml", "", 'loss = ["loss", "cost"]'),
}


@pytest.mark.parametrize("change", SITE_CHANGES)
def test_every_source_of_a_site_changes_its_key(folder: Path, change: str) -> None:
    before = site_key(folder)
    name, old, new = SITE_CHANGES[change]
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.read_text().replace(old, new, 1) if path.exists() else new)
    assert site_key(folder) != before


def test_another_version_of_the_tool_writes_another_site(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = site_key(folder)
    monkeypatch.setattr("gen.site.sources.__version__", "99")
    assert site_key(folder) != before


def test_file_times_modes_paths_and_comments_do_not_change_the_key(
    folder: Path, tmp_path: Path
) -> None:
    before = site_key(folder)
    config = folder / "site" / "gen.toml"
    config.write_text("# A comment.\n\n" + config.read_text().replace(" = ", "   =  "))
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    config.chmod(0o600)
    assert site_key(folder) == before
    there = tmp_path / "another place"
    shutil.copytree(folder / "site", there / "site")
    assert site_key(there) == before


class Tampered:
    """Digests of the package with one module replaced."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._sources: dict[Path, bytes] = {}
        original = Path.read_bytes

        def read_bytes(path: Path) -> bytes:
            return self._sources.get(path) or original(path)

        monkeypatch.setattr(Path, "read_bytes", read_bytes)
        # The files themselves stay, and so does their compiled code, which is of the true sources.
        monkeypatch.setattr(code_digest, "_raise_if_pyc_differs", lambda source: None)

    def digest(self, modules: tuple[str, ...], sources: dict[Path, str]) -> str:
        return self.during(sources, lambda: code_digest.code_digest(*modules))

    def during(self, sources: dict[Path, str], compute: Callable[[], str]) -> str:
        """Return what is computed while these files have other contents."""
        self._sources = {path: text.encode() for path, text in sources.items()}
        code_digest.clear_cache()
        try:
            return compute()
        finally:
            code_digest.clear_cache()


@pytest.fixture
def tampered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tampered]:
    yield Tampered(monkeypatch)
    code_digest.clear_cache()


TRAINED_BY = (
    "gen.training.loop",
    "gen.tasks.modular",
    "gen.networks.embedded",
    "gen.optimisers.adamw",
)


def followed(*modules: str) -> dict[str, Path]:
    """Return the modules that a digest covers, with their files."""
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            below = GEN.joinpath(*name.split(".")[1:])
            found[name] = below.with_suffix(".py") if not below.is_dir() else below / "__init__.py"
            waiting += code_digest._module_digest(name)[1]
    return found


def mutated(source: str, chance: random.Random) -> str:
    """Return a module with a changed number or comparison, or with one more statement."""
    tree = ast.parse(source)
    numbers = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in {int, float}
    ]
    if numbers and chance.random() < 0.8:
        number = chance.choice(numbers)
        number.value = number.value + 1  # type: ignore[operator]
        return ast.unparse(tree)
    return f"{source}\nADDED = {chance.randrange(10**6)}\n"


def unchanged(source: str, chance: random.Random) -> str:
    """Return the same code with other formatting and docstrings, or with more comments."""
    if chance.random() < 0.5:
        tree = ast.parse(source)
        for node in ast.walk(tree):
            said = node.value if isinstance(node, ast.Expr) else None
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                said.value = f"{said.value} {chance.random()}"
        return ast.unparse(tree)
    lines = source.splitlines()
    inside_text = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno
        for line in range(node.lineno, node.end_lineno)
    }
    places = [number for number in range(len(lines) + 1) if number not in inside_text]
    for number in sorted(chance.sample(places, min(5, len(places))), reverse=True):
        lines.insert(number, f"# {chance.random()}")
    return "\n".join(lines)


@pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=pytest.mark.torture)])
def test_every_training_module_changes_the_key_and_its_comments_do_not(
    tampered: Tampered, count_tried: CountTried, rounds: int
) -> None:
    chance = random.Random(rounds)
    modules = followed(*TRAINED_BY)
    assert {
        "gen.optimisers.optimiser",
        "gen.seeding",
        "gen.networks.kernels.sparse_rows",
        "gen.tasks.task",
    } <= modules.keys()
    former = tampered.digest(TRAINED_BY, {})
    for _, (_, path) in itertools.product(range(rounds), sorted(modules.items())):
        source = path.read_text()
        assert tampered.digest(TRAINED_BY, {path: mutated(source, chance)}) != former, path
        assert tampered.digest(TRAINED_BY, {path: unchanged(source, chance)}) == former, path
        count_tried("mutations of code that trains", 2)


def test_an_edited_optimiser_changes_the_keys_of_the_runs_that_use_it(
    folder: Path, tampered: Tampered
) -> None:
    other = {"kind": "muon", "learning_rate": 0.01}
    run_keys(folder, changed("sum.optimiser", other))
    models = load(folder / "site" / "gen.toml").models
    edited = {GEN / "optimisers" / "muon.py": "EDITED = 1\n"}

    def changes(ensemble: Ensemble) -> bool:
        keys = {
            tampered.during(each, lambda: runs.run_key(ensemble, "cpu")) for each in ({}, edited)
        }
        return len(keys) == 2

    own, plain = (models[name].shards[0][1] for name in ("sum", "odd"))
    assert changes(own) and not changes(plain)
    mixed = replace(own, optimisers=(*plain.optimisers, own.optimisers[0]))
    assert changes(mixed), "one model among others is enough"


@pytest.mark.torture
def test_every_drawing_module_changes_the_key_of_the_films(
    tampered: Tampered, count_tried: CountTried
) -> None:
    chance = random.Random(0)
    drawn_by = (figure_kinds()["weights"].__module__, "gen.encode.mp4", "gen.encode.gif")
    former = tampered.digest(drawn_by, {})
    for path in followed(*drawn_by).values():
        assert tampered.digest(drawn_by, {path: mutated(path.read_text(), chance)}) != former, path
        count_tried("mutations of code that draws", 1)
