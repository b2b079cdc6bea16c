"""`gen new` creates a site that builds, and overwrites no files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gen.commands.new import new
from gen.config.reader import load
from tests.conftest import Gen, tree

STARTER = Path(__file__).parents[2] / "starter"


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A new site whose training is cut short."""
    new(tmp_path / "mine")
    config = tmp_path / "mine" / "site" / "gen.toml"
    text = config.read_text()
    short = text.replace("steps = 6000", "steps = 120").replace("seeds = 4", "seeds = 1")
    assert short != text
    config.write_text(short)
    return tmp_path / "mine"


@pytest.mark.long
def test_a_new_site_builds_as_it_is(begun: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "gen.cli", "build", "--jobs", "1"],
        cwd=begun,
        env={"PYTHONPATH": str(STARTER.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    page = (begun / "_site" / "index.html").read_text()
    assert page.count("<figure") == 3 and "<math" in page
    assert "Power et al. (2022)" in page or "before the network had found the rule" in page
    facts = json.loads((begun / "_site" / "data" / "facts.json").read_text())
    assert facts["parity"]["steps"] == 120


def test_new_lists_its_files_and_the_next_command(tmp_path: Path, gen: Gen) -> None:
    folder = tmp_path / "my site"
    outcome = gen("new", folder)
    assert outcome.code == 0
    for name in tree(folder):
        assert f"  {folder / name}\n" in outcome.out
    assert f"cd '{folder}'" in outcome.out and "gen serve" in outcome.out


def test_every_file_of_the_starter_arrives(tmp_path: Path) -> None:
    new(tmp_path / "mine")
    pins = (tmp_path / "mine" / "constraints.txt").read_bytes()
    assert pins == (STARTER.parent / "constraints.txt").read_bytes()
    (tmp_path / "mine" / "constraints.txt").unlink()
    assert tree(tmp_path / "mine") == tree(STARTER)
    assert {".gitignore", "README.md", ".github/workflows/pages.yml"} <= tree(STARTER).keys()


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, gen: Gen) -> None:
    (tmp_path / "thesis.tex").write_text("do not lose me")
    outcome = gen("new", tmp_path)
    assert outcome.code == 3
    assert outcome.err == f"gen: {tmp_path}: is not empty; choose another folder\n"
    assert tree(tmp_path).keys() == {"thesis.tex"}


def test_an_empty_git_clone_is_allowed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    new(tmp_path)
    assert (tmp_path / "site" / "gen.toml").is_file()


def test_the_starter_explains_its_keys_and_has_a_claim() -> None:
    config = load(STARTER / "site" / "gen.toml")
    assert list(config.models) == ["parity"] and len(config.figures) == 3
    assert (STARTER / "site" / "gen.toml").read_text().count("#") > 8
    page = (STARTER / "site" / "pages" / "en" / "index.md").read_text()
    for part in ("claims = [", "::: if", "::: note", "$$", "[@power2022]", "{{parity."):
        assert part in page


def test_the_starter_workflow_says_what_to_fill_in() -> None:
    text = (STARTER / ".github" / "workflows" / "pages.yml").read_text()
    assert "GROKREEL: git+https://github.com/OWNER/grokreel@COMMIT" in text
    own = (STARTER.parent / ".github" / "workflows" / "pages.yml").read_text()
    assert set(re.findall(r"uses: (\S+)", text)) == set(re.findall(r"uses: (\S+)", own))


def test_the_snippets_of_the_guide_build(tmp_path: Path) -> None:
    """Its recording is built in `tests/project/test_end_to_end.py`."""
    text = (STARTER.parent / "docs" / "guide.md").read_text()
    trained, _, _ = text.partition("## 5. ")
    (model,) = re.findall(r"```toml\n(\[models\..*?)```", trained, re.DOTALL)
    variants = re.findall(r"```toml\n\[models\.clock\.(\w+)\]\n(.*?)```", text, re.DOTALL)
    new(tmp_path)
    config = tmp_path / "site" / "gen.toml"
    begun = config.read_text().replace("signal_bits = 3", "signal_bits = 4")
    config.write_text(f"{begun}\n{model}")
    changed = load(config)
    assert changed.models.keys() == {"parity", "clock"}
    assert set(re.findall(r"::: figure (\S+)", trained)) < changed.figures.keys()
    (claim,) = re.findall(r'has the claim `"(.*?)"`', text)
    assert claim in (tmp_path / "site" / "pages" / "en" / "index.md").read_text()
    for table, variant in variants:
        former = rf"(\[models\.clock\.{table}\]\n).*?(?=\n\n|\Z)"
        other = re.sub(former, lambda found, new=variant: found[1] + new, model, flags=re.DOTALL)
        config.write_text(f"{begun}\n{other}")
        assert load(config).models["clock"] != changed.models["clock"]
    assert {table for table, _ in variants} == {"optimiser", "training"}


def test_zizmor_finds_nothing_in_its_workflow() -> None:
    zizmor = Path(sys.executable).parent / "zizmor"
    command = [zizmor, "--offline", "--persona=pedantic", "--quiet", STARTER / ".github"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
