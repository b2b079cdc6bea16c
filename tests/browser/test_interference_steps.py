"""The interference figure at any step, in a browser: by the timeline, with changed weights."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gen.analysis.interference import group_logits, margin, margin_verdict
from gen.analysis.interventions import silenced
from gen.analysis.neuron_groups import neuron_groups
from gen.figures.interference import Interference
from gen.i18n import Words
from tests.support.browsing import focus, paint, watched_page
from tests.support.intervene_page import final_frequencies, packed_pairs, write_pages
from tests.support.line_runs import solved_run, waves_run

EN = Words("en")
RUN = solved_run()
OTHER = replace(waves_run(snapshots=21), seed=1)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interference_steps")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("steps")
    write_pages(folder, "sum", "map", RUN, OTHER)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        ready(page)
        yield page


_KEYS = {"right": "leads", "wrong": "trails", "level": "levels"}

_ROWS = """(svg) => {
  const { reach } = JSON.parse(document.querySelector("#figure-sum script[type]").textContent);
  return [...svg.querySelectorAll(".group, .total")].map((row) => {
    const half = reach * svg.dataset.unit * (row.matches(".total") ? 2 : 1);
    const boxes = [...row.querySelectorAll(".dots, .wave, .bars")].map((path) => path.getBBox());
    const edges = boxes.flatMap(({ y, height }) => [y, y + height]);
    return edges.every((y) => Math.abs(y - row.dataset.middle) <= half);
  });
}"""


# Where the ticks say that the upper end of a row is.
_REACH = """(svg) => {
  const { reach } = JSON.parse(document.querySelector("#figure-sum script[type]").textContent);
  return (reach * Number(svg.querySelector(".group .tick").textContent)) / svg.dataset.tick;
}"""


def ready(page: Page) -> None:
    """Show the figure, and wait until it has the weights of all its snapshots."""
    page.locator("#figure-sum").scroll_into_view_if_needed()
    page.evaluate(
        "() => { const { pack, packSrc } = document.querySelector('#figure-sum .sheet').dataset;"
        " return grokreel.packs.load(pack, packSrc).then(() => null); }"
    )
    paint(page)


def choose_seed(page: Page, seed: int) -> None:
    page.locator(f"input[type='radio'][value='{seed}']").check()
    expect(page.locator("#figure-sum .sheet")).to_have_attribute("data-pack", f"m.run-{seed}")
    ready(page)


def seek(page: Page, snapshot: int) -> None:
    step = int(RUN.snapshot_steps[snapshot])
    page.evaluate("(step) => grokreel.timelines[0].seek(step)", step)
    paint(page)


def reach(page: Page) -> float:
    return page.locator("#figure-sum svg.wide").evaluate(_REACH)


def leads(page: Page) -> list[str]:
    return page.locator("#figure-sum svg.wide .ahead").all_text_contents()


def said(page: Page) -> str:
    return page.locator("#figure-sum .said").inner_text()


def wanted_leads(a: int, b: int, snapshot: int, silent: Sequence[int] = ()) -> list[str]:
    """Return what Python says of the values in the pack."""
    weights = silenced(packed_pairs(RUN, snapshot), silent)
    groups = [group.neurons for group in neuron_groups(RUN.input_weights[-1])]
    place = weights.partners(a).tolist().index(b)
    shares = group_logits(weights.activations(a)[place], weights.out, groups)
    answer = (a + b) % 67
    every = [*margin(shares, answer).tolist(), float(margin(shares.sum(axis=0), answer))]
    return [
        EN(
            f"interference.{_KEYS[margin_verdict(one)]}",
            c=str(answer),
            lead=EN.number(abs(one), 2 if abs(one) < 10 else 1),
        )
        for one in every
    ]


@pytest.mark.parametrize("snapshot", [2, 10, 17])
def test_the_step_of_the_timeline_is_shown(page: Page, snapshot: int) -> None:
    before = leads(page)
    seek(page, snapshot)
    assert leads(page) == wanted_leads(10, 20, snapshot) != before
    step = f"{RUN.snapshot_steps[snapshot]:,}"
    assert said(page).startswith(f"Step {step}: 10 + 20 modulo 67 is 30.")
    seek(page, len(RUN.snapshot_steps) - 1)
    assert leads(page) == before


def test_numbers_are_chosen_at_any_step(page: Page) -> None:
    seek(page, 12)
    focus(page.locator("#figure-sum input[name='a']"))
    page.keyboard.press("ArrowRight")
    assert leads(page) == wanted_leads(11, 20, 12)


@pytest.mark.parametrize(("hold", "pair"), [("sum", (11, 19)), ("difference", (11, 21))])
def test_a_sum_or_difference_can_be_held(page: Page, hold: str, pair: tuple[int, int]) -> None:
    page.locator(f"#figure-sum .hold input[value='{hold}']").check()
    focus(page.locator("#figure-sum input[name='a']"))
    page.keyboard.press("ArrowRight")
    values = page.locator("#figure-sum .numbers .value").all_inner_texts()
    assert values == [str(number) for number in pair]
    assert f"{pair[0]} + {pair[1]} modulo 67" in said(page)


def test_the_ticks_have_the_scale_of_the_step_and_nothing_leaves_the_rows(page: Page) -> None:
    ticks = page.locator("#figure-sum svg.wide .group .tick")
    end = float(ticks.first.text_content() or "")
    scale = page.locator("#figure-sum .scale")
    assert scale.inner_text() == ""
    seek(page, 0)
    here = float(ticks.first.text_content() or "")
    assert here != end
    assert scale.inner_text() == EN("interference.scale", here=f"{here:g}", end=f"{end:g}")
    assert page.locator("#figure-sum svg.wide").evaluate(_ROWS) == [True] * 5
    # A dot is where the ticks say that it is.
    found = page.locator("#figure-sum svg.wide").evaluate(
        """(svg) => {
          const group = svg.querySelector(".group");
          const at = Number(group.querySelector(".at").getAttribute("cy"));
          return (group.dataset.middle - at) / svg.dataset.unit / svg.dataset.tick;
        }"""
    )
    weights = packed_pairs(RUN, 0)
    groups = [group.neurons for group in neuron_groups(RUN.input_weights[-1])]
    place = weights.partners(10).tolist().index(20)
    share = group_logits(weights.activations(10)[place], weights.out, groups)[0, 30]
    assert found == pytest.approx(share / here, abs=0.01)


def test_changes_of_the_reader_are_shown(page: Page) -> None:
    page.locator("#figure-map").scroll_into_view_if_needed()
    expect(page.locator("#figure-map .cuts")).to_be_visible()
    seek(page, 15)
    page.locator("[data-cut='k13']").click()
    page.locator("#figure-sum").scroll_into_view_if_needed()
    paint(page)
    group = [neuron for neuron, k in final_frequencies(RUN).items() if k == 13]
    assert leads(page) == wanted_leads(10, 20, 15, group) != wanted_leads(10, 20, 15)
    assert "with your changes" in said(page)
    page.locator("[data-do='undo']").evaluate("(button) => button.click()")
    paint(page)
    assert leads(page) == wanted_leads(10, 20, 15)


def test_without_a_timeline_the_figure_has_a_slider(browser: Browser, folder: Path) -> None:
    with watched_page(browser, folder / "alone" / "index.html") as page:
        ready(page)
        slider = page.locator("#figure-sum input[name='step']")
        assert slider.is_visible()
        focus(slider)
        page.keyboard.press("ArrowLeft")
        paint(page)
        last = len(RUN.snapshot_steps) - 2
        assert leads(page) == wanted_leads(10, 20, last)
        assert slider.get_attribute("aria-valuetext") == f"{RUN.snapshot_steps[last]:,}"


def test_another_seed_keeps_numbers_and_step(browser: Browser, folder: Path) -> None:
    with watched_page(browser, folder / "seeds" / "index.html") as page:
        ready(page)
        page.locator("#figure-sum input[name='a']").press("ArrowRight")
        page.locator("#figure-sum .hold input[value='sum']").check()
        seek(page, 12)
        before = leads(page)
        choose_seed(page, 1)
        assert "11 + 20 modulo 67" in said(page)
        assert said(page).startswith(f"Step {RUN.snapshot_steps[12]:,}:")
        assert page.locator("#figure-sum .hold input[value='sum']").is_checked()
        assert leads(page) != before


def test_rows_of_another_seed_have_its_own_scales(browser: Browser, folder: Path) -> None:
    scales = {}
    for run in (RUN, OTHER):
        data = json.loads(Interference(model="m", a=10, b=20).render(run, EN).drawing.data)
        scales[run.seed] = [data["reach"] * one for one in data["scales"]]
    assert all(one != other for one, other in zip(*scales.values(), strict=True))
    with watched_page(browser, folder / "seeds" / "index.html") as page:
        ready(page)
        choose_seed(page, 1)
        for snapshot in (0, 6, 11, 13, 20):
            seek(page, snapshot)
            for b in ("3", "20", "53"):
                page.locator("#figure-sum input[name='b']").fill(b)
                assert page.locator("#figure-sum svg.wide").evaluate(_ROWS) == [True] * 5
                assert reach(page) == pytest.approx(scales[1][snapshot], rel=1e-3)


@pytest.mark.parametrize("cut", ["i3.10.5000", "n0,n1,n2"])
def test_changed_weights_stay_in_the_rows(browser: Browser, folder: Path, cut: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{(folder / 'index.html').as_uri()}?cut={cut}")
    page.locator("#figure-map").scroll_into_view_if_needed()
    expect(page.locator("#figure-map .cuts")).to_be_visible()
    ready(page)
    data = json.loads(page.locator("#figure-sum script[type]").inner_text())
    for snapshot in (20, 12, 1):
        seek(page, snapshot)
        assert "with your changes" in said(page)
        assert page.locator("#figure-sum svg.wide").evaluate(_ROWS) == [True] * 5
        # Less than before keeps the scale, so that the waves can be compared.
        fits = data["reach"] * data["scales"][snapshot]
        assert (reach(page) > 1.01 * fits) == (not cut.startswith("n"))
        assert reach(page) > 0.999 * fits
    page.close()


@pytest.mark.parametrize("control", ["#figure-sum input[name='a']", "#figure-map input[name='b']"])
def test_tab_leads_from_a_figure_that_computes_to_the_bar(page: Page, control: str) -> None:
    page.locator("#figure-map").scroll_into_view_if_needed()
    expect(page.locator("#figure-map .cuts")).to_be_visible()
    focus(page.locator(control))
    figure = control.partition(" ")[0]
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.timeline') !== null"):
            break
        assert page.evaluate("document.activeElement.closest('figure').id") == figure[1:]
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    paint(page)
    assert page.evaluate("grokreel.timelines[0].step") == 0
    assert said(page).startswith("Step 0:") or figure == "#figure-map"


def test_arrow_keys_on_a_chart_move_the_sum(page: Page) -> None:
    chart = page.locator("#figure-accuracy .chart")
    focus(chart)
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("PageUp")
    text = chart.get_attribute("aria-valuetext")
    assert text is not None and text.startswith("Step 5,000") and "test accuracy" in text
    page.locator("#figure-sum").scroll_into_view_if_needed()
    paint(page)
    assert said(page).startswith("Step 5,000:")
    assert leads(page) == wanted_leads(10, 20, 2)
