"""`gen.show`: a figure of a stored run as an object that a notebook displays."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import gen
from gen.commands.notebook import Shown, load
from gen.errors import ConfigError, GenError, SetupError
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.site.results import stored_models
from tests.drawing.test_films import decoded_mp4
from tests.support import small_site

pytestmark = pytest.mark.xdist_group("notebook")


class Elements(HTMLParser):
    """All elements of a fragment with their attributes, and the text in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def media(address: str | None, kind: str) -> bytes:
    """The bytes of a data address."""
    head, _, encoded = str(address).partition(",")
    assert head == f"data:{kind};base64"
    return b64decode(encoded, validate=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a trained model of three seeds, and one that is not trained."""
    folder = tmp_path_factory.mktemp("notebook")
    small_site.build_here(folder, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    config = folder / "site" / "gen.toml"
    other = small_site.CONFIG.partition("[models.odd]")
    config.write_text(f"{small_site.SUM_ALONE}\n{other[1]}{other[2].partition('[figures')[0]}")
    return folder


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder: a store in the present one would be read first."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def source(folder: Path) -> str:
    return f"{folder}/site/gen.toml:sum"


def test_a_film_is_embedded_with_its_alt_text(folder: Path, source: str, tmp_path: Path) -> None:
    shown = gen.show(source, "weights", fps=5, video=True)
    bundle = shown._repr_mimebundle_()
    assert bundle.keys() == {"text/html", "text/plain"}
    elements = Elements(bundle["text/html"])
    ((tag, attributes),) = elements.found
    assert tag == "video" and "controls" in attributes
    film = media(attributes["src"], "video/mp4")
    (tmp_path / "film.mp4").write_bytes(film)
    frames = decoded_mp4(tmp_path / "film.mp4")
    assert frames.shape[0] >= 7
    assert frames.shape[1:] == (2 * int(shown.height or 0), 2 * int(shown.width or 0), 3)
    assert attributes["width"] == str(shown.width)
    context = small_site.context_of(folder)
    run = stored_models(context, ["sum"])["sum"].chosen
    figure = context.config.figures["sum-weights"]
    assert isinstance(figure, RunFigure)
    alt = figure.alt(run, Words("en"))
    assert elements.text == attributes["aria-label"] == bundle["text/plain"] == repr(shown) == alt


def test_a_film_that_pages_paint_is_embedded_as_a_document(source: str, tmp_path: Path) -> None:
    shown = gen.show(source, "weights", language="zh")
    ((tag, attributes),) = Elements(shown._repr_html_()).found
    assert tag == "iframe" and str(attributes["sandbox"]).startswith("allow-scripts ")
    assert attributes["title"] == shown.alt == repr(shown)
    document = str(attributes["srcdoc"])
    shown.save(tmp_path / "weights.html")
    assert (tmp_path / "weights.html").read_text("utf-8") == document
    assert document.startswith("<!doctype html>\n<html lang=") and '<html lang="zh' in document
    assert 'grokreel.scenes.add("weights.scene"' in document
    assert 'grokreel.packs.add("sum.run-' in document
    assert "http-equiv" in document and "<video" not in document
    assert gen.show(source, "weights", language="zh").data == shown.data


def test_a_film_that_pages_cannot_paint_is_embedded_as_mp4(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gen.interactive.scene.scene_content", lambda *_: None)
    assert gen.show(source, "weights", fps=50).media_type == "video/mp4"


def test_a_chart_is_embedded_as_svg_in_the_language(source: str, tmp_path: Path) -> None:
    shown = gen.show(source, "loss", language="zh")
    ((tag, attributes),) = Elements(shown._repr_html_()).found
    svg = media(attributes["src"], "image/svg+xml")
    assert tag == "img" and ET.fromstring(svg).tag.endswith("svg")
    assert attributes["alt"] == shown.alt != gen.show(source, "loss").alt
    shown.save(tmp_path / "loss.svg")
    assert (tmp_path / "loss.svg").read_bytes() == svg


def test_the_alt_text_cannot_end_its_attribute() -> None:
    shown = Shown(b"", "image/svg+xml", None, None, 'a < b & "c">')
    ((_, attributes),) = Elements(shown._repr_html_()).found
    assert attributes["alt"] == 'a < b & "c">'


def test_a_seed_can_be_chosen(source: str) -> None:
    assert [load(source, seed=seed).seed for seed in (2, 0)] == [2, 0]
    one, two = (gen.show(source, "loss", seed=seed).data for seed in (0, 2))
    assert one != two
    with pytest.raises(ConfigError, match="sum has no seed 7; its seeds are: 0, 1, 2"):
        load(source, seed=7)


def test_the_store_is_found_here_beside_the_config_or_above_it(
    folder: Path, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(source).name == "sum"
    assert load(source, store=folder / ".gen").name == "sum"
    with pytest.raises(SetupError, match=r"not trained as configured.*store="):
        load(source, store=tmp_path / "other")
    monkeypatch.chdir(folder)
    assert load("site/gen.toml:sum").name == "sum"
    monkeypatch.chdir(folder / "site")
    assert load("gen.toml:sum").name == "sum"


@pytest.mark.parametrize(
    ("model", "kind", "settings", "message"),
    [
        ("sun", "weights", {}, 'there is no model "sun"; did you mean "sum"'),
        ("sum", "weigths", {}, 'not a kind of figure; did you mean "weights"'),
        ("sum", "weights", {"fsp": 20}, 'fsp: unknown key; did you mean "fps"'),
        ("sum", "weights", {"fps": 500}, "fps: 500 is out of range"),
        ("sum", "circle", {}, "it needs neurons with two weights"),
        ("sum", "neurons", {}, "interactive"),
        ("sum", "seeds", {}, "does not show a single run"),
        ("sum", "sweep-film", {}, "unknown key|does not show"),
        ("odd", "weights", {}, "odd, seed 0: not trained as configured.*run gen train odd"),
    ],
)
def test_what_cannot_be_shown_is_one_line(
    folder: Path, model: str, kind: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(GenError, match=message) as error:
        gen.show(f"{folder}/site/gen.toml:{model}", kind, **settings)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("runs/mnist", "runs/mnist: cannot be read: No such file"),
        ("gen.toml", 'gen.toml: it names no model; write "gen.toml:MODEL"'),
        ("gen.txt:sum", "gen.txt:sum: cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_source_that_names_nothing_is_refused(source: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        gen.show(source, "weights")


def test_importing_the_package_does_not_import_the_drawing_code() -> None:
    code = (
        "import sys, gen\n"
        "assert not {'gen.commands.notebook', 'numpy', 'torch'} & set(sys.modules)\n"
        "assert gen.show.__module__ == 'gen.commands.notebook'\n"
        "assert not {'IPython', 'torch'} & set(sys.modules)\n"
        "gen.sow"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "AttributeError" in ran.stderr and "AssertionError" not in ran.stderr, ran.stderr
