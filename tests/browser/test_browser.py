"""All pages in a browser: no errors, no external requests; films play and seek."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gen.site.pages.scripts import MOST_BYTES
from tests.support.browsing import Watched, focus, started
from tests.support.small_pages import Outline

PAGES = (
    "index",
    "modular-addition",
    "ones-and-zeros",
    "when",
    "five-neurons",
    "stars",
    "smooth",
    "larger-model",
    "hurry-up",
    "other-roads",
    "open-questions",
    "construction",
    "try-others",
    "gallery",
    "report",
    "how-it-was-made",
)
TRANSLATED = ("zh",)
TRANSLATIONS = tuple(f"{language}/{name}" for language in TRANSLATED for name in PAGES)
EVERY_LANGUAGE = (*PAGES, *TRANSLATIONS)
WIDTHS = (360, 768, 1280, 1600)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Watched]:
    """One tab for all pages; this takes half the time of a new tab for each."""
    page = browser.new_page()
    yield Watched(page)
    page.close()


@pytest.fixture
def watched(tab: Watched) -> Iterator[Watched]:
    """The tab, with empty lists of errors and requests."""
    tab.page.set_viewport_size({"width": 1280, "height": 900})
    tab.complaints.clear()
    tab.requests.clear()
    yield tab
    tab.page.goto("about:blank")


@pytest.fixture(scope="module")
def scriptless(browser: Browser) -> Iterator[Page]:
    """A tab with JavaScript disabled."""
    page = browser.new_page(java_script_enabled=False)
    yield page
    page.close()


def test_the_site_has_no_untested_page(article_site: Path) -> None:
    for folder in ("", *TRANSLATED):
        assert {path.stem for path in (article_site / folder).glob("*.html")} == set(PAGES)


@pytest.mark.parametrize("name", EVERY_LANGUAGE)
def test_a_page_opens_from_disk_without_errors_or_external_requests(
    watched: Watched, article_site: Path, name: str
) -> None:
    watched.page.goto((article_site / f"{name}.html").as_uri())
    started(watched.page)
    watched.page.wait_for_load_state("networkidle")
    assert watched.complaints == []
    inside = article_site.as_uri() + "/"
    assert watched.requests and all(url.startswith(inside) for url in watched.requests)


def test_every_page_starts_with_a_policy_that_allows_only_files_of_the_site(
    article_site: Path,
) -> None:
    pages = sorted(path for path in article_site.rglob("*.html") if path.parent.name != "figures")
    assert len(pages) == len(EVERY_LANGUAGE)
    for path in pages:
        tags = Outline.of(path.read_text()).tags
        names = [tag for tag, _ in tags]
        place = next(at for at, (_, given) in enumerate(tags) if "http-equiv" in given)
        assert not {"script", "link", "style", "img", "video"} & set(names[:place]), path
        policy = tags[place][1]["content"]
        assert policy is not None and policy.startswith("default-src 'none'; ")
        allowed = {word for part in policy.split(";") for word in part.split()[1:]}
        assert allowed == {"'none'", "'self'", "file:"}, path
        for tag, given in tags:
            assert tag != "style" and "style" not in given, (path, tag)
            assert not [key for key in given if key.startswith("on")], (path, tag)
            assert tag != "script" or given.get("src") or given.get("type") == "application/json"
            sheet = given.get("href") if given.get("rel") == "stylesheet" else ""
            loaded = sheet or given.get("src") or given.get("poster") or ""
            assert "//" not in loaded and not loaded.startswith(("data:", "/")), (path, loaded)


@pytest.mark.parametrize(
    "brought_in",
    [
        """const s = document.createElement("script"); s.textContent = "document.title = 'in'";
        document.body.append(s)""",
        """document.body.insertAdjacentHTML("beforeend",
        '<img src=x onerror="document.title = String.fromCharCode(105, 110)">')""",
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"https://example.org/x.png\">')",
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')",
        "document.body.insertAdjacentHTML('beforeend', '<iframe src=\"index.html\"></iframe>')",
        "fetch('data/facts.json').catch(() => 0)",
    ],
    ids=["script", "handler", "address", "style", "frame", "fetch"],
)
def test_the_policy_blocks_injected_content(
    watched: Watched, article_site: Path, brought_in: str
) -> None:
    watched.page.goto((article_site / "index.html").as_uri())
    refused = watched.page.evaluate(
        "() => new Promise((done) => {"
        " addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective));"
        f" {brought_in}; setTimeout(done, 3000, '') }})"
    )
    assert refused
    assert watched.page.title() != "in"


@pytest.mark.parametrize("name", PAGES)
def test_every_image_of_a_page_loads(watched: Watched, article_site: Path, name: str) -> None:
    watched.page.goto((article_site / f"{name}.html").as_uri())
    for image in watched.page.locator("img").all():
        # The poster of a figure that the page paints is hidden, and so would never be loaded.
        image.evaluate("image => { image.loading = 'eager'; return image.decode() }")
        assert image.evaluate("image => image.naturalWidth") > 0


@pytest.mark.parametrize("name", PAGES)
def test_every_film_of_a_page_plays_to_its_end_and_seeks(
    watched: Watched, article_site: Path, name: str
) -> None:
    watched.page.goto((article_site / f"{name}.html").as_uri())
    for video in watched.page.locator("video").all():
        video.evaluate("v => { v.muted = true; v.load() }")
        duration = video.evaluate(
            "v => new Promise((done, fail) => { v.oncanplay = () => done(v.duration);"
            " v.onerror = () => fail(new Error(v.error && v.error.message));"
            " if (v.readyState > 2) done(v.duration); v.play() })"
        )
        assert 2 <= duration <= 12
        middle = video.evaluate(
            "(v, t) => new Promise(done => { v.pause();"
            " v.onseeked = () => done(v.currentTime); v.currentTime = t })",
            duration / 2,
        )
        assert middle == pytest.approx(duration / 2, abs=0.1)
        ended = video.evaluate(
            "(v, t) => new Promise(done => { v.onended = () => done(true);"
            " v.currentTime = t; v.play() })",
            duration - 0.3,
        )
        assert ended
        assert video.evaluate("v => v.videoWidth >= 640 && v.videoHeight >= 240")


@pytest.mark.parametrize("name", EVERY_LANGUAGE)
def test_no_page_scrolls_horizontally(watched: Watched, article_site: Path, name: str) -> None:
    watched.page.goto((article_site / f"{name}.html").as_uri())
    started(watched.page)
    for width in WIDTHS:
        watched.page.set_viewport_size({"width": width, "height": 800})
        overhang = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overhang <= 0, width


@pytest.mark.parametrize("name", EVERY_LANGUAGE)
def test_a_page_is_complete_without_script(scriptless: Page, article_site: Path, name: str) -> None:
    scriptless.goto((article_site / f"{name}.html").as_uri())
    assert scriptless.locator("h1").count() == 1
    figures = scriptless.locator("figure")
    for figure in figures.all():
        assert figure.locator("video[controls], svg, img").count() >= 1
        assert figure.locator("figcaption").inner_text().strip()


@pytest.mark.parametrize("folder", ["", *TRANSLATED])
@pytest.mark.parametrize("name", ["when", "construction", "stars", "open-questions"])
def test_scripts_do_not_change_the_initial_texts(
    watched: Watched, scriptless: Page, article_site: Path, name: str, folder: str
) -> None:
    texts: list[list[str]] = []
    for page in (scriptless, watched.page):
        page.goto((article_site / folder / f"{name}.html").as_uri())
        if page is not scriptless:
            started(page)
        texts.append(page.locator(".focus, .said, .counted").all_inner_texts())
    assert texts[0] and texts[0] == texts[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_light_and_dark_mode(
    browser: Browser, article_site: Path, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto((article_site / "ones-and-zeros.html").as_uri())
    ink, ground = page.evaluate(
        "[getComputedStyle(document.querySelector('main p')).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert _contrast(ink, ground) >= 4.5
    context.close()


def _contrast(first: str, second: str) -> float:
    """Return the WCAG 2 contrast ratio (1 to 21) of two `rgb(r, g, b)` colours."""
    light = []
    for colour in (first, second):
        channels = [int(part) / 255 for part in colour[4:-1].split(",")[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


def _judged(rows: list[dict[str, str]], loss: float, ratio: float) -> dict[str, int]:
    counts: dict[str, int] = {}.fromkeys(("groks", "together", "memorises", "never"), 0)
    for row in rows:
        if float(row["min_train_loss"]) > loss:
            counts["never"] += 1
        elif float(row["min_test_loss"]) > loss:
            counts["memorises"] += 1
        else:
            counts["together" if float(row["max_ratio"]) < ratio else "groks"] += 1
    return counts


def _counted(page: Page) -> dict[str, int]:
    return {
        key: int(entry.locator(".count").inner_text())
        for entry in page.locator("#figure-sweep-map .legend li").all()
        if (key := entry.get_attribute("data-outcome"))
    }


def test_the_map_recomputes_outcomes_when_a_threshold_changes(
    watched: Watched, article_site: Path
) -> None:
    page = watched.page
    page.goto((article_site / "when.html").as_uri())
    started(page)
    with (article_site / "data" / "parity-sweep.csv").open() as table:
        rows = list(csv.DictReader(table))
    assert _counted(page) == _judged(rows, 1e-5, 5e4)
    before = page.locator("#figure-sweep-map .panels").inner_html()
    focus(page.locator("input[name='loss']"))
    page.keyboard.press("End")
    assert _counted(page) == _judged(rows, 1e-1, 5e4)
    focus(page.locator("input[name='ratio']"))
    page.keyboard.press("Home")
    assert _counted(page) == _judged(rows, 1e-1, 3.2)
    assert page.locator("#figure-sweep-map .panels").inner_html() != before
    marks = page.locator("#figure-sweep-map .cell use").evaluate_all(
        "all => all.map(use => use.getAttribute('href'))"
    )
    for key, count in _counted(page).items():
        assert sum(mark.endswith(f"-{key}") for mark in marks) == count


def test_a_map_cell_is_selected_by_keyboard_and_pointer(
    watched: Watched, article_site: Path
) -> None:
    page = watched.page
    page.goto((article_site / "when.html").as_uri())
    started(page)
    figure = page.locator("#figure-sweep-map")
    large, curves = figure.locator(".focus"), figure.locator(".small .line").first
    assert figure.locator(".cell[tabindex='0']").count() == 1

    def state() -> tuple[str, str | None, str]:
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        return large.inner_text(), curves.get_attribute("points"), label

    focus(figure.locator(".cell[tabindex='0']"))
    page.keyboard.press("Home")
    first = state()
    assert first[0] == first[2] and "decay 0.1" in first[0] and "16" in first[0]
    page.keyboard.press("ArrowRight")
    second = state()
    assert "32" in second[0] and second[:2] != first[:2]
    page.keyboard.press("ArrowUp")
    assert "1,250" in state()[0] or "1250" in state()[0]
    page.keyboard.press("PageDown")
    assert "decay 1," in state()[0]
    page.keyboard.press("End")
    last = state()
    page.keyboard.press("ArrowRight")
    assert state() == last
    figure.locator(".cell").first.hover()
    assert large.inner_text() != last[0]


@pytest.mark.parametrize("name", EVERY_LANGUAGE)
def test_a_page_names_at_most_150_kb_of_scripts_and_loads_no_others(
    watched: Watched, article_site: Path, name: str
) -> None:
    path = article_site / f"{name}.html"
    outline = Outline.of(path.read_text("utf-8"))
    named = {src.partition("?")[0] for one in outline.every("script") if (src := one.get("src"))}
    assert sum((path.parent / src).stat().st_size for src in named) <= MOST_BYTES
    late = {
        address.partition("?")[0]
        for _, attributes in outline.tags
        for address in (attributes.get("data-scripts") or "").split()
    }
    assert not late & named
    watched.page.goto(path.as_uri())
    started(watched.page)
    inside = (article_site / "assets").as_uri()
    loaded = {one.partition("?")[0] for one in watched.requests if one.startswith(inside)}
    expected = {(path.parent / src).resolve().as_uri() for src in named | late}
    assert {one for one in loaded if one.endswith(".js")} == expected


def test_the_page_with_the_map_is_small(article_site: Path) -> None:
    scripts = [article_site / "assets" / f"sweep{part}.js" for part in ("", "-maths", "-networks")]
    assert sum(script.stat().st_size for script in scripts) < 24_000
    assert (article_site / "when.html").stat().st_size < 1_500_000
