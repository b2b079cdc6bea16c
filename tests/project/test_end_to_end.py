"""A researcher's way through the documents, with the installed package and no checkout.

In a folder made by `gen new`: a task of one's own, a network with two hidden layers as a module of
torch, and a recording of a real training become films, facts and a page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.installed import ROOT, new_site, run

pytestmark = pytest.mark.xdist_group("installed")

EXTENDING = (ROOT / "docs" / "extending.md").read_text()
GUIDE = (ROOT / "docs" / "guide.md").read_text()

_, _, STEP = GUIDE.partition("## 5. ")
(SCRIPT,) = re.findall(r"`site/train_digits.py`:\n\n```python\n(.*?)```", STEP, re.DOTALL)
RECORDING = re.findall(r"```toml\n(.*?)```", STEP, re.DOTALL)[0]
FILM = re.findall(r"```\n(::: figure digits-layers.*?)```", STEP, re.DOTALL)[0]

CONFIG = """
[models.deep]
seeds = 2
task = { kind = "majority", bits = 12, voters = 5, train_rows = 150, test_rows = 500 }
network = { kind = "two-layers", hidden = 12 }
optimiser = { learning_rate = 1e-2 }
training = { steps = 100, log_every = 10, snapshot_every = 20 }

[figures.deep-layers]
kind = "layers"
model = "deep"

[figures.deep-accuracy]
kind = "accuracy"
model = "deep"
"""

PAGE = """+++
title = "Both ways"
description = "A network that was trained here."
claims = ["deep.final_test_accuracy > 0.8"]
+++

It is right in {{deep.final_test_accuracy:percent}} of {{deep.test_rows}} rows.

::: figure deep-layers
Three layers.
:::

::: figure deep-accuracy
Right answers.
:::
"""

OTHERS = """
::: figure digits-histogram
Weights.
:::

::: figure digits-metrics
Progress.
:::

::: figure digits-norms
Sizes.
:::
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A new site with a task and a network of its own."""
    folder = new_site(tmp_path_factory.mktemp("new"), package)
    config = folder / "site" / "gen.toml"
    plugins = 'plugins = ["kinds/majority.py", "kinds/two_layers.py"]\n'
    config.write_text(f"{plugins}{config.read_text()}{CONFIG}")
    for name in ("majority", "two_layers"):
        pattern = rf"`site/kinds/{name}.py`:\n\n```python\n(.*?)```"
        file = folder / "site" / "kinds" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(re.findall(pattern, EXTENDING, re.DOTALL)[0])
    (folder / "site" / "pages" / "en" / "index.md").write_text(PAGE)
    return folder


def build(folder: Path, package: Path) -> tuple[str, dict[str, Any]]:
    """Build the site; return its page and its facts."""
    built = run(folder, package, "-m", "gen", "build", "--strict", "--jobs", "1")
    assert built.returncode == 0, built.stderr
    site = folder / "_site"
    return (site / "index.html").read_text(), json.loads((site / "data/facts.json").read_text())


def test_gen_is_the_installed_package_and_not_the_checkout(folder: Path, package: Path) -> None:
    found = run(folder, package, "-c", "import gen; print(gen.__file__)")
    assert Path(found.stdout.strip()).is_relative_to(package)


def test_an_own_task_and_a_module_of_two_layers_become_films_and_facts(
    folder: Path, package: Path
) -> None:
    page, facts = build(folder, package)
    accuracy = facts["deep"]["final_test_accuracy"]
    assert accuracy > 0.8 and facts["deep"]["chance"] == 0.5
    assert f'right in <data value="{accuracy}">' in page
    for view in ("first.weight", "second.weight", "last.weight"):
        assert view in page, view
    assert (folder / "_site" / "media" / "deep-layers.mp4").stat().st_size > 1000


def test_at_most_ten_lines_of_the_script_record() -> None:
    lines = [line for line in SCRIPT.splitlines() if re.search(r"[Rr]ecorder|axes", line)]
    assert 4 <= len(lines) <= 10


def test_a_recorded_training_becomes_films_and_facts_beside_a_trained_one(
    folder: Path, package: Path
) -> None:
    site = folder / "site"
    (site / "train_digits.py").write_text(SCRIPT)
    recorded = run(site, package, "train_digits.py")
    assert recorded.returncode == 0, recorded.stderr
    config, text = site / "gen.toml", site / "pages" / "en" / "index.md"
    config.write_text(f"{config.read_text()}\n{RECORDING}")
    claimed = PAGE.replace('8"]', '8", "digits.final_test_accuracy > 0.8"]')
    text.write_text(f"{claimed}\n{FILM}{OTHERS}")
    page, facts = build(folder, package)
    assert facts["deep"]["final_test_accuracy"] > 0.8
    accuracy = facts["digits"]["final_test_accuracy"]
    assert 0.8 < accuracy < 1 and facts["digits"]["chance"] == 0.1
    documented = (ROOT / "docs" / "writing.md").read_text()
    for fact in facts["digits"]:
        assert re.search(r"_(loss|accuracy)", fact) or f"`{fact}`" in documented, fact
    assert f'the network reads\n<data value="{accuracy}">' in page
    assert "filters" in page and "answers" in page
    for film in ("deep-layers", "digits-layers", "digits-histogram"):
        assert (folder / "_site" / "media" / f"{film}.mp4").stat().st_size > 1000, film
    for chart in ("digits-metrics", "digits-norms"):
        assert (folder / "_site" / "data" / f"{chart}.csv").read_text().count("\n") == 42, chart
