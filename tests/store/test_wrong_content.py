"""An entry with a valid digest and unusable content is moved aside and made again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gen.site import publish
from gen.store.store import Entry, Store
from tests.conftest import Gen
from tests.support import small_site

Options = list[str | Path]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    small_site.build_here(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    return folder


@pytest.fixture
def site(whole: Path, tmp_path: Path) -> Path:
    """A built site of its own."""
    shutil.copytree(whole, tmp_path / "site")
    return tmp_path / "site"


def options_of(folder: Path) -> Options:
    return small_site.write(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)


def replaced(store: Store, family: str, change: Callable[[Path, dict[str, Any]], None]) -> Entry:
    """Puts another run, or another film, in the place of the first one, with its own digests."""
    entry = next(
        entry for entry in store.entries(family) if family == "runs" or "film.mp4" in entry.digests
    )
    written = shutil.copytree(entry.folder, store.root.parent / "written")
    (written / "entry.json").unlink()
    info = json.loads(json.dumps(entry.info))
    change(written, info)

    def write(folder: Path) -> None:
        shutil.copytree(written, folder, dirs_exist_ok=True)

    return store.put(family, entry.ingredients, info, write)


def no_safetensors(folder: Path, info: dict[str, Any]) -> None:
    (folder / "arrays.safetensors").write_bytes(b"no arrays")


def without_an_array(folder: Path, info: dict[str, Any]) -> None:
    arrays = load_file(folder / "arrays.safetensors")
    save_file({n: a for n, a in arrays.items() if n != "failed_at"}, folder / "arrays.safetensors")


def of_another_shape(folder: Path, info: dict[str, Any]) -> None:
    arrays = load_file(folder / "arrays.safetensors")
    arrays["metrics/test_loss"] = np.zeros((1, 1), dtype=np.float64)
    save_file(arrays, folder / "arrays.safetensors")


def without_views(folder: Path, info: dict[str, Any]) -> None:
    del info["views"]


def with_an_unknown_view(folder: Path, info: dict[str, Any]) -> None:
    info["views"] = ["W_unknown"]


@pytest.mark.parametrize(
    "change",
    [no_safetensors, without_an_array, of_another_shape, without_views, with_an_unknown_view],
)
def test_a_run_that_cannot_be_used_is_trained_again(
    gen: Gen, site: Path, change: Callable[[Path, dict[str, Any]], None]
) -> None:
    entry = replaced(Store(site / ".gen"), "runs", change)
    shutil.rmtree(site / "_site")
    outcome = gen("build", *options_of(site))
    assert outcome.code == 0, outcome.err
    assert f"runs/{entry.key} is damaged" in outcome.err and "trained in" in outcome.err


def without_frames(folder: Path, info: dict[str, Any]) -> None:
    del info["frames"]


def with_too_few_steps(folder: Path, info: dict[str, Any]) -> None:
    info["steps"] = info["steps"][:1]


def without_a_poster(folder: Path, info: dict[str, Any]) -> None:
    (folder / "poster.png").unlink()


def with_words_for_numbers(folder: Path, info: dict[str, Any]) -> None:
    info["width"] = "wide"


@pytest.mark.parametrize(
    "change", [without_frames, with_too_few_steps, without_a_poster, with_words_for_numbers]
)
def test_a_film_that_cannot_be_used_is_drawn_again(
    gen: Gen, site: Path, change: Callable[[Path, dict[str, Any]], None]
) -> None:
    entry = replaced(Store(site / ".gen"), "media", change)
    shutil.rmtree(site / "_site")
    outcome = gen("build", *options_of(site))
    assert outcome.code == 0, outcome.err
    assert f"media/{entry.key} is damaged" in outcome.err and "frames" in outcome.err


@pytest.mark.parametrize("facts", [b"", b"[]", b'{"sum": 1}', b"[" * 100_000])
def test_published_facts_that_cannot_be_used_are_written_again(
    gen: Gen, site: Path, facts: bytes
) -> None:
    folder = site / "_site"
    key = publish.key_of(folder)
    assert key is not None
    files: dict[str, bytes | Path] = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / publish.MANIFEST
    }
    right = files["data/facts.json"]
    publish.publish(folder, key, files | {"data/facts.json": facts})
    outcome = gen("build", *options_of(site))
    assert outcome.code == 0, outcome.err
    assert (folder / "data/facts.json").read_bytes() == right
