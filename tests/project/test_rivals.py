"""Concurrent builds, and changes of sources and store during a build."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.conftest import CountTried
from tests.support.fault_injection import Faults
from tests.support.site_update import SHORT, SiteUpdate, check_one_line_error, site_update

__all__ = ["site_update"]


@pytest.mark.parametrize("wait", [False, True], ids=["refused", "waiting"])
@pytest.mark.parametrize(
    "rounds", [pytest.param(1, marks=SHORT), pytest.param(25, marks=pytest.mark.torture)]
)
def test_two_concurrent_builds_publish_one_whole_site(
    site_update: SiteUpdate, tmp_path: Path, count_tried: CountTried, rounds: int, wait: bool
) -> None:
    moments = random.Random(rounds)
    for number in range(rounds):
        folder = site_update.copy(tmp_path / str(number))
        more = ["--wait"] if wait else []
        both = site_update.build_forker.build_concurrently(
            folder, [0, moments.choice([0, 0, 0.02, 0.1])], more=more
        )
        codes = sorted(ended.code for ended in both)
        assert codes == [0, 0] if wait else codes in ([0, 0], [0, 5])
        for ended in both:
            if ended.code:
                check_one_line_error(ended, 5)
                assert "locked by" in ended.err
        assert site_update.check_whole(folder) == "new"
        site_update.check_next(folder)
        shutil.rmtree(folder)
        count_tried("rounds of two builds at once", 1)


@pytest.mark.parametrize(
    "every", [pytest.param(149, marks=SHORT), pytest.param(None, marks=pytest.mark.torture)]
)
def test_sources_edited_during_a_build_are_never_published_in_part(
    site_update: SiteUpdate, tmp_path: Path, count_tried: CountTried, every: int | None
) -> None:
    counted = site_update.build(site_update.copy(tmp_path / "counted"))
    codes = set()
    for point in counted.tried_points(every):
        folder = site_update.copy(tmp_path / str(point))
        ended = site_update.build(folder, Faults(interfere_at=point, interference="restore"))
        codes.add(ended.code)
        if ended.code:
            check_one_line_error(ended, 2)
            assert "changed during the build" in ended.err
        assert site_update.check_whole(folder) == ("former" if ended.code else "new")
        site_update.check_next(folder, former=True)
        shutil.rmtree(folder)
        count_tried("edits in the middle of a build", 1)
    assert codes == {0, 2}


@pytest.mark.parametrize(
    "every", [pytest.param(211, marks=SHORT), pytest.param(None, marks=pytest.mark.torture)]
)
def test_a_store_deleted_during_a_build_leaves_a_whole_site(
    site_update: SiteUpdate, tmp_path: Path, count_tried: CountTried, every: int | None
) -> None:
    counted = site_update.build(site_update.copy(tmp_path / "counted"))
    for point in counted.tried_points(every, first=2):
        folder = site_update.copy(tmp_path / str(point))
        ended = site_update.build(folder, Faults(interfere_at=point, interference="delete"))
        if ended.code:
            check_one_line_error(ended)
        assert site_update.check_whole(folder) in {"former", "new"}
        site_update.check_next(folder, runs=False)
        shutil.rmtree(folder)
        count_tried("stores deleted in the middle of a build", 1)
