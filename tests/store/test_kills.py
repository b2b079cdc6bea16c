"""Killed wherever it may be, a build leaves a whole site, and the next one goes on."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.conftest import Tell
from tests.support.disturbed import Disturbance
from tests.support.torn import SHORT, Torn, torn

__all__ = ["torn"]


@pytest.mark.parametrize(
    ("empty", "exchange", "every"),
    [
        pytest.param(True, True, 53, marks=SHORT, id="some-of-a-first"),
        pytest.param(False, True, 53, marks=SHORT, id="some"),
        pytest.param(True, True, 1, marks=pytest.mark.torture, id="first"),
        pytest.param(False, True, 1, marks=pytest.mark.torture, id="renewed"),
        pytest.param(False, False, 1, marks=pytest.mark.torture, id="without-exchange"),
    ],
)
def test_killed_before_any_change_of_the_disk_a_build_leaves_a_whole_site(
    torn: Torn, tmp_path: Path, tell: Tell, empty: bool, exchange: bool, every: int
) -> None:
    folder = tmp_path / "counted"
    torn.copy(folder, empty=empty)
    points = torn.build(folder, Disturbance(exchange=exchange)).points
    assert points > 60
    seen = set()
    # Locks are taken first, and what was taken from its place is removed last.
    first, last = range(1, 12, 3), (points - 2, points - 1)
    for point in sorted({*first, *range(0, points, every), *last}):
        folder = torn.copy(tmp_path / str(point), empty=empty)
        ended = torn.build(folder, Disturbance(kill_at=point, exchange=exchange))
        assert ended.code == -9
        seen.add(torn.check_whole(folder, may_be_away=not exchange))
        torn.check_next(folder)
        shutil.rmtree(folder)
        tell("kills at a chosen point", 1)
    assert seen == ({"none", "new"} if empty else {"former", "new"})


@pytest.mark.parametrize(
    ("kills", "seed"),
    [
        pytest.param(3, 0, marks=SHORT),
        *(pytest.param(75, seed, marks=pytest.mark.torture) for seed in range(1, 5)),
    ],
)
def test_killed_at_a_random_moment_a_build_leaves_a_whole_site(
    torn: Torn, tmp_path: Path, tell: Tell, kills: int, seed: int
) -> None:
    start = time.perf_counter()
    torn.build(torn.copy(tmp_path / "timed"))
    whole = time.perf_counter() - start
    moments = random.Random(seed)
    for number in range(kills):
        folder = torn.copy(tmp_path / str(number))
        torn.forge.build(folder, killed_after=moments.uniform(0, whole))
        assert torn.check_whole(folder) in {"former", "new"}
        torn.check_next(folder)
        shutil.rmtree(folder)
        tell("kills at a random moment", 1)
