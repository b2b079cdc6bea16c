"""A figure as one HTML file: opened from disk, in a frame of another page, and without scripts."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, expect

from gen.commands import build
from gen.i18n import Words
from tests.support import small_site
from tests.support.browsing import Watched, paint, watched_page
from tests.support.small_pages import Outline

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

FIGURES = ("sum-weights", "sum-waves", "odd-weights")
LIVE = ".film.lives .live"

_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(" | ")}`)"""

_PICTURE = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let [sum, painted] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    painted += data[i + 3] > 0;
    sum = (31 * sum + data[i] + 3 * data[i + 1] + 7 * data[i + 2]) % 1000000007;
  }
  return [sum, painted];
}"""


def picture(inside: Page | Frame) -> tuple[int, int]:
    """Return a digest of what is painted, and the number of painted pixels."""
    digest, painted = inside.locator(f"{LIVE} canvas").evaluate(_PICTURE)
    return digest, painted


def slider(inside: Page | Frame) -> Locator:
    return inside.locator(".timeline input")


def scrubbed(inside: Page | Frame) -> None:
    """Check that a figure paints another picture at an earlier step, by keyboard."""
    inside.locator(LIVE).wait_for()
    before = picture(inside)
    assert before[1] > 1000
    last = slider(inside).input_value()
    slider(inside).press("Home")
    expect(slider(inside)).not_to_have_value(last)
    paint(inside)
    after = picture(inside)
    assert after[0] != before[0] and after[1] > 1000


def framing(address: str, folder: Path, width: int) -> Path:
    """Write a page with a figure in a frame that allows nothing but scripts."""
    path = folder / "host.html"
    frame = f'<iframe sandbox="allow-scripts" title="F" width="{width}" height="600" {address}>'
    path.write_text(f"<!doctype html><title>Host</title>{frame}</iframe>", "utf-8")
    return path


@pytest.fixture(params=FIGURES)
def document(request: pytest.FixtureRequest, timeline_site: Path) -> Path:
    return timeline_site / "figures" / f"{request.param}.html"


@pytest.fixture(scope="module")
def in_two_languages(timeline_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files of the same site in English and Chinese."""
    source, folder = timeline_site.parent, tmp_path_factory.mktemp("languages")
    for name in (".gen", "site"):
        shutil.copytree(source / name, folder / name)
    config = folder / "site" / "gen.toml"
    text = config.read_text("utf-8").replace('languages = ["en"]', 'languages = ["en", "zh"]')
    config.write_text(text, "utf-8")
    shutil.copytree(folder / "site" / "pages" / "en", folder / "site" / "pages" / "zh")
    build.build(small_site.context_of(folder))
    assert not (folder / "_site" / "zh" / "figures").exists()
    return folder / "_site" / "figures"


@pytest.mark.parametrize(
    ("locale", "query", "shown"),
    [
        ("zh-CN", "", "zh"),
        ("zh-CN", "?lang=en", "en"),
        ("en-GB", "", "en"),
        ("en-GB", "?lang=zh", "zh"),
        ("de-DE", "", "en"),
    ],
)
@pytest.mark.parametrize("name", ["sum-weights", "by-hand"])
def test_it_is_in_the_language_of_its_address_or_its_reader(
    browser: Browser, in_two_languages: Path, name: str, locale: str, query: str, shown: str
) -> None:
    words = Words(shown)
    context = browser.new_context(locale=locale)
    page = context.new_page()
    watched = Watched(page)
    page.goto((in_two_languages / f"{name}.html").as_uri() + query)
    live = page.locator(LIVE)
    live.wait_for()
    assert page.evaluate("document.documentElement.lang") == words("tag")
    assert page.locator("summary").inner_text() == words("gallery.recipe")
    play = page.get_by_role("button", name=words("timeline.play"), exact=True)
    expect(play).to_have_count(1)
    alts = {
        live.get_attribute("aria-label"),
        page.locator(".player > img").get_attribute("alt"),
        page.locator("meta[name='description']").get_attribute("content"),
    }
    (alt,) = alts
    assert alt and bool(re.search("[\u4e00-\u9fff]", alt)) == (shown == "zh")
    if name == "sum-weights":
        scrubbed(page)
    assert watched.complaints == []
    context.close()


def test_a_file_paints_and_scrubs_and_requests_nothing(
    browser: Browser, document: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "elsewhere.html"
    alone.write_bytes(document.read_bytes())
    page = browser.new_page()
    watched = Watched(page)
    page.goto(alone.as_uri())
    scrubbed(page)
    assert watched.requests == [alone.as_uri()]
    assert watched.complaints == []
    page.close()


def test_its_policy_allows_what_is_in_it_and_nothing_else(document: Path) -> None:
    html = document.read_text("utf-8")
    outline = Outline.of(html)
    policy = next(given["content"] for _, given in outline.tags if "http-equiv" in given)
    assert policy is not None
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts.keys() == {
        *("default-src", "img-src", "style-src", "script-src", "base-uri", "form-action")
    }
    assert (parts["default-src"], parts["img-src"]) == ("'none'", "data:")
    for element in ("script", "style"):
        inside = re.findall(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        digests = {
            f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in inside
        }
        assert inside and digests == set(parts[f"{element}-src"].split())
    for tag, given in outline.tags:
        assert tag not in {"link", "video", "iframe"} and "style" not in given
        assert tag != "script" or not given.get("src")
        assert not [key for key in given if key.startswith("on")]
        assert (given.get("src") or "data:").startswith("data:")


@pytest.mark.parametrize("width", [320, 900])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_that_allows_only_scripts_shows_it_at_any_width(
    browser: Browser, timeline_site: Path, tmp_path: Path, width: int, scheme: str
) -> None:
    address = f'src="{(timeline_site / "figures" / "sum-weights.html").as_uri()}"'
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    watched = Watched(page)
    page.goto(framing(address, tmp_path, width).as_uri())
    inside = page.frames[1]
    scrubbed(inside)
    wide, ground = inside.evaluate(
        "[document.documentElement.scrollWidth - innerWidth, grokreel.palette('ground')]"
    )
    assert wide <= 0
    assert (ground == "#ffffff") == (scheme == "light")
    assert watched.complaints == []
    context.close()


def test_a_frame_can_hold_the_whole_document(
    browser: Browser, timeline_site: Path, tmp_path: Path
) -> None:
    document = (timeline_site / "figures" / "sum-weights.html").read_text("utf-8")
    host = framing(f'srcdoc="{escape(document)}"', tmp_path, 700)
    with watched_page(browser, host) as page:
        scrubbed(page.frames[1])


def test_a_value_is_read_and_pinned_in_it(browser: Browser, timeline_site: Path) -> None:
    with watched_page(browser, timeline_site / "figures" / "sum-weights.html") as page:
        page.locator(LIVE).wait_for()
        place = page.locator(LIVE).evaluate("""live => {
          const { x, y, width } = live.getBoundingClientRect();
          const { scene } = grokreel.timelines[0].followers[0];
          const { left, top, cell } = scene.layers.find(({ type }) => type === "cells");
          const scale = width / scene.width;
          return [x + scale * (left + cell / 2), y + scale * (top + cell / 2)];
        }""")
        page.mouse.move(*place)
        expect(page.locator(".readout")).to_be_visible()
        page.mouse.click(*place)
        expect(page.locator(".pins")).to_be_visible()


def test_with_reduced_motion_it_jumps_to_the_end(browser: Browser, timeline_site: Path) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto((timeline_site / "figures" / "sum-weights.html").as_uri())
    page.locator(LIVE).wait_for()
    page.locator(".timeline .play").click()
    assert page.evaluate("grokreel.timelines[0].running") is False
    assert page.evaluate("grokreel.timelines[0].playing") is True
    context.close()


@pytest.mark.parametrize("broken", ["no script", "no gzip", "damaged"])
def test_its_poster_stays_where_it_cannot_be_painted(
    browser: Browser, timeline_site: Path, tmp_path: Path, broken: str
) -> None:
    html = (timeline_site / "figures" / "sum-weights.html").read_text("utf-8")
    if broken == "damaged":
        html = re.sub(r'"data":"[^"]*"', '"data":"H4sI"', html)
        html = re.sub(r"<meta http-equiv[^>]*>", "", html)
    (tmp_path / "figure.html").write_text(html, "utf-8")
    page = browser.new_page(java_script_enabled=broken != "no script")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    if broken == "no gzip":
        page.add_init_script("delete globalThis.DecompressionStream")
    page.goto((tmp_path / "figure.html").as_uri())
    page.wait_for_timeout(300)
    poster = page.locator(".player > img")
    expect(poster).to_be_visible()
    assert poster.evaluate("one => one.naturalWidth") > 100
    expect(page.locator(".live")).to_be_hidden()
    assert len(errors) == (broken != "no script")
    if broken != "no script":
        slider(page).press("Home")
        assert slider(page).input_value() == "0"
    page.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_axe_finds_nothing_in_it(
    browser: Browser, timeline_site: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    page.goto((timeline_site / "figures" / "sum-weights.html").as_uri())
    page.locator(LIVE).wait_for()
    page.locator("summary").click()
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    assert page.evaluate(_AXE) == []
    context.close()
