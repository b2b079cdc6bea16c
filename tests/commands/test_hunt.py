"""Hunts: find matching seeds, write one to the config, and train no seed twice."""

from __future__ import annotations

import codecs
import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gen.analysis.loss_events import final_rise, relapse, second_fall, smooth_loss
from gen.commands.hunt import HuntResult, Judged, edit_config
from gen.config.reader import Config, load
from gen.errors import ConfigError
from gen.experiments.model import Model
from gen.store import files
from gen.store.store import Store
from tests.conftest import Gen, stored_runs
from tests.support import small_site

pytestmark = pytest.mark.xdist_group("hunt")

LOSSES = arrays.arrays(np.float64, st.integers(2, 120), elements=st.floats(1e-9, 1e3))
COMMENTED = small_site.CONFIG.replace("seeds = 3\n", "seeds = 3     # three are enough\n")


def hunted(model: Model, seed: int, shards: tuple[tuple[int, ...], ...]) -> HuntResult:
    """The result of a hunt in which one seed matches."""
    return HuntResult(model, "gap > 1", {seed: Judged(matches=True)}, shards)


def parse_config(text: str) -> Config:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gen.toml"
        path.write_text(text)
        return load(path)


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, list[str | Path]]:
    options = small_site.write(tmp_path, COMMENTED)
    return tmp_path / "site" / "gen.toml", options[:4]


def test_a_hunt_prints_the_number_and_the_list_of_matching_seeds(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    _, options = site
    outcome = gen("hunt", "sum", "--where", "steps_ or not failed", "--seeds", "5", *options)
    assert outcome.code == 2
    outcome = gen("hunt", "sum", "--where", "final_test_loss > 0", "--seeds", "5", *options)
    assert outcome.code == 0, outcome.err
    assert outcome.out.endswith("\nsum: 5 of 5 seeds match: 0, 1, 2, 3, 4\n")


def test_a_hunt_prints_the_values_that_each_seed_was_judged_by(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    _, options = site
    where = "final_test_loss > 0 and shown_seed != 1 or generalised_at > 99999"
    arguments = ["hunt", "sum", "--where", where, "--seeds", "4", *options]
    header, *lines, result = gen(*arguments).out.splitlines()
    names = ["final_test_loss", "shown_seed", "generalised_at"]
    assert header.split() == ["seed", "match", *names]
    found = json.loads(gen(*arguments, "--json").out)
    assert (found["model"], found["where"]) == ("sum", where)
    facts = json.loads(gen("facts", "sum", "--json", *options).out)["rows"]
    for seed, (line, row) in enumerate(zip(lines, found["rows"], strict=True)):
        assert list(row) == ["seed", "match", *names]
        assert row["match"] == (seed != 1)
        word = "yes" if row["match"] else "no"
        loss = f"{row['final_test_loss']:.4g}"
        assert line.split() == [str(seed), word, loss, str(seed), "-"]
        if seed < 2:  # the others are in another shard than those of the model
            assert row["final_test_loss"] == facts[seed]["final_test_loss"]
    assert found["matching"] == [0, 2, 3]
    assert result == "sum: 3 of 4 seeds match: 0, 2, 3"


def test_a_diverged_seed_is_listed_without_values(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    wild = COMMENTED.replace("learning_rate = 1e-2", "learning_rate = 10.0")
    config.write_text(wild.replace("weight_decay = 0.1", "weight_decay = 1000.0"))
    arguments = ["hunt", "sum", "--where", "not gap", "--seeds", "2", *options]
    assert gen(*arguments).out.splitlines() == [
        "seed  match",
        "0     diverged",
        "1     diverged",
        "sum: 0 of 2 seeds match; 2 diverged",
    ]
    rows = json.loads(gen(*arguments, "--json").out)["rows"]
    assert rows == [{"seed": 0, "match": None}, {"seed": 1, "match": None}]


def test_a_hunt_without_a_match_is_no_error(site: tuple[Path, list[str | Path]], gen: Gen) -> None:
    config, options = site
    arguments = ["--where", "final_test_loss < 0", "--seeds", "2", "--write", *options]
    outcome = gen("hunt", "sum", *arguments)
    assert outcome.code == 0 and outcome.out.endswith("\nsum: 0 of 2 seeds match\n")
    assert config.read_text() == COMMENTED


def test_a_second_hunt_trains_only_what_is_new(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    store = config.parent.parent / ".gen"
    assert gen("hunt", "sum", "--where", "gap", "--seeds", "4", *options).code == 0
    first = stored_runs(store)
    assert len(first) == 2
    again = gen("hunt", "sum", "--where", "final_test_loss > 1", "--seeds", "4", *options)
    assert again.code == 0 and "trained" not in again.err
    more = gen("hunt", "sum", "--where", "gap", "--seeds", "6", *options)
    assert more.err.count("trained in") == 1
    assert first.items() <= stored_runs(store).items()


def test_no_seed_is_trained_twice_by_hunts_of_any_size(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    """Neither where a shard was not full, nor for fewer seeds, nor in shards of another size."""
    config, options = site
    store = config.parent.parent / ".gen"
    for shard, seeds in ((2, "5"), (2, "8"), (2, "1"), (2, "7"), (4, "9"), (3, "4"), (1, "10")):
        config.write_text(COMMENTED.replace("shard = 2", f"shard = {shard}"))
        outcome = gen("hunt", "sum", "--where", "shown_seed >= 0", "--seeds", seeds, *options)
        assert f"\nsum: {seeds} of {seeds} seeds match: 0" in outcome.out
        trained = seeds_in(store)
        assert len(trained) == len(set(trained))
    assert sorted(trained) == list(range(10))


def test_facts_of_a_seed_do_not_depend_on_its_shard(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    arguments = ["hunt", "sum", "--where", "final_test_loss > 2.3", "--seeds"]
    assert gen(*arguments, "5", *options).code == 0
    pieces = gen(*arguments, "8", *options).out
    config.write_text(COMMENTED.replace("shard = 2", "shard = 8"))
    whole = gen(*arguments, "8", *options[:2], "--store", config.parent.parent / "other")
    assert whole.out == pieces


def test_writing_a_seed_of_a_larger_shard_writes_the_size_of_the_shard(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    store = config.parent.parent / ".gen"
    larger = COMMENTED.replace("shard = 2", "shard = 6")
    config.write_text(larger)
    assert gen("hunt", "sum", "--where", "gap", "--seeds", "6", *options).code == 0
    config.write_text(COMMENTED)
    arguments = ["--where", "shown_seed >= 4", "--seeds", "6", "--write", *options]
    assert gen("hunt", "sum", *arguments).code == 0
    table = tomllib.loads(config.read_text())["models"]["sum"]
    assert (table["seeds"], table["shard"], table["shown"]) == ([0, 1, 2, 3, 4, 5], 6, 4)
    before = stored_runs(store)
    assert gen("train", "sum", *options).code == 0
    assert gen("clean", *options[:4], "--output", config.parent.parent / "_site").code == 0
    assert stored_runs(store) == before


def seeds_in(store: Path) -> list[int]:
    """Every seed of every stored run."""
    entries = Store(store).entries("runs")
    return [seed for entry in entries for seed in entry.ingredients["seeds"]]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_writing_a_hunt_changes_two_lines_and_no_line_end(ends: bytes, mark: bytes) -> None:
    before = mark + COMMENTED.encode().replace(b"\n", ends)
    model = parse_config(COMMENTED).models["sum"]
    after = edit_config(before, model, hunted(model, 1, ((0, 1), (2,))))
    lines = after.split(ends)
    new = [line for line in lines if line.startswith((b"shown", b"hunt"))]
    assert b"".join(new).startswith(b"shown = 1hunt = {")
    assert ends.join(line for line in lines if line not in new) == before


def test_mixed_line_ends_are_kept() -> None:
    first, rest = COMMENTED.split("[models.sum]")
    before = (first.replace("\n", "\r\n") + "[models.sum]" + rest).encode()
    model = parse_config(COMMENTED).models["sum"]
    after = edit_config(before, model, hunted(model, 1, ((0, 1), (2,))))
    kept = [line for line in after.split(b"\n") if not line.startswith((b"shown", b"hunt"))]
    assert b"\n".join(kept) == before


def test_a_config_is_written_while_the_store_is_locked(
    site: tuple[Path, list[str | Path]], gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, options = site
    holder = config.parent.parent / ".gen" / "lock.holder"
    replace, held = files.write_atomically, []

    def watched(path: Path, content: bytes) -> None:
        held.append(holder.exists())
        replace(path, content)

    monkeypatch.setattr("gen.commands.hunt.files.write_atomically", watched)
    where = "final_test_loss > 0"
    outcome = gen("hunt", "sum", "--where", where, "--seeds", "1", "--write", *options)
    assert (outcome.code, held) == (0, [True])


def test_other_changes_of_the_config_during_a_hunt_are_kept(
    site: tuple[Path, list[str | Path]], gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, options = site

    def save(*_: object) -> dict[int, Judged]:
        config.write_text(COMMENTED.replace("Small site", "Smaller site"))
        return {0: Judged(matches=True)}

    monkeypatch.setattr("gen.commands.hunt._judge_seeds", save)
    outcome = gen("hunt", "sum", "--where", "gap", "--seeds", "1", "--write", *options)
    assert outcome.code == 0, outcome.err
    text = config.read_text()
    assert "Smaller site" in text and "shown = 0" in text


def test_a_model_that_changes_during_a_hunt_is_not_written(
    site: tuple[Path, list[str | Path]], gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, options = site
    other = COMMENTED.replace("modulus = 11", "modulus = 7")

    def save(*_: object) -> dict[int, Judged]:
        config.write_text(other)
        return {0: Judged(matches=True)}

    monkeypatch.setattr("gen.commands.hunt._judge_seeds", save)
    outcome = gen("hunt", "sum", "--where", "gap", "--seeds", "1", "--write", *options)
    assert outcome.code == 2 and "changed during the hunt" in outcome.err
    assert config.read_text() == other


def test_a_hunt_does_not_train_seeds_of_a_build_again(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    _, options = site
    assert gen("train", "sum", *options).code == 0
    assert "trained" not in gen("hunt", "sum", "--where", "gap", "--seeds", "2", *options).err


def test_writing_keeps_comments_and_shows_the_first_matching_seed(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    where = "final_test_loss > 0"
    outcome = gen("hunt", "sum", "--where", where, "--seeds", "4", "--write", *options)
    assert outcome.code == 0, outcome.err
    text = config.read_text()
    table = tomllib.loads(text)["models"]["sum"]
    assert table["shown"] == 0 and table["seeds"] == 3
    assert table["hunt"] == {"where": where, "seeds": 4, "fit": 4}
    assert "# three are enough" in text
    kept = [line for line in text.splitlines() if not line.startswith(("shown", "hunt"))]
    assert kept == COMMENTED.splitlines()


def test_writing_a_new_seed_writes_the_seeds_of_its_shard(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    store = config.parent.parent / ".gen"
    assert gen("hunt", "sum", "--where", "gap", "--seeds", "6", *options).code == 0
    arguments = ["--where", "shown_seed >= 5", "--seeds", "6", "--write", *options]
    assert gen("hunt", "sum", *arguments).code == 0
    table = tomllib.loads(config.read_text())["models"]["sum"]
    assert (table["seeds"], table["shown"]) == ([4, 5], 5)
    before = stored_runs(store)
    trained = gen("train", "sum", *options)
    assert "seed 5 is shown" in trained.err
    assert stored_runs(store) == before


def test_a_recorded_hunt_can_be_repeated_and_is_kept_by_clean(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    store = config.parent.parent / ".gen"
    nothing = gen("hunt", "sum", *options)
    assert nothing.code == 2 and "no hunt is recorded" in nothing.err
    arguments = ["--where", "shown_seed = 1", "--seeds", "6", *options]
    assert gen("hunt", "sum", *arguments, "--write").code == 0
    assert gen("hunt", "sum", *options).out.endswith("\nsum: 1 of 6 seeds match: 1\n")
    runs = stored_runs(store)
    assert len(runs) == 3
    assert gen("clean", *options[:4], "--output", config.parent.parent / "_site").code == 0
    assert stored_runs(store) == runs


def test_runs_of_a_hunt_that_is_not_recorded_are_removed_by_clean(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    assert gen("hunt", "sum", "--where", "gap", "--seeds", "6", *options).code == 0
    assert gen("clean", *options[:4], "--output", config.parent.parent / "_site").code == 0
    # Seeds 0 to 2 are configured; 0 and 1 are a shard of the hunt as well.
    assert len(stored_runs(config.parent.parent / ".gen")) == 1


def test_a_misspelt_fact_is_an_error_before_training(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    config, options = site
    outcome = gen("hunt", "sum", "--where", "final_tets_loss > 1", "--seeds", "2", *options)
    assert outcome.code == 2
    assert 'did you mean "final_test_loss"?' in outcome.err
    assert stored_runs(config.parent.parent / ".gen") == {}
    unknown = gen("hunt", "summ", "--where", "gap", "--seeds", "2", *options)
    assert unknown.code == 2 and 'did you mean "sum"?' in unknown.err


def test_pages_can_quote_a_recorded_hunt(tmp_path: Path, gen: Gen) -> None:
    record = 'hunt = { where = "gap > 1", seeds = 40, fit = 3 }\n'
    page = small_site.PAGE + "\n{{sum.hunt_fit}} of {{sum.hunt_seeds}}: `gap`.\n"
    config = small_site.CONFIG.replace("shard = 2\n", f"shard = 2\n{record}")
    options = small_site.write(tmp_path, config, page)
    assert gen("build", *options).code == 0
    text = (tmp_path / "_site" / "index.html").read_text()
    assert '<data value="3">3</data> of <data value="40">40</data>' in text


@given(LOSSES)
def test_turns_are_ratios_of_at_least_one_and_know_no_unit(loss: np.ndarray) -> None:
    assert final_rise(loss) >= 1 and second_fall(loss) >= 1
    assert final_rise(8 * loss) == pytest.approx(final_rise(loss))
    assert second_fall(8 * loss) == pytest.approx(second_fall(loss))


@given(LOSSES)
def test_what_only_falls_never_rises_and_falls_once(loss: np.ndarray) -> None:
    falling = np.sort(loss)[::-1]
    assert final_rise(falling) == second_fall(falling) == 1


def test_memorising_before_the_first_deep_fall_is_no_second_fall() -> None:
    grokking = np.concatenate([np.full(20, 0.7), np.full(20, 7.0), np.full(20, 1e-5)])
    assert second_fall(grokking) == 1
    twice = np.concatenate([np.full(20, v) for v in (0.7, 0.1, 0.4, 0.01)])
    assert second_fall(twice) == pytest.approx(4)
    unlearned = np.concatenate([np.full(20, v) for v in (0.7, 0.1, 0.4)])
    assert (final_rise(unlearned), second_fall(unlearned)) == (pytest.approx(4), 1)


def test_a_spike_is_not_forgetting() -> None:
    loss = np.geomspace(0.7, 1e-4, 200)
    loss[120] *= 100
    assert second_fall(loss) == 1
    assert smooth_loss(loss).shape == loss.shape


@given(LOSSES)
def test_a_relapse_lies_between_its_lows(loss: np.ndarray) -> None:
    found, smooth = relapse(loss), smooth_loss(loss)
    if found is None:
        assert second_fall(loss) == 1
        return
    assert found.low < found.top and smooth[found.low] < smooth[found.top]
    if found.recovered is not None:
        assert found.recovered > found.top
        assert (smooth[found.recovered :] <= smooth[found.low]).all()


def test_who_relapses_recovers_or_does_not() -> None:
    parts = [np.full(20, v) for v in (0.7, 0.1, 0.4, 0.01)]
    found = relapse(np.concatenate(parts))
    assert found is not None and (found.low, found.top, found.recovered) == (20, 40, 60)
    half = relapse(np.concatenate([*parts[:3], np.full(20, 0.2)]))
    assert half is not None and half.recovered is None and half.factor == pytest.approx(2)


@pytest.mark.parametrize(
    "text",
    [
        COMMENTED.replace("models.sum", "models.total"),
        COMMENTED[: COMMENTED.index("]")],
        COMMENTED[: COMMENTED.index("models")],
        "models = \xff",
        "models = 5\n",
        "models.sum = 5\n",
        "",
    ],
)
def test_a_config_that_became_invalid_during_a_hunt_is_not_written(
    site: tuple[Path, list[str | Path]], text: str
) -> None:
    model = load(site[0]).models["sum"]
    with pytest.raises(ConfigError, match=r"models\.sum changed.* seed 0"):
        edit_config(text.encode("latin-1"), model, hunted(model, 0, ((0, 1),)))


def test_a_half_saved_config_is_not_written(
    site: tuple[Path, list[str | Path]], gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, options = site
    half = config.read_bytes() + b"# \xe2\x80"

    def save_half(*_: object) -> dict[int, Judged]:
        config.write_bytes(half)
        return {0: Judged(matches=True)}

    monkeypatch.setattr("gen.commands.hunt._judge_seeds", save_half)
    outcome = gen("hunt", "sum", "--where", "gap", "--seeds", "1", "--write", *options)
    assert outcome.code == 2 and "changed during the hunt" in outcome.err
    assert config.read_bytes() == half
