"""Sites of `gen new` that are built with the installed package instead of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def build_distribution(kind: str, sources: Path, folder: Path) -> Path:
    """Build a wheel or an sdist from sources with the build backend."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=sources, check=True, capture_output=True)
    (built,) = folder.iterdir()
    return built


def unpacked_wheel(folder: Path) -> Path:
    """Return a folder with the installed package: the wheel of this repository, unpacked."""
    with zipfile.ZipFile(build_distribution("wheel", ROOT, folder / "built")) as wheel:
        wheel.extractall(folder / "packages")
    return folder / "packages"


def new_site(folder: Path, package: Path) -> Path:
    """Return a folder made by `gen new`; its model and figures are left out to save time."""
    made = run(folder, package, "-m", "gen", "new", "digits")
    assert made.returncode == 0, made.stderr
    config = folder / "digits" / "site" / "gen.toml"
    head, _, _ = config.read_text().partition("[models.parity]")
    config.write_text(head)
    return folder / "digits"


def run(folder: Path, package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with `gen` imported from the folder `package`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
