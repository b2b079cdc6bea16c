"""The benchmark of doubling doubles one thing at a time, and measures what it says."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import built_site, doubling, peak_memory
from bench.built_site import BuiltSite, Size
from gen.config.reader import load
from tests.conftest import Gen
from tests.support.article import article_config

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
COMPARISON = re.compile(r"(\d+\.\d+) +(\d+\.\d+) +(\d+\.\d+)(?:  (\d+\.\d+) to (\d+\.\d+))?$")


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch, gen: Gen) -> list[list[str]]:
    """Commands run in this process, those of the first site only, and are listed.

    They take a second for each page of their site.
    """
    commands: list[list[str]] = []
    outputs: list[Path] = []

    def run(command: Sequence[str | Path]) -> float:
        python, *arguments = map(str, command)
        assert (python, arguments[:2]) == (sys.executable, ["-m", "gen.cli"])
        at = arguments.index("--jobs")
        outputs.append(Path(arguments[arguments.index("--output") + 1]))
        if outputs[-1] == outputs[0]:
            assert gen(*arguments[2:at], *arguments[at + 2 :]).code == 0
            if arguments[2] == "build":
                assert (outputs[-1] / "page-1.html").is_file()
        commands.append(arguments)
        config = load(Path(arguments[arguments.index("--config") + 1]))
        return float(len(config.site.pages))

    monkeypatch.setattr(built_site, "seconds_of", run)
    monkeypatch.setattr(peak_memory, "megabytes_of", run)
    return commands


@pytest.mark.parametrize("name", doubling.TRAINED)
def test_each_training_doubles_one_number(name: str) -> None:
    variants = doubling.training_variants(article_config().models[name], 2, 100)

    def numbers(doubled: str) -> dict[str, int]:
        ensemble = variants[doubled]
        training = ensemble.training
        return {
            "models": len(ensemble.seeds),
            "neurons": ensemble.network.model_dump()["hidden"],
            "rows": ensemble.task.rows[0],
            "steps": training.steps,
            "snapshots": len(training.snapshot_steps) - 1,
        }

    base = numbers("")
    assert (base["steps"], base["snapshots"]) == (100, 50)
    assert set(variants) == {"", *doubling.TRAINING}
    for doubled in doubling.TRAINING:
        expected = {key: value * (1 + (key == doubled)) for key, value in base.items()}
        assert numbers(doubled) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("doubled", doubling.BUILD)
def test_each_site_doubles_one_number(tmp_path: Path, doubled: str) -> None:
    base = Size(figures=4, pages=6)
    counts: list[tuple[int, int, int, int]] = []
    for size in (base, base.doubled(doubled)):
        site = BuiltSite(tmp_path, size, most=4)
        config = load(site.sources / "gen.toml")
        pages = list((site.sources / "pages").glob("*/*.md"))
        placed = "".join(page.read_text() for page in pages).count("::: figure")
        counts.append((len(config.figures), len(config.site.pages), len(pages), placed))
    assert counts[0] == (4, 6, 6, 4)
    doubles = {"figures": (8, 6, 6, 8), "pages": (4, 12, 12, 8), "languages": (4, 6, 12, 8)}
    assert counts[1] == doubles[doubled]


def test_the_benchmark_of_doubling_prints_builds(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    in_this_process: list[list[str]],
) -> None:
    options = "--rounds 2 --builds 1 --steps 20 --figures 2 --pages 2 --only pages"
    monkeypatch.setattr("sys.argv", ["bench", *options.split()])
    doubling.main()
    printed = capfd.readouterr().out.splitlines()
    assert [command[2] for command in in_this_process] == ["train", *["build"] * 4]
    assert [line[:33].split() for line in printed] == [
        ["build,", "films", "missing", "pages"],
        ["build,", "pages", "stale", "pages"],
    ]
    for line in printed:
        assert line.split()[-3:] == ["2.00", "4.00", "2.00"]


def test_the_benchmark_of_doubling_prints_trainings(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    options = "--rounds 2 --steps 20 --only models rows"
    monkeypatch.setattr("sys.argv", ["bench", *options.split()])
    doubling.main()
    printed = capfd.readouterr().out.splitlines()[2:]
    assert [line.split()[1:6] for line in printed] == [
        ["parity", "models", "4", "to", "8"],
        ["parity", "rows", "1200", "to", "2400"],
        ["modular", "models", "2", "to", "4"],
        ["modular", "rows", "911", "to", "1822"],
    ]
    for line in printed:
        found = COMPARISON.search(line)
        assert found and min(map(float, found.groups())) > 0, line


@LINUX
def test_peak_memory_is_that_of_a_command_and_the_processes_below_it() -> None:
    hold = "import time; held = b'1' * {}; time.sleep(0.4)"
    inner = [sys.executable, "-c", hold.format(60_000_000)]
    outer = f"import subprocess; held = b'1' * 40_000_000; subprocess.run({inner})"
    empty = peak_memory.megabytes_of([sys.executable, "-c", hold.format(1)])
    assert 100 < peak_memory.megabytes_of([sys.executable, "-c", outer]) - empty < 115


@LINUX
def test_the_benchmark_of_doubling_films_recordings_of_the_given_size(
    tmp_path: Path, in_this_process: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[float] = []
    run = peak_memory.megabytes_of

    def measured(command: Sequence[str | Path]) -> float:
        config = Path(command[command.index("--config") + 1])
        sizes.append((config.parent / "large.safetensors").stat().st_size / 1e6)
        run(command)
        return sizes[-1]

    monkeypatch.setattr(peak_memory, "megabytes_of", measured)
    (line,) = doubling.memory_lines({"recording"}, 125, 2, tmp_path)
    assert line.split() == ["recording", "2", "to", "4", "MB", "2", "4", "2.00"]
    assert sizes == pytest.approx([2, 4], rel=0.01)
    assert [command[2] for command in in_this_process] == ["render", "render"]


def test_the_benchmark_of_doubling_trains_sweeps_of_the_given_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def models(command: Sequence[str | Path]) -> float:
        assert "train" in command
        config = load(Path(command[command.index("--config") + 1]))
        shards = [ensemble for _, ensemble in config.sweeps["many"].shards]
        assert max(len(ensemble.seeds) for ensemble in shards) <= 45
        return sum(len(ensemble.seeds) for ensemble in shards)

    monkeypatch.setattr(peak_memory, "megabytes_of", models)
    (line,) = doubling.memory_lines({"sweep"}, 250, 2, tmp_path)
    assert line.split() == ["sweep", "250", "to", "1000", "models", "250", "1000", "4.00"]
