"""Snapshots hold the code of plugins and of the neighbours that they may import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.plugins.snapshot import module_name, module_paths, read_snapshot


def write(folder: Path, **files: str) -> None:
    for name, code in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)


PARTS = st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), min_size=1, max_size=4)


@given(st.integers(0, 3), PARTS)
def test_the_name_of_a_module_leads_back_to_its_file(up: int, parts: list[str]) -> None:
    path = "../" * up + "/".join(parts) + ".py"
    assert Path("site", path) in module_paths(Path("site"), module_name(path))
    assert module_name(f"./{path}") == module_name(path)


def test_imports_are_followed_in_packages_functions_and_handlers(tmp_path: Path) -> None:
    write(
        tmp_path,
        kinds__task="from . import a\nfrom .deep.b import x\nfrom ..c import y\n"
        "def f():\n    from .d import z\n"
        "try:\n    from .absent import w\nexcept ImportError:\n    from . import e\n"
        "import os, numpy.linalg\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from .types import T\n",
        kinds__a="from .a2 import x",
        kinds__a2="",
        kinds__deep__b="from ..f import x",
        c="",
        kinds__d="",
        kinds__e="",
        kinds__f="",
        kinds__types="",
        kinds__other="",
    )
    (tmp_path / "kinds" / "deep" / "__init__.py").write_text("")
    snapshot = read_snapshot(tmp_path, ["kinds/task.py"])
    assert set(snapshot.files) == {
        *("c", "kinds.task", "kinds.a", "kinds.a2", "kinds.d", "kinds.e", "kinds.f"),
        *("kinds.deep", "kinds.deep.b"),
    }
    assert tmp_path / "kinds" / "absent.py" in snapshot.absent
    assert snapshot.is_current()
    (tmp_path / "kinds" / "absent.py").write_text("")
    assert not snapshot.is_current()


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_a_snapshot_is_not_current_after_a_change(tmp_path: Path, change: str) -> None:
    write(tmp_path, task="from . import a", a="")
    snapshot = read_snapshot(tmp_path, ["task.py"])
    assert snapshot.is_current()
    if change == "edit":
        (tmp_path / "a.py").write_text("# edited")
        assert read_snapshot(tmp_path, ["task.py"]).package != snapshot.package
    else:
        (tmp_path / "a.py").unlink()
    assert not snapshot.is_current()


def test_modules_run_the_code_of_the_snapshot(tmp_path: Path) -> None:
    """In a process of its own, because the modules stay loaded."""
    write(tmp_path, kinds__task="from .a import X\nfrom ..b import Y\n", kinds__a="X = 1", b="Y=2")
    (tmp_path / "kinds" / "__init__.py").write_text("Z = 3")
    code = (
        "from importlib import import_module\nfrom pathlib import Path\n"
        "from gen.plugins.importer import register\n"
        "from gen.plugins.snapshot import read_snapshot\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "snapshot = register(read_snapshot(folder, ['kinds/task.py']))\n"
        "(folder / 'kinds' / 'a.py').write_text('X = 7')\n"
        "task = import_module(snapshot.package + '.kinds.task')\n"
        "package = import_module(snapshot.package + '.kinds')\n"
        "print(task.X, task.Y, package.Z, Path(task.__file__) == folder / 'kinds' / 'task.py')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert ran.stdout == "1 2 3 True\n", ran.stderr
