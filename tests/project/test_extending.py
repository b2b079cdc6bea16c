"""The code in docs/extending.md works: it runs in a copy of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "extending.md").read_text()

FILES = dict(re.findall(r"`(gen/\w+/\w+\.py)`:\n\n```python\n(.*?)```", TEXT, re.DOTALL))
WORDS, CONFIG = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)

SITE = """
[site]
title = "Extended"
description = "With kinds of its own."
languages = ["en"]
pages = ["index"]
"""

PAGE = """+++
title = "Extended"
description = "A council of {{council.hidden}}."
+++

::: figure council-weights
The weights.
:::

::: figure council-by-heart
By heart.
:::
"""

GRADIENT = """
from gen.networks.committee import Committee
from gen.tasks.majority import Majority
from tests.networks.test_gradients import _assert_closed_form_is_autograd

task = Majority(bits=7, voters=3, train_rows=20, test_rows=1)
for activation in ("relu", "square"):
    network = Committee(hidden=5, activation=activation)
    _assert_closed_form_is_autograd(network, task, (0, 7))
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with the code of the document and a site that uses it."""
    folder = tmp_path_factory.mktemp("extended")
    for part in ("gen", "templates", "tests"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
        )
    for name, code in FILES.items():
        assert not (folder / name).exists()
        (folder / name).write_text(code)
    with (folder / "gen" / "languages" / "en.toml").open("a") as catalog:
        catalog.write(f"\n{WORDS}")
    pages = folder / "site" / "pages" / "en"
    pages.mkdir(parents=True)
    (folder / "site" / "gen.toml").write_text(SITE + CONFIG)
    (pages / "index.md").write_text(PAGE)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_document_adds_a_task_a_network_and_a_figure() -> None:
    assert [Path(name).parent.name for name in FILES] == ["tasks", "networks", "figures"]


def test_a_site_is_built_with_the_added_task_network_and_figure(extended: Path) -> None:
    built = run(extended, "-m", "gen.cli", "build", "--jobs", "1")
    assert built.returncode == 0, built.stderr
    page = (extended / "_site" / "index.html").read_text()
    assert "What is known by heart alone rises to" in page
    facts = json.loads((extended / "_site" / "data" / "facts.json").read_text())["council"]
    assert facts["final_test_accuracy"] > 0.9
    header, *rows = (extended / "_site" / "data" / "council-by-heart.csv").read_text().split()
    assert header == "step,known_by_heart" and len(rows) == 61


def test_the_added_network_has_the_gradient_of_autograd(extended: Path) -> None:
    compared = run(extended, "-c", GRADIENT)
    assert compared.returncode == 0, compared.stderr


def test_the_added_code_passes_the_lint(extended: Path) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    for command in (("format", "--check"), ("check",)):
        options = ("--config", str(ROOT / "pyproject.toml"))
        checked = subprocess.run(
            [ruff, *command, *options, *FILES],
            cwd=extended,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
