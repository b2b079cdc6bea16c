"""A site that shows trained models by figures of any run: built, with films, charts and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import small_site

KINDS = {
    "layers": 'sort = "size"\nviews = ["W_out", "W_in"]\nrows = { W_in = "0:8" }',
    "histogram": "log = true",
    "norms": 'scale = "log"',
    "singular-values": 'view = "W_out"',
    "embedding-plane": 'view = "W_in"',
    "metrics": 'metrics = ["test_loss"]\nseeds = [0, 2]',
    "attention": 'view = "W_out"',
}
"""Keys of a figure of each kind."""

FIGURES = "".join(
    f'[figures.own-{kind}]\nkind = "{kind}"\nmodel = "sum"\n{keys}\n\n'
    for kind, keys in KINDS.items()
)
PLACED = "".join(f"\n::: figure own-{kind}\nText.\n:::\n" for kind in KINDS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("any-run")
    page = small_site.SUM_ALONE_PAGE + PLACED
    small_site.build_here(folder, small_site.SUM_ALONE + FIGURES, page)
    return folder / "_site"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_on_its_page_with_its_files(kind: str, site: Path) -> None:
    page = (site / "index.html").read_text()
    assert f'id="figure-own-{kind}"' in page
    is_film = (site / "media" / f"own-{kind}.mp4").exists()
    assert is_film != (site / "media" / f"own-{kind}.svg").exists()
    data = "sum.run-0.npz" if kind in {"layers", "attention"} else f"own-{kind}.csv"
    assert (site / "data" / data).stat().st_size > 100
    figure = page.partition(f'id="figure-own-{kind}"')[2].partition("</figure>")[0]
    assert f'href="data/{data}"' in figure
    assert (site / "media" / f"own-{kind}.scene.js").exists() == is_film


def test_figures_of_a_run_share_one_download_and_one_pack(site: Path) -> None:
    assert [path.name for path in (site / "data").glob("*.npz")] == ["sum.run-0.npz"]
    scripts = {path.name for path in (site / "media").glob("*.js")}
    assert {name for name in scripts if ".scene." not in name} == {"sum.run-0.js"}
