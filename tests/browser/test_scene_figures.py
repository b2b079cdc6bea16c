"""Figures that the page draws itself: painting, waiting for data, films where files are missing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from gen.interactive.zipped import zipped
from tests.support import seed_site
from tests.support.browsing import Watched, paint
from tests.support.scene_page import box, dot, with_curve, with_scenes, write_scene
from tests.support.scene_values import unzipped
from tests.support.timeline_page import bar, chart_step, settle, slider, step, until
from tests.support.timeline_site import with_marks

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

STEPS = list(range(0, 121, 10))
FIGURE = "#figure-sum-weights"
LIVE = f"{FIGURE} .live"
CURVE = {"train": [[0.0, 0.1], [1.0, 1.0]], "test": [[0.0, 0.1], [0.5, 0.1], [1.0, 0.9]]}

_COLOUR = "name => [1, 3, 5].map(at => parseInt(grokreel.palette(name).slice(at, at + 2), 16))"

_AT_THE_TEXT = """live => {
  const { x, y, width, height } = live.getBoundingClientRect();
  return document.elementFromPoint(x + 70 / 480 * width, y + 37 / 240 * height).tagName;
}"""

_PAINTS = """() => new Promise(done => {
  const [scene] = grokreel.timelines[0].followers.filter(({ scene }) => scene);
  const draw = scene.draw.bind(scene);
  let [paints, frames] = [0, 0];
  scene.draw = (frame) => { paints += 1; draw(frame); };
  const look = () => {
    frames += 1;
    for (const step of [10, 50, 90, 10 * (frames % 12)]) grokreel.timelines[0].seek(step);
    if (frames < 20) requestAnimationFrame(look);
    else setTimeout(() => done([paints, frames]), 100);
  };
  requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def folder(timeline_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site with a timeline; two of its films have a scene, and the bar has curves."""
    folder = tmp_path_factory.mktemp("scenes") / "site"
    shutil.copytree(timeline_site, folder)
    write_scene(folder, "one", STEPS)
    write_scene(folder, "two", STEPS[::2], seed=1)
    page = (folder / "index.html").read_text("utf-8")
    scenes = [("sum-weights", "one", STEPS), ("sum-waves", "two", STEPS[::2])]
    (folder / "index.html").write_text(with_curve(with_scenes(page, scenes), CURVE), "utf-8")
    with_marks(folder, "index", ("memorises", 25), ("generalises", 85))
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    page.locator(f"{LIVE} canvas").wait_for()
    yield page
    assert watched.complaints == []
    page.close()


def held(page: Page, pattern: str) -> list[Route]:
    """Hold the requests for files; return the list in which they are collected."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        routes.append(route)

    page.route(pattern, hold)
    return routes


def test_the_first_figure_is_loaded_at_once_and_others_when_the_reader_comes_near(
    browser: Browser, folder: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 60})
    watched = Watched(page)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => {"
        " for (const one of document.querySelectorAll('figure.film'))"
        " one.style.marginTop = '2000px'; });"
    )
    page.goto((folder / "index.html").as_uri())
    ready = "Array.from(document.querySelectorAll('figure.film .live'), (one) => !one.hidden)"
    until(page, f"{ready}[0]")
    page.wait_for_timeout(200)
    assert page.evaluate(ready) == [True, False]
    assert not any("-two.js" in request for request in watched.requests)
    page.locator("#figure-sum-waves").scroll_into_view_if_needed()
    page.locator("#figure-sum-waves .live canvas").wait_for()
    page.close()


def test_dragging_the_slider_paints_every_scene_at_its_nearest_frame(page: Page) -> None:
    box = slider(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=5)
    paint(page)
    assert step(page) == chart_step(page, "sum-accuracy") == 60
    assert (dot(page, "sum-weights").frame, dot(page, "sum-waves").frame) == (6, 3)
    page.mouse.up()


def test_films_and_posters_of_drawn_figures_are_hidden_and_text_can_be_selected(
    page: Page,
) -> None:
    assert page.locator(f"{FIGURE} :is(img, video):visible").count() == 0
    assert page.locator(f"{FIGURE} svg text").text_content() == "Dot of seed 0"
    assert page.locator(LIVE).get_attribute("role") == "img"
    assert page.locator(LIVE).evaluate(_AT_THE_TEXT) == "text"


def test_before_the_first_touch_a_scene_shows_the_last_step(page: Page) -> None:
    assert dot(page, "sum-weights").frame == 12
    assert bar(page).locator("output").inner_text() == "Step 120"


def test_a_scene_is_painted_at_most_once_in_an_animation_frame(page: Page) -> None:
    paints, frames = page.evaluate(_PAINTS)
    assert frames / 2 <= paints <= frames + 1


def test_playing_takes_eight_seconds_and_the_canvas_shows_the_step_of_the_bar(page: Page) -> None:
    seen = page.evaluate(
        """() => new Promise(done => {
          const [timeline] = grokreel.timelines;
          const scene = timeline.followers.find(({ scene }) => scene);
          const seen = [];
          timeline.setSpeed(4);
          timeline.play();
          let before;
          let seconds = 0;
          const look = (now) => {
            seen.push([scene.steps[scene.painted], timeline.step]);
            // a frame that takes longer than a tenth of a second moves on by a tenth
            seconds += Math.min(0.1, (now - (before ?? now)) / 1000);
            before = now;
            if (timeline.playing) requestAnimationFrame(look);
            else done({ seen, seconds });
          };
          requestAnimationFrame(look);
        })"""
    )
    assert 1.85 <= seen["seconds"] <= 2.15
    pairs = seen["seen"][2:-1]
    assert len({painted for painted, _ in pairs}) > 8
    assert [painted for painted, shown in pairs if painted != shown] == []


def test_numbers_of_the_poster_at_the_top_wait_until_the_page_is_painted(
    browser: Browser, folder: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.add_init_script(
        "Object.defineProperty(HTMLImageElement.prototype, 'loading', { get: () => 'eager' });"
        "globalThis.PerformanceObserver = class {"
        " constructor(report) { globalThis.report = report; } observe() {} };"
        # for hidden tabs, which do not paint
        "const wait = setTimeout;"
        "globalThis.setTimeout = (call, time) => (time === 1500 ? 0 : wait(call, time));"
    )
    page.goto((folder / "index.html").as_uri())
    until(page, "globalThis.report !== undefined")
    page.wait_for_timeout(200)
    assert not any("-one.js" in request for request in watched.requests)
    page.evaluate("report()")
    page.locator(f"{LIVE} canvas").wait_for()
    page.close()


def test_playing_waits_for_the_data_of_a_visible_scene(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    routes = held(page, "**/packs-one.js")
    page.goto((folder / "index.html").as_uri(), wait_until="domcontentloaded")
    bar(page).get_by_label("Play").click()
    until(page, "document.querySelector('.timeline output').textContent === 'Loading…'")
    assert step(page) == 0
    assert page.locator(f"{FIGURE} img").is_visible() and page.locator(LIVE).is_hidden()
    routes[0].continue_()
    until(page, "grokreel.timelines[0].step > 30")
    assert dot(page, "sum-weights").frame > 0
    page.close()


@pytest.mark.parametrize("missing", ["scenes-one", "packs-one"])
def test_a_figure_whose_files_are_missing_shows_its_film(
    browser: Browser, folder: Path, missing: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    page.route(f"**/{missing}.js", lambda route: route.abort())
    page.goto((folder / "index.html").as_uri())
    page.locator(f"{FIGURE}.filmed").wait_for()
    assert page.locator(f"{FIGURE} .play").count() == 1
    page.evaluate("grokreel.timelines[0].seek(40)")
    settle(page, "sum-weights")
    assert page.locator(f"{FIGURE} video").is_visible() and page.locator(LIVE).is_hidden()
    assert dot(page, "sum-waves").frame == 2
    page.close()


def test_a_browser_that_cannot_unpack_the_data_plays_the_film(
    browser: Browser, folder: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    page.add_init_script("delete globalThis.DecompressionStream")
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    page.evaluate("grokreel.timelines[0].seek(40)")
    settle(page, "sum-weights", "sum-waves")
    assert page.locator(".live:visible").count() == 0
    assert not any("/live/" in request for request in watched.requests)
    assert watched.complaints == []
    page.close()


def test_the_theme_can_change_while_a_scene_is_shown(page: Page) -> None:
    colours: list[object] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        paint(page)
        colours.append(dot(page, "sum-weights").colour)
        assert colours[-1] == page.evaluate(_COLOUR, "signal")
    assert colours[0] != colours[1]


def test_the_canvas_has_the_pixels_of_the_screen_at_every_size(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 3400}, device_scale_factor=1.5)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    for width, shown in ((1280, 480), (390, None), (320, None)):
        page.set_viewport_size({"width": width, "height": 3400})
        page.locator(f"{LIVE} canvas").wait_for()
        paint(page)
        size = page.locator(f"{LIVE} canvas").evaluate(
            "c => [c.width, c.height, c.getBoundingClientRect().width]"
        )
        assert shown is None or size[2] == shown
        assert size[0] == pytest.approx(1.5 * size[2], abs=1)
        assert size[1] == pytest.approx(size[0] / 2, abs=1)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert size[2] <= width
        assert dot(page, "sum-weights").frame == 12
    context.close()


def test_a_click_on_a_scene_does_not_play_and_its_button_does(page: Page) -> None:
    page.locator(LIVE).click()
    assert page.evaluate("grokreel.timelines[0].playing") is False
    button = page.locator(f"{FIGURE} .play")
    button.click()
    assert button.get_attribute("aria-label") == "Pause"
    button.press("ArrowLeft")
    assert button.get_attribute("aria-label") == "Play"


def test_repeat_starts_again_at_the_end_until_it_is_released(page: Page) -> None:
    repeat = bar(page).get_by_label("Repeat")
    assert repeat.get_attribute("aria-pressed") == "false"
    repeat.click()
    assert repeat.get_attribute("aria-pressed") == "true"
    page.evaluate("grokreel.timelines[0].setSpeed(8); grokreel.timelines[0].play(80, 120)")
    until(page, "grokreel.timelines[0].step > 90")
    until(page, "grokreel.timelines[0].step === 80")
    repeat.click()
    bar(page).get_by_label("Play", exact=True).wait_for()
    assert step(page) == 120


def test_with_reduced_motion_scenes_jump_from_mark_to_mark(browser: Browser, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 3400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    page.locator(f"{LIVE} canvas").wait_for()
    page.evaluate(
        "() => { const [t] = grokreel.timelines; t.setSpeed(16);"
        " const s = t.followers.find(({ scene }) => scene);"
        " const [follow, draw] = [s.follow.bind(s), s.draw.bind(s)]; globalThis.told = [];"
        " s.follow = () => { told.push(t.step); follow(); };"
        " s.draw = (frame) => { globalThis.drawn = frame; draw(frame); }; t.play(); }"
    )
    until(page, "!grokreel.timelines[0].playing")
    paint(page)
    told = page.evaluate("told.filter((step, i) => step !== told[i - 1])")
    assert (told, page.evaluate("drawn")) == ([0, 20, 80, 120], 12)
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_names_of_marks_and_curves_are_above_the_slider(
    browser: Browser, folder: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto((folder / "index.html").as_uri())
    page.locator(FIGURE).scroll_into_view_if_needed()
    bar(page).wait_for()
    paint(page)
    knob = slider(page).bounding_box()
    curve = bar(page).locator(".curve").bounding_box()
    assert knob is not None and curve is not None
    line = knob["y"] + knob["height"] / 2
    names = [one.bounding_box() for one in bar(page).locator(".mark").all()]
    assert len(names) == 2
    for name in names:
        assert name is not None and name["height"] >= 24
        assert name["x"] >= 0 and name["x"] + name["width"] <= width
        assert name["y"] + name["height"] <= line - 8
    assert curve["y"] + curve["height"] <= line
    lines = bar(page).locator(".curve polyline")
    assert lines.evaluate_all("all => all.map(one => getComputedStyle(one).strokeDasharray)") == [
        "6px, 3px",
        "none",
    ]
    for button in bar(page).locator("> button").all():
        size = button.bounding_box()
        assert size is not None and min(size["width"], size["height"]) >= 24
    page.close()


def test_on_paper_there_is_the_poster(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(LIVE).is_hidden()
    assert page.locator(f"{FIGURE} img").is_visible()
    assert page.locator(f"{FIGURE} .play").is_hidden()


def test_without_scripts_there_is_the_film(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator(f"{FIGURE} video[controls]").is_visible()
    assert page.locator(".live:visible").count() == 0
    context.close()


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of which other seeds have a scene, but no film."""
    folder = tmp_path_factory.mktemp("seeds")
    seed_site.build_here(folder)
    site = folder / "_site"
    for seed in (0, 1):
        write_scene(site, f"sum-{seed}", STEPS, seed)
    page = (site / "index.html").read_text("utf-8")
    page = with_scenes(page, [("sum-weights", "sum-0", STEPS)])
    (site / "index.html").write_text(page, "utf-8")
    for seed in (0, 1):
        script = site / "seeds" / f"sum-{seed}.js"
        head, detail, tail = re.split(r"(?<=detail: )(.*)(?= \}\)\);)", script.read_text("utf-8"))
        values = json.loads(detail)
        figures = unzipped(values["figures"])
        figures["sum-weights"] = re.sub(
            r'<div class="live".*?</div>',
            box(f"sum-{seed}", STEPS),
            figures["sum-weights"],
            flags=re.DOTALL,
        )
        values["figures"] = zipped(json.dumps(figures).encode())
        script.write_text(head + json.dumps(values) + tail, "utf-8")
    return site


def colour_of(page: Page) -> str:
    found = dot(page, "sum-weights").colour
    return next(name for name in ("signal", "failed") if page.evaluate(_COLOUR, name) == found)


def test_another_seed_is_shown_when_its_scene_is_decoded(browser: Browser, seeded: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    watched = Watched(page)
    routes = held(page, "**/packs-sum-1.js")
    page.goto((seeded / "index.html").as_uri())
    page.locator(f"{LIVE} canvas").wait_for()
    page.evaluate("grokreel.timelines[0].seek(30)")
    page.locator(".seed", has_text="Seed 1").click()
    until(page, "document.querySelector('.live').dataset.scene === 'sum-1'")
    paint(page)
    assert colour_of(page) == "signal"
    routes[0].continue_()
    until(page, "document.querySelector('.live text').textContent === 'Dot of seed 1'")
    assert (colour_of(page), dot(page, "sum-weights").frame) == ("failed", 3)
    assert "seed\u00a01;" in page.locator(f"{FIGURE} .other-seed").inner_text()
    page.locator(f"{FIGURE} .other-seed button").click()
    until(page, "document.querySelector('.live text').textContent === 'Dot of seed 0'")
    assert (colour_of(page), dot(page, "sum-weights").frame) == ("signal", 3)
    assert page.locator(f"{FIGURE} canvas").count() == 1
    assert watched.complaints == []
    page.close()


def test_a_figure_whose_other_seed_fails_to_load_says_that_it_shows_the_seed_of_the_text(
    browser: Browser, seeded: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    page.route("**/packs-sum-1.js", lambda route: route.abort())
    page.goto((seeded / "index.html").as_uri() + "?seed=1&step=30")
    page.locator(f"{FIGURE}.filmed.moving").wait_for()
    film = page.locator(f"{FIGURE} video")
    assert film.evaluate("v => v.currentSrc").endswith("sum-weights.mp4")
    assert film.evaluate("v => v.currentTime") > 0
    note = page.locator(f"{FIGURE} .other-seed")
    assert note.inner_text() == "This is seed\u00a00, as in the text."
    assert "seed\u00a01;" in page.locator("#figure-sum-accuracy .other-seed").inner_text()
    page.close()
