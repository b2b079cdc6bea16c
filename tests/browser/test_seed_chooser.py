"""The seed chooser in a browser: all figures of a model show the chosen seed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import seed_site, timeline_page
from tests.support.browsing import Watched, focus, paint, started

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("seed_chooser")]

LIVE = "#figure-sum-weights .live"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a small site with figures of every seed."""
    folder = tmp_path_factory.mktemp("chooser")
    seed_site.build_here(folder)
    return (folder / "_site" / "index.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto(address)
    started(page)
    yield page
    assert watched.complaints == []
    page.close()


def check_shown(page: Page, seed: int) -> None:
    """Check that every figure of all seeds shows this seed, names it, and links its files."""
    stem = "sum-weights" if seed == 0 else f"sum-weights.seed-{seed}"
    expect(page.locator(LIVE)).to_have_attribute("data-scene", f"{stem}.scene")
    expect(page.locator(LIVE)).to_have_attribute("data-pack", f"sum.run-{seed}")
    links = page.locator("#figure-sum-weights .download a")
    assert links.first.get_attribute("href") == "media/sum-weights.mp4"
    chart = "sum-accuracy" if seed == 0 else f"sum-accuracy.seed-{seed}"
    link = page.locator("#figure-sum-accuracy .download a").first
    assert link.get_attribute("href") == f"media/{chart}.svg"
    assert radio(page, seed).is_checked()
    notes = page.locator(".other-seed:visible")
    expect(notes).to_have_count(0 if seed == 0 else 4)
    if seed:
        texts = notes.all_inner_texts()
        assert [f"seed\u00a0{seed};" in text for text in texts] == [True, True, True, False]
    assert (f"seed={seed}" in page.url) == (seed != 0)


def painted(page: Page, seed: int) -> None:
    """Wait until the figure has painted the scene of a seed."""
    timeline_page.until(
        page,
        "grokreel.timelines[0].followers.some(({ shownName, painted }) => "
        f"shownName === 'sum-weights.seed-{seed}.scene' && painted !== undefined)",
    )


def radio(page: Page, seed: int) -> Locator:
    return page.locator(f"input[type='radio'][value='{seed}']")


def descriptions(page: Page) -> list[str | None]:
    """Return the alt texts of the figures."""
    return [
        page.locator(LIVE).get_attribute("aria-label"),
        page.locator("#figure-sum-accuracy svg.wide desc").text_content(),
        page.locator("#figure-sum-parts").get_attribute("aria-label"),
        page.locator("#figure-sum-accuracy path.line").first.get_attribute("d"),
        page.locator("#figure-sum-parts svg.wide .dots").first.get_attribute("d"),
    ]


def test_a_click_changes_the_seed_of_every_figure_and_a_button_resets_it(page: Page) -> None:
    check_shown(page, 0)
    first, still = descriptions(page), page.locator("#figure-sum-still .chart").inner_html()
    page.locator(".seed", has_text="Seed 2").click()
    check_shown(page, 2)
    assert all(one != other for one, other in zip(first, descriptions(page), strict=True))
    assert page.locator("#figure-sum-still .chart").inner_html() == still
    assert "Seed 0" in page.locator(".seed .told:visible").locator("..").inner_text()
    page.locator("#figure-sum-accuracy .other-seed button").click()
    check_shown(page, 0)
    assert descriptions(page) == first
    assert page.evaluate("document.activeElement.id") == "figure-sum-accuracy"


def test_arrow_keys_choose_a_seed_and_the_focus_is_visible(page: Page) -> None:
    focus(radio(page, 0))
    page.keyboard.press("ArrowRight")
    check_shown(page, 1)
    page.keyboard.press("ArrowLeft")
    check_shown(page, 0)
    page.set_viewport_size({"width": 330, "height": 800})
    page.keyboard.press("ArrowDown")
    columns = page.locator(".seeds li").evaluate_all(
        "all => all.filter(one => one.offsetTop === all[0].offsetTop).length"
    )
    check_shown(page, columns)
    outline = "node => getComputedStyle(node.closest('.seed')).outlineStyle"
    assert radio(page, columns).evaluate(outline) == "solid"


def test_the_chosen_chart_does_not_move_on_the_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    card = page.locator(".seeds li").nth(1)
    card.scroll_into_view_if_needed()
    before = card.bounding_box()
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    paint(page)
    after = card.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2


def test_a_film_keeps_its_step_when_the_seed_changes(page: Page) -> None:
    focus(timeline_page.slider(page))
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    page.locator("#figure-sum-weights").scroll_into_view_if_needed()
    painted(page, 1)
    assert timeline_page.step(page) == timeline_page.chart_step(page, "sum-accuracy") == 30


def test_a_playing_film_keeps_playing_when_the_seed_changes(page: Page) -> None:
    speed = page.locator(".timeline .speed")
    speed.click()
    speed.click()
    timeline_page.bar(page).get_by_label("Play").click()
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    page.locator("#figure-sum-weights").scroll_into_view_if_needed()
    timeline_page.bar(page).get_by_label("Play").wait_for()
    painted(page, 1)
    assert timeline_page.step(page) == 120


def test_a_figure_that_the_page_paints_loads_no_film(page: Page) -> None:
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    page.locator("#figure-sum-weights").scroll_into_view_if_needed()
    painted(page, 1)
    assert page.locator("#figure-sum-weights video").evaluate("v => v.readyState") == 0


def test_a_new_seed_keeps_the_chosen_numbers(page: Page) -> None:
    slider = page.locator("input[name='a']")
    focus(slider)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    before = page.locator(".said").inner_text()
    page.locator(".seed", has_text="Seed 2").click()
    check_shown(page, 2)
    assert slider.input_value() == "1"
    assert page.locator(".numbers").is_visible()
    after = page.locator(".said").inner_text()
    assert after.startswith("1 + ") and after.split("is")[0] == before.split("is")[0]
    focus(slider)
    page.keyboard.press("End")
    assert page.locator(".said").inner_text().startswith("10 + ")


def test_the_last_of_several_quick_choices_is_shown(page: Page) -> None:
    for seed in (1, 2, 0, 2, 1):
        radio(page, seed).check()
    check_shown(page, 1)


def test_a_link_with_a_seed_shows_it(page: Page, address: str) -> None:
    page.goto(f"{address}?seed=2#figure-sum-seeds")
    check_shown(page, 2)
    assert page.url.endswith("?seed=2#figure-sum-seeds")
    page.goto(f"{address}?seed=77")
    check_shown(page, 0)


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_the_charts_fit_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_scripts_the_page_shows_the_default_seed(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}?seed=2")
    assert page.locator(".seed .chart svg:visible").count() == 3
    assert page.locator("input:visible, .other-seed:visible, .hint:visible").count() == 0
    assert page.locator(".here:visible").count() == 1
    film = page.locator("#figure-sum-weights video source")
    assert film.get_attribute("src") == "media/sum-weights.mp4"
    context.close()


def in_bar(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Seed", exact=True)


def check_figures(page: Page, seed: int, *charts: str) -> None:
    """Check the charts, the note of each figure, and the list in the bar."""
    suffix = f".seed-{seed}" if seed else ""
    for chart in charts:
        link = page.locator(f"#figure-{chart} .download a").first
        expect(link).to_have_attribute("href", f"media/{chart}{suffix}.svg")
    expect(in_bar(page)).to_have_value(str(seed))
    told = f"This is seed\u00a0{seed}; the text speaks of seed\u00a00."
    expect(page.locator(".other-seed:visible", has_text=told)).to_have_count(2 if seed else 0)


def test_a_page_without_a_figure_of_seeds_has_the_choice_in_its_bar(
    page: Page, address: str
) -> None:
    page.goto(address.replace("index", "second"))
    check_figures(page, 0, "sum-accuracy")
    assert in_bar(page).locator("option").all_inner_texts() == ["0", "1", "2"]
    in_bar(page).select_option("2")
    check_figures(page, 2, "sum-accuracy")
    page.locator("#figure-sum-weights").scroll_into_view_if_needed()
    painted(page, 2)
    assert "seed=2" in page.url
    page.reload()
    check_figures(page, 2, "sum-accuracy")
    in_bar(page).select_option("0")
    check_figures(page, 0, "sum-accuracy")
    assert "seed" not in page.url


def test_the_next_page_shows_the_seed_that_was_chosen_in_the_bar(page: Page, address: str) -> None:
    page.goto(address.replace("index", "second"))
    in_bar(page).select_option("1")
    check_figures(page, 1, "sum-accuracy")
    page.locator("nav.around a[rel='next']").click()
    page.wait_for_url("**/third.html*")
    check_figures(page, 1, "sum-accuracy")
    parts = page.locator("#figure-sum-parts .sheet")
    expect(parts).to_have_attribute("data-pack", "sum.run-1")
    page.locator(".home").click()
    page.wait_for_url("**/index.html*")
    check_shown(page, 1)


def test_arrow_keys_choose_in_the_bar_and_the_figure_keeps_its_place(
    page: Page, address: str
) -> None:
    page.goto(address.replace("index", "second"))
    page.set_viewport_size({"width": 1280, "height": 500})
    figure = page.locator("#figure-sum-weights")
    figure.scroll_into_view_if_needed()
    behind = "document.querySelector('.timeline').previousElementSibling?.id"
    timeline_page.until(page, f"{behind} === 'figure-sum-weights'")
    before = figure.bounding_box()
    focus(in_bar(page))
    in_bar(page).press("ArrowDown")
    check_figures(page, 1, "sum-accuracy")
    after = figure.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2
    assert in_bar(page).evaluate("node => node === document.activeElement")


def test_bar_and_figure_of_seeds_show_the_same_choice(page: Page) -> None:
    in_bar(page).select_option("2")
    check_shown(page, 2)
    page.locator(".seed", has_text="Seed 1").click()
    check_shown(page, 1)
    expect(in_bar(page)).to_have_value("1")
    page.locator("#figure-sum-accuracy .other-seed button").click()
    expect(in_bar(page)).to_have_value("0")


def test_the_bar_of_a_model_with_one_seed_offers_none(page: Page, address: str) -> None:
    page.goto(address.replace("index", "second"))
    page.set_viewport_size({"width": 1280, "height": 420})
    expect(in_bar(page)).to_be_visible()
    page.locator("#figure-odd-loss svg").first.scroll_into_view_if_needed()
    expect(in_bar(page)).to_be_hidden()
    expect(page.locator(".timeline")).to_be_visible()
    page.locator("#figure-sum-accuracy svg").first.scroll_into_view_if_needed()
    expect(in_bar(page)).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_the_choice_in_the_bar_has_room(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    parts = page.locator(".timeline > :visible")
    boxes = [box for box in (part.bounding_box() for part in parts.all()) if box]
    assert len(boxes) == 6
    for box in boxes:
        assert box["x"] >= 0 and box["x"] + box["width"] <= width + 0.5
    row = sorted((box for box in boxes if box["y"] > boxes[0]["y"] - 60), key=lambda box: box["x"])
    select = in_bar(page).bounding_box()
    assert select and select["height"] >= 24 and select["width"] >= 24
    beside = [box for box in row if abs(box["y"] + box["height"] / 2 - select["y"] - 18) < 30]
    for one, other in pairwise(beside):
        assert one["x"] + one["width"] <= other["x"] + 0.5


def test_a_sum_far_below_is_drawn_when_another_seed_arrives(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 200})
    watched = Watched(page)
    page.goto(f"{address}?seed=1")
    expect(page.locator("#figure-sum-parts .chart")).to_have_count(1)
    missing = page.locator("#figure-sum-parts svg.wide path:not([d])")
    arrived = "Boolean(document.querySelector('#figure-sum-parts .other-seed:not([hidden])'))"
    timeline_page.until(page, arrived)
    expect(missing).to_have_count(0)
    assert page.evaluate("scrollY") == 0 and watched.complaints == []
    page.close()


def test_a_browser_that_cannot_unpack_offers_no_seeds(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(f"{address}?seed=1")
    started(page)
    assert page.locator(".seeds input[type='radio']").count() > 1
    assert page.locator(".seeds input[type='radio']:visible").count() == 0
    assert page.locator(".timeline .seed-choice:visible").count() == 0
    assert page.locator(".other-seed:visible").count() == 0
    assert watched.complaints == []
    page.close()


def test_a_sentence_about_the_seed_of_the_text_is_hidden_with_another_seed(
    page: Page, address: str
) -> None:
    page.goto(address.replace("index.html", "fourth.html"))
    started(page)
    sentence = page.get_by_text("A sentence about the seed of the text.")
    expect(sentence).to_be_visible()
    page.goto(address.replace("index.html", "fourth.html?seed=2"))
    started(page)
    expect(page.locator("#figure-sum-weights .other-seed")).to_be_visible()
    expect(sentence).to_be_hidden()
    page.locator("#figure-sum-weights .other-seed button").click()
    expect(sentence).to_be_visible()


def test_pictures_side_by_side_begin_at_one_height_with_a_sentence_below_one(
    page: Page, address: str
) -> None:
    page.goto(address.replace("index.html", "fourth.html"))
    started(page)
    chart = page.locator("#figure-sum-accuracy svg:visible").bounding_box()
    picture = page.locator("#figure-sum-weights .player").bounding_box()
    sentence = page.locator("#figure-sum-weights .moments").bounding_box()
    assert chart and picture and sentence
    assert abs(chart["y"] - picture["y"]) < 2
    assert sentence["y"] >= picture["y"] + picture["height"]
