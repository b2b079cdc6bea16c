"""A plugin that cannot be used is refused in one line with its file, its line and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen.config.reader import load
from gen.errors import ConfigError
from gen.experiments import runs
from gen.plugins.failures import plugin_failure
from tests.conftest import Gen
from tests.support import plugin_site
from tests.support.plugin_site import FILES, TASK

CONFIG = plugin_site.SITE + plugin_site.CLOCK + plugin_site.CHART


@pytest.fixture
def kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the plugins of a site, below the working folder."""
    plugin_site.write(tmp_path, CONFIG)
    monkeypatch.chdir(tmp_path)
    return Path("site/kinds")


def refusal() -> str:
    with pytest.raises(ConfigError) as error:
        load(Path("site/gen.toml"))
    return str(error.value)


def listing(*files: str) -> None:
    text = CONFIG.replace('["kinds/clock.py", "kinds/plain.py"]', str(list(files)))
    Path("site/gen.toml").write_text(text)


MISTAKES = {
    "absent-package": (
        "import absent_package\n",
        "1: there is no module absent_package; install the package that provides it",
    ),
    "syntax": ("\ndef later(:\n", "2: SyntaxError: invalid syntax; correct this line"),
    "exception": (
        "HOURS = 24\nPER_DAY = HOURS / 0\n",
        "2: ZeroDivisionError: division by zero; correct the plugin; --debug shows a traceback",
    ),
    "exit": ("import sys\nsys.exit(0)\n", "2: SystemExit: 0; correct the plugin; --debug"),
    "file": (
        "open('absent.txt')\n",
        "1: FileNotFoundError: [Errno 2] No such file or directory: 'absent.txt'; correct",
    ),
    "absent-name": (
        "from .limits import SHALLOWEST\n",
        "1: ImportError: cannot import name 'SHALLOWEST' from 'kinds.limits' (",
    ),
    "not-relative": (
        "import limits\n",
        '1: there is no module limits; write "from . import limits" or "from .limits import ..."',
    ),
    "absent-neighbour": (
        "from .limit import DEEPEST\n",
        "1: there is no file site/kinds/limit.py; did you mean site/kinds/limits.py?",
    ),
    "absent-neighbour-by-name": (
        "from . import limit\n",
        "1: there is no file site/kinds/limit.py; did you mean site/kinds/limits.py?",
    ),
    "above-all": (
        "from ....above import everything\n",
        "1: ImportError: attempted relative import beyond top-level package; correct the plugin",
    ),
    "above-the-config": (
        "from ...above import everything\n",
        "1: an import from above the folder of the config; move the module into that folder",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_helper_that_fails_is_reported_with_file_and_line(kinds: Path, mistake: str) -> None:
    code, message = MISTAKES[mistake]
    (kinds / "hours.py").write_text(code)
    assert refusal().startswith(f"site/kinds/hours.py:{message}")


def test_a_deleted_plugin_is_reported_with_similar_files(kinds: Path) -> None:
    (kinds / "clock.py").rename(kinds / "clocks.py")
    assert refusal() == (
        "site/gen.toml: plugins.0: there is no file site/kinds/clock.py; did you mean "
        "site/kinds/clocks.py?"
    )
    for path in kinds.iterdir():
        path.unlink()
    kinds.rmdir()
    assert refusal().endswith("; create it, or remove it from plugins")


def test_a_deleted_helper_is_reported_where_it_is_imported(kinds: Path) -> None:
    (kinds / "hours.py").unlink()
    line = TASK.splitlines().index("from . import hours") + 1
    assert refusal() == (
        f"site/kinds/clock.py:{line}: there is no file site/kinds/hours.py; create it, or remove "
        "the import"
    )


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ('"kinds/clock.py"', 'site/gen.toml: plugins: "kinds/clock.py" is not a list of files'),
        ("[1]", "site/gen.toml: plugins: [1] is not a list of files; write plugins = ["),
        ('["/kinds/clock.py"]', 'plugins.0: "/kinds/clock.py" cannot be a plugin; write a path'),
        ('["kinds"]', 'plugins.0: "kinds" cannot be a plugin; list a file whose name ends in .py'),
        ('["kin.ds/clock.py"]', "cannot be a plugin; use letters, digits, _ and - in"),
        ('["__init__.py"]', "cannot be a plugin; use another name"),
        ('["kinds/clock.py", "kinds/clock.py"]', 'plugins.1: "kinds/clock.py" is listed twice'),
    ],
)
def test_a_wrong_list_is_refused(kinds: Path, listed: str, message: str) -> None:
    text = CONFIG.replace('["kinds/clock.py", "kinds/plain.py"]', listed)
    Path("site/gen.toml").write_text(text)
    assert message in refusal()


def test_two_plugins_of_the_same_kind_are_refused_with_both_places(kinds: Path) -> None:
    (kinds / "watch.py").write_text(TASK.replace("class Clock", "\n\nclass Watch"))
    listing("kinds/clock.py", "kinds/watch.py")
    line = TASK.splitlines().index("class Clock(Task):") + 1
    assert refusal() == (
        f'site/kinds/watch.py:{line + 2}: kind "clock" is also defined in '
        f"site/kinds/clock.py:{line}; rename one of them"
    )


def test_a_plugin_with_a_built_in_kind_is_refused_with_both_places(kinds: Path) -> None:
    (kinds / "clock.py").write_text(TASK.replace('"clock"', '"modular"'))
    line = TASK.splitlines().index("class Clock(Task):") + 1
    assert refusal() == (
        f'site/kinds/clock.py:{line}: kind "modular" is also defined in gen.tasks.modular; '
        "rename one of them"
    )


def test_a_task_and_a_figure_may_have_the_same_kind(kinds: Path) -> None:
    (kinds / "plain.py").write_text(FILES["kinds/plain.py"].replace('"plain"', '"clock"'))
    assert load(Path("site/gen.toml")).models["clock"].task.kind == "clock"  # type: ignore[attr-defined]


def test_two_plugins_may_import_one_class(kinds: Path) -> None:
    (kinds / "again.py").write_text(
        "from typing import Literal\nfrom .clock import Clock\n\n"
        'class Slow(Clock):\n    kind: Literal["slow"] = "slow"\n'
    )
    listing("kinds/again.py", "kinds/clock.py")
    assert load(Path("site/gen.toml")).models["clock"].task.kind == "clock"  # type: ignore[attr-defined]


def test_a_file_without_a_kind_is_refused(kinds: Path) -> None:
    listing("kinds/clock.py", "kinds/hours.py")
    assert refusal().startswith("site/kinds/hours.py: this plugin defines no kind; add a class")
    (kinds / "hours.py").write_text("from gen.tasks.modular import Modular\n")
    listing("kinds/hours.py")
    assert refusal().startswith("site/kinds/hours.py: this plugin defines no kind")


def test_a_kind_without_a_name_is_refused(kinds: Path) -> None:
    (kinds / "clock.py").write_text(TASK.replace(' = "clock"', ""))
    assert "kind of the class Clock has no default; write kind: Literal" in refusal()


def test_a_kind_that_lacks_a_method_is_refused(kinds: Path) -> None:
    (kinds / "clock.py").write_text(TASK.replace("def draw(", "def drawn("))
    assert "Clock lacks draw; define it" in refusal()


def test_a_helper_that_only_a_method_imports_is_reported_with_file_and_line(kinds: Path) -> None:
    late = TASK.replace(
        "def draw(self, seed: int) -> Data:\n",
        "def draw(self, seed: int) -> Data:\n        from . import late\n",
    )
    assert late != TASK
    (kinds / "clock.py").write_text(late)
    (kinds / "late.py").write_text("\ndef later(:\n")
    config = load(Path("site/gen.toml"))
    with pytest.raises(SyntaxError) as error:
        _ = [shard.key for shard in runs.shards(config.models["clock"], "cpu")]
    assert str(plugin_failure(error.value)).startswith("site/kinds/late.py:2: SyntaxError")


def test_a_misspelt_kind_of_a_plugin_gets_a_suggestion(kinds: Path) -> None:
    Path("site/gen.toml").write_text(CONFIG.replace('kind = "clock"', 'kind = "clok"'))
    assert refusal().endswith('"clok" is not a kind of task; did you mean "clock"?')


def test_keys_of_a_plugin_are_checked(kinds: Path) -> None:
    Path("site/gen.toml").write_text(CONFIG.replace("size = 5", "size = 25"))
    assert "models.clock.task.size: 25 is out of range; it must be at most 24" in refusal()


def test_a_profile_cannot_change_the_plugins(kinds: Path) -> None:
    Path("site/gen.toml").write_text(f"{CONFIG}\n[profiles.quick]\nplugins = []\n")
    assert refusal() == (
        "site/gen.toml: profiles.quick.plugins: a profile cannot change the plugins; list the "
        "files of all profiles at the top of the file"
    )


@pytest.mark.parametrize(
    ("method", "command"),
    [
        ("        return 2 * self.size", "status"),
        ("        train, _ = self.rows", "train"),
        ("        order = stream", "train --jobs 1"),
    ],
)
def test_an_error_in_a_method_is_one_line_with_file_and_line(
    kinds: Path, gen: Gen, method: str, command: str
) -> None:
    (kinds / "clock.py").write_text(TASK.replace(method, f"        {{}}['hour']\n{method}"))
    line = next(n for n, text in enumerate(TASK.splitlines(), 1) if text.startswith(method))
    outcome = gen(*command.split())
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1] == (
        f"gen: site/kinds/clock.py:{line}: KeyError: 'hour'; correct the plugin; --debug shows a "
        "traceback"
    )


def test_an_error_of_the_system_in_a_method_stays_one(kinds: Path, gen: Gen) -> None:
    raising = "        raise OSError(28, 'No space left on device', 'x')\n        order = stream"
    (kinds / "clock.py").write_text(TASK.replace("        order = stream", raising))
    outcome = gen("train", "--jobs", "1")
    assert outcome.code == 3 and "free space" in outcome.err


def test_a_mended_plugin_is_read_again(kinds: Path) -> None:
    (kinds / "hours.py").write_text("import absent_package\n")
    assert "absent_package" in refusal()
    (kinds / "hours.py").write_text(FILES["kinds/hours.py"])
    assert load(Path("site/gen.toml")).models["clock"].task.draw(0).train.labels.shape[0] == 1
