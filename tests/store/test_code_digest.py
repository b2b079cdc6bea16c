"""The code digest changes with the code, and not with comments or formatting."""

from __future__ import annotations

import importlib
import os
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gen.errors import SetupError
from gen.resources import PACKAGE
from gen.store import code_digest

SOURCE = '''"""A module."""

from gen.optimisers.adamw import EPSILON


def double(x: int) -> int:
    """Twice x."""
    return 2 * x  # twice
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module below the package, as a file that a test may change."""
    import gen

    monkeypatch.setattr(gen, "__path__", [*gen.__path__, str(tmp_path)])
    path = tmp_path / "example_for_digest.py"
    path.write_text(SOURCE)
    yield path
    sys.modules.pop("gen.example_for_digest", None)
    code_digest.clear_cache()


def _digest() -> str:
    code_digest.clear_cache()
    importlib.invalidate_caches()
    return code_digest.code_digest("gen.example_for_digest")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# twice", "# two times"),
        ('"""Twice x."""', '"""Two times x."""'),
        ('"""A module."""', '"""Another."""\n\n'),
        ("2 * x", "(2  *  x)"),
    ],
)
def test_comments_docstrings_and_formatting_do_not_change_the_digest(
    module: Path, old: str, new: str
) -> None:
    before = _digest()
    module.write_text(SOURCE.replace(old, new))
    assert _digest() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2 * x", "3 * x"),
        ("(x: int)", "(x: int = 1)"),
        ("gen.optimisers.adamw import EPSILON", "gen import lazy"),
    ],
)
def test_a_change_of_code_changes_the_digest(module: Path, old: str, new: str) -> None:
    before = _digest()
    module.write_text(SOURCE.replace(old, new))
    assert _digest() != before


def test_imports_are_followed_but_not_those_for_type_checkers(module: Path) -> None:
    _, imported = code_digest._module_digest("gen.example_for_digest")
    assert "gen.optimisers.adamw" in imported
    module.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from gen.optimisers.adamw import EPSILON\n"
    )
    code_digest.clear_cache()
    _, imported = code_digest._module_digest("gen.example_for_digest")
    assert imported == ()


def test_training_code_is_followed_to_the_base_classes_and_not_to_the_pages() -> None:
    seen, waiting = set(), ["gen.training.loop", "gen.networks.perceptron"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(code_digest._module_digest(name)[1])
    assert {
        "gen.optimisers.optimiser",
        "gen.networks.network",
        "gen.networks.hidden_layer",
        "gen.tasks.task",
    } <= seen
    assert not {name for name in seen if "pages" in name or "figures" in name or "cli" in name}


def test_a_pyc_of_another_source_with_the_same_time_and_size_is_an_error(
    module: Path,
) -> None:
    """Python itself does not tell them apart, and would run the former version."""
    os.utime(module, (1_000_000_000, 1_000_000_000))
    compiled = Path(py_compile.compile(str(module), doraise=True) or "")
    digest = _digest()
    module.write_text(SOURCE.replace("2 * x", "3 * x"))
    assert _digest() != digest, "the time tells"
    os.utime(module, (1_000_000_000.9, 1_000_000_000.9))
    with pytest.raises(SetupError, match="was not compiled from") as error:
        _digest()
    assert error.value.where == str(compiled)
    compiled.unlink()
    assert _digest() != digest
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    py_compile.compile(str(module), doraise=True, invalidation_mode=mode)
    assert _digest() != digest, "code that Python compares by content needs no second look"


def test_every_pyc_of_this_package_matches_its_source() -> None:
    package = PACKAGE
    for source in package.rglob("*.py"):
        py_compile.compile(str(source), doraise=True)
    code_digest.clear_cache()
    assert code_digest.code_digest("gen.commands.build")


def test_a_library_that_is_not_installed_is_named_with_where_to_install_it() -> None:
    with pytest.raises(SetupError, match="no-such-library is not installed") as found:
        code_digest.versions("no-such-library")
    assert str(Path(sys.executable).parent) in found.value.hint
