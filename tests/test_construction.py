"""The written-down network adds where the proof says so, is drawn, and can be played with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, sync_playwright

from gen.analysis.construction import activities, logits, ripple, shares_right, spoken
from gen.drawing.film import Film
from gen.drawing.layers import Lines
from gen.figures.construction import Construction
from gen.figures.construction_error import ConstructionError
from gen.media.construction import draw_construction
from gen.pages.figures import PlacedDrawing
from gen.pages.site import render_pages
from gen.words import Words
from tests import small_site, test_browser
from tests.conftest import Gen
from tests.small_pages import FRONT, TEMPLATES, site

EN = Words("en")
ASSETS = Path(__file__).parent.parent / "site" / "assets"
EXACT = [3, 5, 6, 7, 8, 9, 10]

IN_BROWSER, ONE_WORKER = pytest.mark.browser, pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("neurons", EXACT)
def test_squares_are_exact_for_every_modulus(neurons: int) -> None:
    for modulus in range(12, 501):
        off = ripple(modulus, neurons, "square")
        assert np.abs(off).max() < 1e-9


def test_four_neurons_cannot_add() -> None:
    for modulus in (12, 67, 500):
        assert shares_right(modulus, 4, "square")[0] < 0.3
        assert shares_right(modulus, 4, "relu")[0] < 0.3


@settings(max_examples=60)
@given(st.integers(12, 40), st.sampled_from(EXACT))
def test_logits_of_squares_are_the_formula(modulus: int, neurons: int) -> None:
    """logit(c) = n cos^2((a - b) w / 2) cos((a + b - c) w), w = 2 pi / p."""
    w = 2 * np.pi / modulus
    a, b, c = np.ogrid[:modulus, :modulus, :modulus]
    formula = neurons * np.cos((a - b) * w / 2) ** 2 * np.cos((a + b - c) * w)
    np.testing.assert_allclose(logits(modulus, neurons, "square"), formula, atol=1e-9)


@settings(max_examples=40)
@given(st.integers(12, 45), st.integers(3, 10), st.sampled_from(["relu", "square"]))
def test_the_share_of_right_sums_is_what_all_logits_say(
    modulus: int, neurons: int, activation: str
) -> None:
    said = logits(modulus, neurons, activation)  # type: ignore[arg-type]
    right, mute = shares_right(modulus, neurons, activation)  # type: ignore[arg-type]
    a, b = np.ogrid[:modulus, :modulus]
    answer = np.take_along_axis(said, ((a + b) % modulus)[..., None], axis=2)[..., 0]
    best = said.max(axis=2)
    alone = (said > best[..., None] - 1e-9).sum(axis=2) == 1
    assert right == pytest.approx(float(((answer == best) & alone).mean()), abs=2e-3)
    assert mute >= (modulus % 2 == 0) / modulus - 1e-12


@pytest.mark.parametrize("neurons", [5, 6, 7, 8, 9, 10])
def test_the_ripple_of_relu_is_that_of_the_two_strongest_disguised_waves(neurons: int) -> None:
    """Waves of order N - 2 and N + 2, N even, turn opposite ways: 3 / (m^2 - 1) of the second."""
    period = neurons if neurons % 2 == 0 else 2 * neurons
    below, above = (3 / (order**2 - 1) for order in (period - 2, period + 2))
    largest = np.abs(ripple(499, neurons, "relu")).max() * 2 * np.pi / 499
    assert largest == pytest.approx(below - above, rel=0.02)


def test_five_neurons_with_relu_serve_113_numbers_and_not_500() -> None:
    assert shares_right(113, 5, "relu") == (1.0, 0.0)
    assert shares_right(500, 5, "relu")[0] < 0.5
    assert shares_right(67, 6, "relu")[0] < 0.5 < shares_right(67, 7, "relu")[0]


@given(st.floats(0, 6.28), st.floats(-2, 2), st.integers(3, 10))
def test_without_a_bend_nothing_is_said(heard: float, strength: float, neurons: int) -> None:
    if neurons != 3:
        said = spoken(activities(np.array(heard), strength, neurons, "linear"))
        assert abs(said) < 1e-9


def film(**settings_: object) -> Film:
    figure = Construction.model_validate(settings_)
    figure.check()
    return figure.film(None, 1)


@pytest.mark.parametrize("neurons", [3, 5, 10])
@pytest.mark.parametrize("activation", ["linear", "relu", "square"])
def test_a_film_goes_once_around(neurons: int, activation: str) -> None:
    drawn = film(modulus=31, neurons=neurons, activation=activation)
    assert len(drawn.steps) == 31
    first, last = drawn.frame(0), drawn.frame(-1)
    assert (first != last).any()
    edges = np.concatenate([first[0], first[-1], first[:, 0], first[:, -1]])
    assert (edges == 255).all()


def test_the_arrows_of_all_neurons_lead_to_the_sum() -> None:
    """The last line's end lies in the direction of the ring's place."""
    drawn = film(modulus=67, neurons=9)
    shaft = [layer for layer in drawn.layers if isinstance(layer, Lines)][-2]
    sums = (8 + np.arange(67)) * 2 * np.pi / 67
    across = np.diff(shaft._points[:, 0], axis=1)[:, 0]
    off = np.angle(np.exp(1j * (np.arctan2(across[:, 1], across[:, 0]) - sums)))
    long = np.hypot(across[:, 0], across[:, 1]) > 2
    assert np.abs(off[long]).max() < np.pi / 67


def test_alt_texts_say_how_many_sums_come_out_right() -> None:
    assert "100\u00a0%" in Construction().alt(None, EN)
    assert "cancels" in Construction(activation="linear").alt(None, EN)
    assert "19\u00a0%" in ConstructionError(neurons=6).alt(None, EN)


def test_the_table_has_a_row_a_place() -> None:
    rows = ConstructionError().csv(None).splitlines()
    assert rows[0] == "place,relu,square" and len(rows) == 1 + 2 * 67


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("modulus = 11", "modulus"),
        ("neurons = 11", "neurons"),
        ("a = 67", "none of the numbers from 0 to 66"),
        ('activation = "tanh"', "activation"),
        ('model = "sum"', "model"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_a_sentence(
    table: str, sentence: str, gen: Gen, tmp_path: Path
) -> None:
    config = f'{small_site.CONFIG}\n[figures.by-hand]\nkind = "construction"\n{table}\n'
    options = small_site.write(tmp_path, config)
    outcome = gen("status", *options)
    assert outcome.code == 2
    assert "figures.by-hand" in outcome.err and sentence in outcome.err


def test_it_is_built_without_a_model_of_its_own_and_only_once(gen: Gen, tmp_path: Path) -> None:
    config = small_site.CONFIG.partition("[figures")[0]
    config += '[figures.by-hand]\nkind = "construction"\nmodulus = 13\n'
    page = small_site.PAGE.partition("picture")[0] + (
        'picture = "by-hand"\n+++\n\n{{by-hand.right:percent}}\n\n::: figure by-hand\nText.\n:::\n'
    )
    options = small_site.write(tmp_path, config, page)
    built = gen("build", *options, "--jobs", "1")
    assert built.code == 0, built.err
    text = (tmp_path / "_site" / "index.html").read_text()
    assert "100" in text and "by-hand.mp4" in text
    assert (tmp_path / "_site" / "media" / "by-hand.gif").exists()
    assert "all is fresh" in gen("build", *options, "--jobs", "1").err
    assert "stale" not in gen("status", *options).out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("construction")
    figure = ConstructionError()
    placed = PlacedDrawing(
        "hand", "", figure.template, figure.draw(None, EN), "data/hand.csv", 8, "Alt."
    )
    text = {"index": FRONT + "::: figure hand wide\nPlay.\n:::\n"}
    pages = render_pages(site("index"), "en", text, {"hand": placed}, {}, EN, TEMPLATES)
    shutil.copytree(ASSETS, folder / "assets")
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=test_browser._executable(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = test_browser.Watched(page)
    page.goto((folder / "index.html").as_uri())
    yield page
    assert watched.complaints == []
    page.close()


@IN_BROWSER
@ONE_WORKER
@pytest.mark.parametrize(("neurons", "modulus"), [(5, 67), (6, 67), (3, 13), (10, 500), (4, 30)])
def test_the_page_comes_to_what_python_comes_to(page: Page, neurons: int, modulus: int) -> None:
    page.locator("input[name='neurons']").fill(str(neurons))
    page.locator("input[name='modulus']").fill(str(modulus))
    expected = draw_construction(modulus, neurons, EN)
    assert page.locator(".said").inner_text() == expected.said
    for kind in ("relu", "square"):
        drawn = page.locator(f".ripple .{kind}").get_attribute("d") or ""
        theirs, ours = (
            np.array(path.replace("M", " ").replace("L", " ").split(), dtype=float)
            for path in (drawn, expected.ripples[kind])
        )
        if kind == "relu" and neurons != 4:
            np.testing.assert_allclose(theirs, ours, atol=2e-3)


@IN_BROWSER
@ONE_WORKER
def test_arrow_keys_change_the_numbers_and_the_circles(page: Page) -> None:
    slider = page.get_by_role("slider", name="b =")
    before = page.locator(".hand.b").get_attribute("d")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("output[name='b']").inner_text() == str(67 // 3 + 1)
    assert page.locator(".hand.b").get_attribute("d") != before


@IN_BROWSER
@ONE_WORKER
@pytest.mark.parametrize("width", [360, 1600])
def test_it_fits_and_is_complete_without_script(browser: Browser, folder: Path, width: int) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator(".circles svg").count() == 3
    assert page.locator("input:visible").count() == 0
    widest = page.locator("figure").evaluate("figure => figure.scrollWidth - figure.clientWidth")
    assert widest <= 1
    context.close()
