"""`gen explain`: which seeds are read, as text and JSON, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gen.commands.explain import Explained, show
from gen.i18n import Words
from tests.conftest import Gen, stored_runs
from tests.support import small_site

pytestmark = pytest.mark.xdist_group("facts")

Options = list[str | Path]


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)


@pytest.fixture
def trained(options: Options, gen: Gen) -> Options:
    assert gen("train", "sum", *options).code == 0
    return options


def test_a_network_that_did_not_generalise_is_named_as_such(trained: Options, gen: Gen) -> None:
    outcome = gen("explain", "sum", *trained)
    assert outcome.code == 0
    assert outcome.out.splitlines() == ["sum, seed 0: It does not generalise, so no rule is read."]


@pytest.mark.parametrize(
    ("chosen", "seeds"), [([], [0]), (["--seed", "2"], [2]), (["--all-seeds"], [0, 1, 2])]
)
def test_json_has_the_facts_of_the_chosen_seeds(
    trained: Options, gen: Gen, chosen: list[str], seeds: list[int]
) -> None:
    before = stored_runs(Path(trained[3]))
    outcome = gen("explain", "sum", *chosen, "--json", *trained)
    found = json.loads(outcome.out)
    assert found["name"] == "sum"
    assert [row["seed"] for row in found["rows"]] == seeds
    listed = json.loads(gen("facts", "sum", "--json", *trained).out)["rows"]
    for row in found["rows"]:
        facts = next(one for one in listed if one["seed"] == row["seed"])
        assert row["explanation"] == "does not generalise"
        assert row.items() <= facts.items()
    assert stored_runs(Path(trained[3])) == before


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["som"], 2, '"sum"?'),
        (["sum", "--seed", "7"], 2, "sum has no seed 7"),
        (["sum", "--seed", "0", "--all-seeds"], 2, "exclude each other"),
        (["sum"], 3, "run gen train sum"),
    ],
)
def test_what_cannot_be_read_is_refused(
    options: Options, gen: Gen, arguments: list[str], code: int, part: str
) -> None:
    outcome = gen("explain", *arguments, *options)
    assert outcome.code == code
    assert part in outcome.err


def test_a_diverged_seed_has_no_facts() -> None:
    found = [Explained(4, "diverged", {})]
    assert show("sum", found, Words("en"), as_json=False) == "sum, seed 4: diverged"
    rows = json.loads(show("sum", found, Words("en"), as_json=True))["rows"]
    assert rows == [{"seed": 4, "state": "diverged"}]
