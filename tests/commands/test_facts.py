"""`gen facts`: the facts of each seed as text, CSV and JSON, and all facts that pages can quote."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.commands.table import aligned, exact_text, short_text
from gen.tasks import TrainedRun
from gen.tasks.modular import Modular
from tests.conftest import Gen, stored_runs
from tests.support import small_site

pytestmark = pytest.mark.xdist_group("facts")

Options = list[str | Path]
SWEEP = """
[sweeps.map]
base = "sum"
seeds = 2
[sweeps.map.grid]
network.hidden = [4, 6]
"""


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)


@pytest.fixture
def trained(options: Options, gen: Gen) -> Options:
    assert gen("train", "sum", *options).code == 0
    return options


def rewrite(options: Options, old: str, new: str) -> None:
    config = Path(options[1])
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


def rows_of(gen: Gen, *arguments: str | Path) -> list[dict[str, Any]]:
    outcome = gen("facts", *arguments, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)["rows"]


def test_facts_of_every_seed_are_those_that_a_page_quotes_if_it_is_shown(
    options: Options, gen: Gen
) -> None:
    published = Path(options[5]) / "data" / "facts.json"
    for seed in range(3):
        rewrite(options, "seeds = 3\n", f"seeds = 3\nshown = {seed}\n")
        assert gen("build", *options).code == 0
        rewrite(options, f"shown = {seed}\n", "")
        shown = json.loads(published.read_text())["sum"]
        row = rows_of(gen, "sum", *options)[seed]
        assert (row.pop("seed"), row.pop("state")) == (seed, "trained")
        facts = {name: value for name, value in row.items() if name in shown}
        assert len(facts) > 50 and facts == {name: shown[name] for name in facts}
        assert {name for name in row if name not in shown and row[name] is not None} == set()


def test_csv_has_the_values_of_json_with_all_digits(trained: Options, gen: Gen) -> None:
    rows = rows_of(gen, "sum", *trained)
    outcome = gen("facts", "sum", "--csv", *trained)
    read = list(csv.DictReader(outcome.out.splitlines()))
    assert [row["seed"] for row in read] == ["0", "1", "2"]
    for row, line in zip(rows, read, strict=True):
        assert row.keys() == line.keys()
        assert float(line["final_test_loss"]) == row["final_test_loss"]
        assert line["gap"] == ("" if row["gap"] is None else str(row["gap"]))
        assert line["key_frequencies"] == " ".join(map(str, row["key_frequencies"]))


def test_text_has_aligned_columns_of_the_chosen_facts_in_their_order(
    trained: Options, gen: Gen
) -> None:
    (first, *_) = rows_of(gen, "sum", *trained)
    outcome = gen("facts", "sum", "--only", "final_test_loss, gap,key_frequencies", *trained)
    header, *lines = outcome.out.splitlines()
    assert header.split() == ["seed", "state", "final_test_loss", "gap", "key_frequencies"]
    assert len(lines) == 3 and outcome.err == ""
    assert lines[0][header.index("final_test_loss") :].split()[:2] == [
        f"{first['final_test_loss']:.4g}",
        "-" if first["gap"] is None else str(first["gap"]),
    ]
    assert lines[0].endswith(" ".join(map(str, first["key_frequencies"])))


def test_facts_that_take_longer_are_computed_only_if_they_are_asked_for(
    trained: Options, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: object) -> dict[str, object]:
        raise AssertionError

    monkeypatch.setattr("gen.analysis.facts.progress_facts", slow)
    assert gen("facts", "sum", "--only", "gap,modulus", *trained).code == 0
    with pytest.raises(AssertionError):
        gen("facts", "sum", "--only", "gap,final_norm", *trained)


def test_an_unknown_model_or_fact_is_an_error_with_a_suggestion(trained: Options, gen: Gen) -> None:
    outcome = gen("facts", "sun", *trained)
    assert outcome.code == 2 and 'did you mean "sum"?' in outcome.err
    for arguments in (["sum"], []):
        outcome = gen("facts", *arguments, "--only", "gap,modulsu", *trained)
        assert outcome.code == 2 and outcome.out == ""
        assert 'no fact "modulsu"; did you mean "modulus"?' in outcome.err
    outcome = gen("facts", "sum", "--csv", "--json", *trained)
    assert outcome.code == 2 and "exclude each other" in outcome.err


def test_seeds_that_are_not_trained_have_a_row_and_a_warning(trained: Options, gen: Gen) -> None:
    rewrite(trained, "seeds = 3\n", "seeds = 5\n")
    outcome = gen("facts", "sum", "--only", "final_test_loss", "--json", *trained)
    rows = json.loads(outcome.out)["rows"]
    assert [row["state"] for row in rows] == ["trained"] * 2 + ["untrained"] * 3
    assert [row["final_test_loss"] is None for row in rows] == [False] * 2 + [True] * 3
    assert "sum, seeds 2 to 3: not trained as configured" in outcome.err
    assert outcome.err.count("run gen train sum") == 2


def test_a_model_without_any_trained_seed_is_an_error(options: Options, gen: Gen) -> None:
    outcome = gen("facts", "sum", *options)
    assert outcome.code == 3 and "run gen train sum" in outcome.err
    assert not Path(options[3]).exists()


def test_a_diverged_seed_has_no_facts(options: Options, gen: Gen) -> None:
    rewrite(options, "learning_rate = 1e-2", "learning_rate = 10.0")
    rewrite(options, "weight_decay = 0.1", "weight_decay = 1000.0")
    assert gen("train", "sum", *options).code == 4
    rows = rows_of(gen, "sum", "--only", "gap", *options)
    assert rows == [{"seed": seed, "state": "diverged", "gap": None} for seed in range(3)]


def test_a_profile_has_its_own_facts(trained: Options, gen: Gen) -> None:
    config = Path(trained[1])
    config.write_text(config.read_text() + "\n[profiles.short.models.sum.training]\nsteps = 10\n")
    assert gen("facts", "sum", "--profile", "short", *trained).code == 3
    assert gen("train", "--profile", "short", *trained).code == 0
    found = rows_of(gen, "sum", "--profile", "short", "--only", "smallest_test_loss_at", *trained)
    assert all(row["smallest_test_loss_at"] <= 10 for row in found)


@pytest.fixture
def swept(options: Options, gen: Gen) -> Options:
    config = Path(options[1])
    config.write_text(config.read_text() + SWEEP)
    assert gen("facts", "map", *options).code == 3
    assert gen("train", "map", *options).code == 0
    return options


def test_a_sweep_has_a_row_for_each_model(swept: Options, gen: Gen) -> None:
    rows = rows_of(gen, "map", *swept)
    assert [(row["hidden"], row["seed"]) for row in rows] == [(4, 0), (4, 1), (6, 0), (6, 1)]
    assert all(row["outcome"] in ("groks", "together", "memorises", "never") for row in rows)
    assert all(isinstance(row["min_test_loss"], float) for row in rows)
    outcome = gen("facts", "map", "--only", "outcome", *swept)
    header, *lines = outcome.out.splitlines()
    assert header.split() == ["hidden", "seed", "outcome"] and len(lines) == 4
    outcome = gen("facts", "map", "--only", "outcomes", *swept)
    assert outcome.code == 2 and 'did you mean "outcome"?' in outcome.err


def test_a_sweep_that_is_partly_trained_says_so(swept: Options, gen: Gen) -> None:
    rewrite(swept, "network.hidden = [4, 6]", "network.hidden = [4, 6, 8]")
    outcome = gen("facts", "map", "--csv", *swept)
    rows = list(csv.DictReader(outcome.out.splitlines()))
    assert [row["outcome"] == "untrained" for row in rows] == [False] * 4 + [True] * 2
    assert "map: 4 of 6 models are trained; run gen train map" in outcome.err


def test_without_a_model_all_facts_that_pages_can_quote_are_listed(
    trained: Options, gen: Gen
) -> None:
    assert gen("build", *trained).code == 0
    outcome = gen("facts", "--json", *trained)
    published = json.loads((Path(trained[5]) / "data" / "facts.json").read_text())
    assert json.loads(outcome.out) == published
    listed = gen("facts", "--csv", *trained).out.splitlines()
    assert f"sum,steps,{published['sum']['steps']}" in listed
    text = gen("facts", "--only", "steps,modulus", *trained).out
    assert [line.split() for line in text.splitlines()] == [
        ["fact", "value"],
        ["sum.steps", "60"],
        ["sum.modulus", "11"],
    ]


def test_models_that_are_missing_from_the_list_are_named(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path)
    assert gen("train", "sum", *options).code == 0
    outcome = gen("facts", "--json", *options)
    assert json.loads(outcome.out).keys() == {"sum"}
    assert "odd: not trained as configured; run gen train odd" in outcome.err


@pytest.fixture
def own_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task whose users added a fact."""

    def facts(_: Modular, run: TrainedRun) -> dict[str, Any]:
        return {"lucky": 10 * run.seed}

    monkeypatch.setattr(Modular, "facts", facts)


@pytest.mark.usefixtures("own_fact")
def test_an_own_fact_reaches_tables_pages_and_hunts(options: Options, gen: Gen) -> None:
    page = Path(options[1]).parent / "pages" / "en" / "index.md"
    page.write_text(page.read_text() + "\nLucky: {{sum.lucky or never}}.\n")
    rewrite(options, "seeds = 3\n", "seeds = 3\nshown = 2\n")
    assert gen("build", *options).code == 0
    assert 'Lucky: <data value="20">20</data>.' in (Path(options[5]) / "index.html").read_text()
    rows = rows_of(gen, "sum", "--only", "lucky", *options)
    assert [row["lucky"] for row in rows] == [0, 10, 20]
    hunted = gen("hunt", "sum", "--where", "lucky > 5", "--seeds", "2", *options)
    assert hunted.out.endswith("sum: 1 of 2 seeds match: 1\n")


def test_a_wrong_own_fact_ends_a_command_with_file_and_line(
    trained: Options, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Modular, "facts", lambda *_: {"gap": 1})
    outcome = gen("facts", "sum", *trained)
    assert outcome.code == 2 and "Traceback" not in outcome.err
    assert "test_facts.py:" in outcome.err and '"gap", which is taken' in outcome.err


def test_a_wrong_own_fact_is_found_before_training(
    options: Options, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Modular, "facts", lambda *_: {"steps": 1})
    for command in ("train", "build"):
        outcome = gen(command, *options)
        assert outcome.code == 2 and '"steps", which is taken' in outcome.err
    assert stored_runs(Path(options[3])) == {}


CELLS = st.text("ab-1. ", max_size=9).map(str.strip).map(lambda text: text or "-")


@given(st.data(), st.integers(1, 5), st.integers(1, 6), st.none() | st.integers(1, 40))
def test_a_split_table_has_every_cell_once(
    data: st.DataObject, columns: int, rows: int, width: int | None
) -> None:
    header = [f"name{place}" for place in range(columns + 1)]
    table = data.draw(
        st.lists(
            st.lists(CELLS, min_size=columns + 1, max_size=columns + 1),
            min_size=rows,
            max_size=rows,
        )
    )
    lines = aligned(header, table, width)
    blocks = [block.split("\n") for block in "\n".join(lines).split("\n\n")]
    assert len(blocks) == 1 or width is not None
    assert [name for block in blocks for name in block[0].split()[1:]] == header[1:]
    for block in blocks:
        assert len(block) == rows + 1
        starts = [block[0].index(name) for name in block[0].split()]
        assert len(starts) == 2 or width is None or max(map(len, block)) <= width
        for line, cells in zip(block[1:], table, strict=True):
            named = dict(zip(header, cells, strict=True))
            for name, start, end in zip(block[0].split(), starts, [*starts[1:], None], strict=True):
                assert line[start:end].strip() == named[name]


def test_values_are_short_in_text_and_exact_in_csv() -> None:
    assert [short_text(each) for each in (1 / 3, 123456, None, [], [0.12345, 2], "all")] == [
        *("0.3333", "123456", "-", "-", "0.1235 2", "all")
    ]
    assert short_text([[1, 2], [3]]) == "[1 2] [3]"
    assert exact_text(1 / 3) == "0.3333333333333333" and exact_text(None) is None
    assert exact_text([1, 0.5]) == "1 0.5" and exact_text([]) == ""
    assert json.loads(exact_text([[1, 2], [3]]) or "") == [[1, 2], [3]]
