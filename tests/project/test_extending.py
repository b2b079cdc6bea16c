"""The code in docs/extending.md works: in a folder of `gen new`, with the installed package."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.project.test_distribution import build_distribution

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "extending.md").read_text()

FILES = dict(re.findall(r"`(site/kinds/\w+\.py)`:\n\n```python\n(.*?)```", TEXT, re.DOTALL))
LIST, CONFIG = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)

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
from pathlib import Path
from gen.config.reader import load
from tests.networks.test_gradients import _assert_closed_form_is_autograd

model = load(Path("site/gen.toml")).models["council"]
task = type(model.task)(bits=7, voters=3, train_rows=20, test_rows=1)
for activation in ("relu", "square"):
    network = type(model.network)(hidden=5, activation=activation)
    _assert_closed_form_is_autograd(network, task, (0, 7))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed package: the wheel, unpacked."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(build_distribution("wheel", ROOT, folder / "built")) as wheel:
        wheel.extractall(folder / "packages")
    return folder / "packages"


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A new site with the code of the document, whose own model is left out to save time."""
    folder = tmp_path_factory.mktemp("extended") / "digits"
    made = run(folder.parent, package, "-m", "gen", "new", "digits")
    assert made.returncode == 0, made.stderr
    config = folder / "site" / "gen.toml"
    head, _, _ = config.read_text().partition("[models.parity]")
    config.write_text(f"{LIST}\n{head}\n{CONFIG}")
    for name, code in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code)
    (folder / "site" / "pages" / "en" / "index.md").write_text(PAGE)
    return folder


def run(folder: Path, package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_document_adds_a_task_a_network_and_a_figure() -> None:
    assert [f'"{name.removeprefix("site/")}"' in LIST for name in FILES] == [True] * 3


def test_a_site_is_built_with_the_added_task_network_and_figure(
    extended: Path, package: Path
) -> None:
    built = run(extended, package, "-m", "gen", "build", "--jobs", "1")
    assert built.returncode == 0, built.stderr
    page = (extended / "_site" / "index.html").read_text()
    assert "What is known by heart alone rises to" in page
    facts = json.loads((extended / "_site" / "data" / "facts.json").read_text())["council"]
    assert facts["final_test_accuracy"] > 0.9
    header, *rows = (extended / "_site" / "data" / "council-by-heart.csv").read_text().split()
    assert header == "step,known_by_heart" and len(rows) == 61


def test_the_added_network_has_the_gradient_of_autograd(extended: Path) -> None:
    compared = run(extended, ROOT, "-c", GRADIENT)
    assert compared.returncode == 0, compared.stderr


def test_the_added_code_passes_the_lint(extended: Path) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    for command in (("format", "--check"), ("check",)):
        options = ("--config", str(ROOT / "pyproject.toml"))
        if "check" in command:  # here gen is not beside the code
            options += ("--config", 'lint.isort.known-first-party = ["gen"]')
        checked = subprocess.run(
            [ruff, *command, *options, *FILES],
            cwd=extended,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
