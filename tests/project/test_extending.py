"""The code in docs/extending.md works: in a folder of `gen new`, with the installed package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.installed import ROOT, new_site, run

pytestmark = pytest.mark.xdist_group("installed")

TEXT = (ROOT / "docs" / "extending.md").read_text()

FILES = dict(re.findall(r"`(site/kinds/\w+\.py)`:\n\n```python\n(.*?)```", TEXT, re.DOTALL))
LIST, CONFIG = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
(FACTS,) = re.findall(r"```python\n( +def facts.*?)```", TEXT, re.DOTALL)
(EXPLAIN,) = re.findall(r"```python\n( +def explain.*?)```", TEXT, re.DOTALL)
(CLOSED_FORM,) = re.findall(r"```python\n( +def differentiator.*?)```", TEXT, re.DOTALL)

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

::: figure deep-layers
Three layers.
:::

::: figure pairs-norms
Norms, by {{pairs.optimiser}}.
:::

::: explanation council
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
def extended(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A new site with the code of the document, whose own model is left out to save time."""
    folder = new_site(tmp_path_factory.mktemp("extended"), package)
    config = folder / "site" / "gen.toml"
    config.write_text(f"{LIST}\n{config.read_text()}\n{CONFIG}")
    for name, code in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code)
    task = folder / "site" / "kinds" / "majority.py"
    task.write_text(_with_hooks(task.read_text()))
    (folder / "site" / "pages" / "en" / "index.md").write_text(PAGE)
    return folder


def _with_hooks(task: str) -> str:
    """Return the code of the task with its methods `facts` and `explain` in the document."""
    for line, more in (
        ("import Annotated, Literal", "import Annotated, Any, Literal"),
        ("import Data, Rows, Task", "import Data, Rows, Task, TrainedRun"),
    ):
        assert line in task
        task = task.replace(line, more)
    return f"{task}\n{FACTS}\n{EXPLAIN}"


def test_the_document_lists_every_file_that_it_adds() -> None:
    names = [name.removeprefix("site/") for name in FILES]
    assert sorted(re.findall(r'"(.*?)"', LIST)) == sorted(names) and len(names) == 6


def test_a_network_of_a_module_takes_at_most_twenty_lines() -> None:
    code = FILES["site/kinds/two_layers.py"]
    assert len([line for line in code.splitlines() if line.strip()]) <= 20


def test_a_site_is_built_with_the_added_kinds(extended: Path, package: Path) -> None:
    built = run(extended, package, "-m", "gen", "build", "--jobs", "1")
    assert built.returncode == 0, built.stderr
    page = (extended / "_site" / "index.html").read_text()
    assert "What is known by heart alone rises to" in page
    assert "Norms, by sign-descent." in page
    data = extended / "_site" / "data"
    facts = json.loads((data / "facts.json").read_text())
    for name in ("council", "deep", "pairs"):
        assert facts[name]["final_test_accuracy"] > 0.9, name
        assert facts[name]["voters"] == 5, name
    assert facts["council"]["voter_share"] > 5 / 12
    assert "voter_share" not in facts["deep"]
    assert facts["deep"]["heard"] is None and facts["deep"]["explanation"] != "own"
    found = facts["council"]
    if found["explanation"] == "own":
        assert found["heard"] == [0, 1, 2, 3, 4]
        assert "It listens to the first 5 bits." in page
    else:
        assert '<section class="explanation"' in page
    header, *rows = (data / "council-by-heart.csv").read_text().split()
    assert header == "step,known_by_heart" and len(rows) == 61
    header, *rows = (data / "pairs-norms.csv").read_text().split()
    assert header == "step,A,B,products" and len(rows) == 11
    assert (extended / "_site" / "media" / "deep-layers.mp4").stat().st_size > 1000


def test_the_optional_closed_form_has_the_gradient_of_autograd(
    extended: Path, tmp_path: Path
) -> None:
    shutil.copytree(extended / "site", tmp_path / "site")
    imports = {
        "import Mapping\n": "import Callable, Mapping\n",
        "from gen.seeding": "from gen.networks.batch import Batch\n"
        "from gen.networks.closed_form import gradient\n"
        "from gen.seeding",
    }
    code = FILES["site/kinds/committee.py"]
    for line, more in imports.items():
        assert line in code
        code = code.replace(line, more)
    (tmp_path / "site" / "kinds" / "committee.py").write_text(f"{code}\n{CLOSED_FORM}")
    compared = run(tmp_path, ROOT, "-c", GRADIENT)
    assert compared.returncode == 0, compared.stderr
    _assert_lint_passes(tmp_path, ["site/kinds/committee.py"])


def test_the_added_code_passes_the_lint(extended: Path) -> None:
    _assert_lint_passes(extended, list(FILES))


def _assert_lint_passes(folder: Path, files: list[str]) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    for command in (("format", "--check"), ("check",)):
        options = ("--config", str(ROOT / "pyproject.toml"))
        if "check" in command:  # here gen is not beside the code
            options += ("--config", 'lint.isort.known-first-party = ["gen"]')
            options += ("--ignore", "D101")  # a module of torch may explain itself
        checked = subprocess.run(
            [ruff, *command, *options, *files],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout
