"""Rules of the repository: pinned packages, workflows, documentation, and the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from gen import Recorder
from gen.cli import cli
from gen.config.reader import Site, load
from gen.experiments.model import ModelSettings
from gen.experiments.thresholds import Thresholds
from gen.figures.figure import figure_kinds
from gen.networks.network import Network
from gen.optimisers.optimiser import Optimiser
from gen.settings import kinds
from gen.tasks.task import Task
from gen.training.loop import Training
from tests.support import small_site
from tests.support.article import article_config
from tests.support.fact_rows import ROWS
from tests.support.transformer_runs import FACTS as TRANSFORMER_FACTS

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def _workflow(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


PAGES = {
    "published": ROOT / ".github" / "workflows" / "pages.yml",
    "_site": ROOT / "starter" / ".github" / "workflows" / "pages.yml",
}
"""Workflows that publish this site and a site made by `gen new`, by the uploaded folder."""


def _gate(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    steps = _workflow(path)["jobs"]["build"]["steps"]
    names = [step.get("name", step.get("uses", "")).partition("@")[0] for step in steps]
    gate = names.index("Refuse links, and files over 10 MB")
    assert gate < names.index("actions/upload-pages-artifact")
    command = ["bash", "-e", "-c", steps[gate]["run"]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("uploaded", PAGES)
def test_symlinks_and_large_files_are_not_published(tmp_path: Path, uploaded: str) -> None:
    site = tmp_path / uploaded
    (site / "media").mkdir(parents=True)
    (site / "media" / "small.mp4").write_bytes(bytes(10_000_000))
    assert _gate(PAGES[uploaded], tmp_path).returncode == 0
    link = site / "media" / "passwd"
    link.symlink_to("/etc/passwd")
    refused = _gate(PAGES[uploaded], tmp_path)
    assert refused.returncode == 1 and "media/passwd" in refused.stdout
    link.unlink()
    (site / "media" / "large.mp4").write_bytes(bytes(10_000_001))
    refused = _gate(PAGES[uploaded], tmp_path)
    assert refused.returncode == 1 and "media/large.mp4" in refused.stdout


def test_every_dependency_is_pinned() -> None:
    pinned = {
        re.split("==", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert extras.keys() == {"bench", "callbacks", "cluster", "dev", "serve"}
    for requirement in [*project["dependencies"], *(r for extra in extras.values() for r in extra)]:
        assert re.split(r"[\[><=]", requirement)[0].lower() in pinned, requirement


def test_the_documents_and_the_makefile_name_the_supported_versions_of_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: 3\.(\d+)", "\n".join(project["classifiers"]))
    minors = [int(minor) for minor in named]
    assert project["requires-python"] == f">=3.{minors[0]}"
    assert minors == list(range(minors[0], minors[-1] + 1))
    for name in ("README.md", "CONTRIBUTING.md", "docs/guide.md", "Makefile"):
        assert f"Python 3.{minors[0]} to 3.{minors[-1]}" in (ROOT / name).read_text(), name
    makefile = (ROOT / "Makefile").read_text()
    assert f"(3, {minors[0]}) <= sys.version_info < (3, {minors[-1] + 1})" in makefile


def test_the_guide_lists_files_that_a_new_site_has() -> None:
    table = (ROOT / "docs" / "guide.md").read_text().partition("| file | content |")[2]
    listed = re.findall(r"^\| `(.*?)` \|", table.partition("\n\n")[0], re.MULTILINE)
    assert "site/gen.toml" in listed and "constraints.txt" in listed
    for name in set(listed) - {"constraints.txt"}:
        assert (ROOT / "starter" / name).is_file(), name


def test_every_build_requirement_is_pinned() -> None:
    required = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert required and all(each in pins for each in required)


def test_no_install_command_mixes_indexes_or_takes_grokreel_from_pypi() -> None:
    """pip may take a package from any index; `grokreel` on PyPI is another project."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    checked = [name for name in listed if name.endswith((".md", ".yml", "Makefile", ".py"))]
    for name in set(checked) - {
        "CHANGELOG.md",
        "docs/decisions.md",
        "tests/project/test_project.py",
    }:
        text = (ROOT / name).read_text()
        assert "--extra-index-url" not in text, name
        for installed in re.findall(r"grokreel\[\w+\]( @ git)?", text):
            assert installed, name


def test_the_workflow_of_a_new_site_installs_pinned_packages() -> None:
    steps = _workflow(PAGES["_site"])["jobs"]["build"]["steps"]
    install = next(step["run"] for step in steps if step.get("name") == "Install grokreel")
    assert 'pip install --constraint constraints.txt "grokreel @ $GROKREEL"' in install


def test_every_key_of_the_config_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    families = (
        ("gen.tasks", Task),
        ("gen.networks", Network),
        ("gen.optimisers", Optimiser),
    )
    settings: list[type[Any]] = [Site, ModelSettings, Training, Thresholds]
    for package, family in families:
        settings += kinds(package, family).values()
    settings += figure_kinds().values()
    for table in settings:
        for key in table.model_fields:
            assert f"`{key}`" in text, f"{table.__name__}.{key}"
        kind = table.model_fields.get("kind")
        assert kind is None or f'"{kind.default}"' in text or f"`{kind.default}`" in text


def test_every_fact_of_a_model_is_documented() -> None:
    text = (ROOT / "docs" / "writing.md").read_text()
    facts = {name for rows in ROWS.values() for name in rows} | TRANSFORMER_FACTS
    assert {name for name in facts if not _is_documented(name, text)} == set()


def _is_documented(fact: str, text: str) -> bool:
    """Return whether a fact is named, or a pattern of its name with each of its parts."""
    score = r"(?P<score>correlation|error|order)"
    if f"`{fact}`" in text:
        return True
    names = [fact]
    if match := re.fullmatch(rf"early_(?P<of>start|quarter|midway)_{score}(?P<end>\w*)", fact):
        names = [f"early_{match['of']}_at", f"early_{match['score']}", match["end"]]
    elif match := re.fullmatch(rf"early_{score}(?P<end>_of|_by_chance)", fact):
        names = [f"early_{match['score']}", match["end"]]
    elif match := re.fullmatch(rf"early_(?P<measure>\w+)_{score}", fact):
        names = [f"early_M_{match['score']}", match["measure"]]
    return all(f"`{name}`" in text for name in names if name)


@pytest.mark.parametrize("name", ["README.md", "docs/configuration.md"])
def test_the_example_models_of_the_documents_are_valid(name: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(\[models\..*?)```", (ROOT / name).read_text(), re.DOTALL)
    assert blocks
    shutil.copytree(ROOT / "site", tmp_path / "site")
    path = tmp_path / "site" / "gen.toml"
    path.write_text("\n".join([path.read_text(), *blocks]))
    for pattern in re.findall(r'^recording = "(.*?)"', "".join(blocks), re.MULTILINE):
        with Recorder(path.parent / pattern.replace("*", "0")) as recorder:
            recorder.snapshot(0, W1=[[0.0]])
            recorder.log(0, train_loss=1.0)
    added = load(path).figures.keys() - article_config().figures.keys()
    assert len(added) == len(blocks)


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_have_a_target(path: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not target.startswith("https://"):
            assert any((path.parent / f"{target}{end}").is_file() for end in ("", ".md")), target


def test_every_test_named_in_the_guarantees_exists() -> None:
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "guarantees.md").read_text())
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(named) > 20
    for name in named:
        assert f"def {name}(" in tests, name


def test_every_command_and_make_target_in_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text()
    assert set(re.findall(r"(?<!from )\bgen ([a-z]+)", text)) == set(cli.commands)
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= set(targets)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
            *("--wheel-dir", str(folder), str(ROOT)),
        ],
        check=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_contains_templates_starter_site_and_catalogs(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "gen/_bundled/templates/base.html.jinja" in names
    assert "gen/_bundled/templates/scripts/search.js" in names
    assert "gen/_bundled/templates/styles/style.css" in names
    assert "gen/_bundled/templates/favicon.svg" in names
    assert "gen/_bundled/starter/.github/workflows/pages.yml" in names
    assert "gen/_bundled/starter/.gitignore" in names
    assert "gen/_bundled/constraints.txt" in names
    assert "gen/server/reload/reload.js" in names
    assert "gen/languages/en.toml" in names
    assert "gen/cli.py" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]


def test_the_installed_tool_builds_a_site_in_any_folder(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path / "installed")
    folder = tmp_path / "elsewhere"
    options = small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    subprocess.run(
        [sys.executable, "-m", "gen.cli", "build", "--quiet", "--jobs", "1", *map(str, options)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        check=True,
    )
    assert (folder / "_site" / "index.html").is_file()
    assert (folder / "_site" / "assets" / "style.css").is_file()
