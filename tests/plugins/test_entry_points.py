"""Installed packages bring kinds by entry points; their code is part of the keys."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gen.config.reader import load
from gen.errors import ConfigError
from gen.experiments.runs import shards
from gen.plugins import packages
from gen.store import code_digest
from tests.support import plugin_site
from tests.support.plugin_site import TASK, TASK_HELPER

CONFIG = plugin_site.SITE.partition("\n")[2] + plugin_site.CLOCK + plugin_site.SUM
CONFIG += plugin_site.CHART
ENTRY = "[grokreel.tasks]\nclock = clock_kinds.tasks:Clock\n"


class Installed:
    """A folder of installed packages on sys.path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def package(self, name: str = "clock-kinds", entry: str = ENTRY, code: str = TASK) -> None:
        """Install a package with a task and its helper."""
        package = self.folder / name.replace("-", "_")
        information = self.folder / f"{package.name}-1.0.dist-info"
        for path in (package, information):
            path.mkdir(exist_ok=True)
        (package / "__init__.py").write_text("")
        (package / "tasks.py").write_text(code)
        (package / "hours.py").write_text(TASK_HELPER)
        (package / "other.py").write_text("X = 1\n")
        (information / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text(entry)

    def load(self) -> list[str]:
        """Read the config; return the keys of the runs of its two models."""
        self.forget()
        models = load(self.folder / "site" / "gen.toml").models
        return [shard.key for name in ("clock", "sum") for shard in shards(models[name], "cpu")]

    def forget(self) -> None:
        """Forget what was imported, as a new process would."""
        packages._entry_points.cache_clear()
        code_digest.clear_cache()
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name.partition(".")[0].endswith("_kinds")]:
            del sys.modules[name]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    plugin_site.write(tmp_path, CONFIG)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    installed = Installed(tmp_path)
    yield installed
    installed.forget()


def test_a_kind_of_an_installed_package_is_used(installed: Installed) -> None:
    installed.package()
    keys = installed.load()
    task = load(installed.folder / "site" / "gen.toml").models["clock"].task
    assert type(task).__module__ == "clock_kinds.tasks"
    assert installed.load() == keys


def test_editing_a_helper_of_a_package_makes_exactly_its_dependents_stale(
    installed: Installed,
) -> None:
    installed.package()
    clock, added = installed.load()
    package = installed.folder / "clock_kinds"
    (package / "other.py").write_text("X = 2\n")
    (package / "hours.py").write_text(TASK_HELPER.replace('"""Hours."""', "# Hours."))
    assert installed.load() == [clock, added]
    (package / "hours.py").write_text(TASK_HELPER.replace("first + second", "first - second"))
    changed, same = installed.load()
    assert changed != clock and same == added
    (package / "hours.py").write_text(TASK_HELPER)
    (package / "__init__.py").write_text("X = 1\n")
    assert installed.load()[0] not in {clock, changed}


def test_two_packages_with_one_kind_are_refused_with_both_places(installed: Installed) -> None:
    installed.package()
    installed.package("more-kinds", ENTRY.replace("clock_kinds", "more_kinds"))
    with pytest.raises(ConfigError) as error:
        installed.load()
    assert str(error.value) == (
        'package more-kinds 1.0: grokreel.tasks: kind "clock" is also defined in '
        "package clock-kinds 1.0: grokreel.tasks; rename one of them"
    )


def test_a_package_and_a_plugin_file_with_one_kind_are_refused(installed: Installed) -> None:
    installed.package()
    config = installed.folder / "site" / "gen.toml"
    config.write_text(f'plugins = ["kinds/clock.py"]\n{CONFIG}')
    with pytest.raises(ConfigError, match=r'kinds/clock.py:\d+: kind "clock" is also defined in '):
        installed.load()


def test_a_package_that_is_not_used_is_not_imported(installed: Installed) -> None:
    installed.package(entry="[grokreel.tasks]\nbroken = clock_kinds.tasks:Clock\n", code="1 / 0")
    config = installed.folder / "site" / "gen.toml"
    config.write_text(f'plugins = ["kinds/clock.py"]\n{CONFIG}')
    assert len(installed.load()) == 2


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0\n", r"clock_kinds/tasks\.py:1: ZeroDivisionError: division by zero"),
        ("import absent\n", r"clock_kinds/tasks\.py:1: there is no module absent; install"),
        ("\n1 /\n", r"clock_kinds/tasks\.py:2: SyntaxError: invalid syntax"),
        ("X = 1\n", r"package clock-kinds 1\.0: grokreel\.tasks: AttributeError: .*Clock"),
        ("Clock = int\n", r'is not a task of kind "clock"; the entry point must be named like'),
        (TASK.replace('"clock"', '"watch"'), r'Clock is not a task of kind "clock"'),
    ],
    ids=["exception", "absent", "syntax", "no-class", "no-kind", "another-kind"],
)
def test_a_broken_package_is_named(installed: Installed, code: str, message: str) -> None:
    installed.package(code=code)
    with pytest.raises(ConfigError, match=message):
        installed.load()


def test_an_error_in_a_method_of_a_package_is_named(installed: Installed) -> None:
    from gen.plugins.failures import plugin_failure

    installed.package(code=TASK.replace("        order =", "        1 / 0\n        order ="))
    installed.load()
    task = load(installed.folder / "site" / "gen.toml").models["clock"].task
    with pytest.raises(ZeroDivisionError) as raised:
        task.draw(0)
    assert "clock_kinds/tasks.py:" in str(plugin_failure(raised.value))
