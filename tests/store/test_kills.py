"""A killed build leaves a whole site, and the next build continues."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.conftest import CountTried
from tests.support.fault_injection import Faults
from tests.support.site_update import SHORT, SiteUpdate, site_update

__all__ = ["site_update"]


@pytest.mark.parametrize(
    ("empty", "exchange", "every"),
    [
        pytest.param(True, True, 199, marks=SHORT, id="some-of-a-first"),
        pytest.param(False, True, 199, marks=SHORT, id="some"),
        pytest.param(True, True, None, marks=pytest.mark.torture, id="first"),
        pytest.param(False, True, None, marks=pytest.mark.torture, id="renewed"),
        pytest.param(False, False, None, marks=pytest.mark.torture, id="without-exchange"),
    ],
)
def test_a_build_killed_before_any_file_change_leaves_a_whole_site(
    site_update: SiteUpdate,
    tmp_path: Path,
    count_tried: CountTried,
    empty: bool,
    exchange: bool,
    every: int | None,
) -> None:
    folder = tmp_path / "counted"
    site_update.copy(folder, empty=empty)
    counted = site_update.build(folder, Faults(exchange=exchange))
    points = counted.points
    assert points > 60
    seen = set()
    # Locks are taken first, and what was taken from its place is removed last.
    first, last = range(1, 12, 5), (points - 2, points - 1)
    for point in sorted({*first, *counted.tried_points(every), *last}):
        folder = site_update.copy(tmp_path / str(point), empty=empty)
        ended = site_update.build(folder, Faults(kill_at=point, exchange=exchange))
        assert ended.code == -9
        seen.add(site_update.check_whole(folder, may_be_away=not exchange))
        site_update.check_next(folder)
        shutil.rmtree(folder)
        count_tried("kills at a chosen point", 1)
    assert seen == ({"none", "new"} if empty else {"former", "new"})


@pytest.mark.parametrize(
    ("kills", "seed"),
    [
        pytest.param(3, 0, marks=SHORT),
        *(pytest.param(75, seed, marks=pytest.mark.torture) for seed in range(1, 5)),
    ],
)
def test_a_build_killed_at_a_random_time_leaves_a_whole_site(
    site_update: SiteUpdate, tmp_path: Path, count_tried: CountTried, kills: int, seed: int
) -> None:
    start = time.perf_counter()
    site_update.build(site_update.copy(tmp_path / "timed"))
    whole = time.perf_counter() - start
    moments = random.Random(seed)
    for number in range(kills):
        folder = site_update.copy(tmp_path / str(number))
        site_update.build_forker.build(folder, killed_after=moments.uniform(0, whole))
        assert site_update.check_whole(folder) in {"former", "new"}
        site_update.check_next(folder)
        shutil.rmtree(folder)
        count_tried("kills at a random moment", 1)
