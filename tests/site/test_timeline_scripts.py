"""Mathematics of the timeline's scripts, run by node."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gen.theme import COLOURS
from tests.support.node import SCRIPTS, run_scripts

PLAY = """(plays) => plays.map(({ steps, marks, speed, tick }) => {
  const { advanced, slowZones, wholePace } = grokreel.pace;
  const at = marks.map((mark) => ({ at: mark }));
  const [pace, zones] = [wholePace(steps, at), slowZones(steps, at)];
  const seen = [0];
  while (seen.at(-1) < steps.length - 1 && seen.length < 5000)
    seen.push(advanced(seen.at(-1), tick * speed, pace, zones));
  return { pace, zones, seen };
})"""


def played(steps: list[int], marks: list[int], speed: float = 1, tick: float = 0.01) -> Any:
    """Return pace, slow zones and the index at every tick of playing a training."""
    play = {"steps": steps, "marks": marks, "speed": speed, "tick": tick}
    return run_scripts(["timeline-pace.js"], PLAY, [play])[0]


@pytest.mark.parametrize("marks", [[], [500], [100, 120], [0, 1000], [480, 500, 900]])
@pytest.mark.parametrize("count", [21, 201])
def test_a_whole_training_plays_for_eight_seconds(count: int, marks: list[int]) -> None:
    steps = [1000 * place // (count - 1) for place in range(count)]
    seen = played(steps, marks)["seen"]
    assert abs(0.01 * (len(seen) - 1) - 8) <= 0.011
    assert abs(0.01 * (len(played(steps, marks, speed=2)["seen"]) - 1) - 4) <= 0.011


def test_within_4_percent_of_the_steps_around_a_mark_the_pace_is_half() -> None:
    play = played([10 * place for place in range(101)], [500])
    assert play["zones"] == [[46, 54]]
    seen = play["seen"]
    for before, after in pairwise(seen):
        speed = (after - before) / 0.01 / play["pace"]
        if before >= 46 and after <= 54:
            assert speed == pytest.approx(0.5)
        elif after <= 46 or before >= 54:
            assert speed == pytest.approx(1)
        else:
            assert 0.5 < speed < 1


def test_zones_of_near_marks_are_joined_and_marks_elsewhere_are_ignored() -> None:
    steps = list(range(101))
    assert played(steps, [30, 35, 2, 300])["zones"] == [[0, 6], [26, 39]]


@settings(max_examples=8)
@given(
    steps=some.lists(some.integers(0, 10**5), min_size=2, max_size=60, unique=True).map(sorted),
    marks=some.lists(some.integers(0, 10**5), max_size=4),
    ticks=some.sampled_from([(0.01, 0.04), (0.005, 0.1)]),
)
def test_the_place_does_not_depend_on_the_frame_rate(
    steps: list[int], marks: list[int], ticks: tuple[float, float]
) -> None:
    fine, coarse = (played(steps, marks, tick=tick)["seen"] for tick in ticks)
    every = round(ticks[1] / ticks[0])
    for place, index in enumerate(coarse[:-1]):
        assert fine[place * every] == pytest.approx(index, abs=1e-6)
    assert all(b > a for a, b in pairwise(fine))


KINDS = [
    (["film", "broad"], True, True, "scene"),
    (["film"], True, False, "film"),
    (["film"], False, True, "film"),
    (["plot"], False, True, "chart"),
    (["neurons"], False, True, "widget"),
]


def test_a_figure_is_drawn_if_it_has_a_scene_that_the_browser_can_unpack() -> None:
    found = run_scripts(
        ["timeline-pace.js", "timeline-films.js", "scene-figure.js"],
        "(kinds) => kinds.map(([classes, live, decodes]) =>"
        " grokreel.timeline.figureKind({ classes, live }, decodes))",
        [kind[:3] for kind in KINDS],
    )
    assert found == [kind[3] for kind in KINDS]


def test_a_figure_without_a_film_waits_for_its_scene_in_every_browser() -> None:
    found = run_scripts(
        ["timeline-pace.js", "timeline-films.js", "scene-figure.js"],
        "(decodes) => decodes.map((one) => grokreel.timeline.figureKind("
        '{ classes: ["film"], live: true, filmed: false }, one))',
        [True, False],
    )
    assert found == ["scene", "scene"]


def test_elements_of_two_seeds_are_paired_by_tag_and_class() -> None:
    own = ["IMG.", "VIDEO.", "DIV.live", "SCRIPT.timing", "UL.", "P."]
    theirs = ["DIV.live", "P.", "SCRIPT.timing", "UL."]
    partners = run_scripts(
        ["seeds.js"],
        """([own, theirs]) => {
          const part = (name) => ({ tagName: name.split(".")[0], className: name.split(".")[1] });
          const name = (part) => part && `${part.tagName}.${part.className}`;
          const { partnersOf } = grokreel.seeds;
          const same = [part("P."), part("P.")];
          const places = partnersOf([...same, part("P.")], same).map((one) => same.indexOf(one));
          return [partnersOf(own.map(part), theirs.map(part)).map(name), places];
        }""",
        [own, theirs],
    )
    assert partners == [[None, None, "DIV.live", "SCRIPT.timing", "UL.", "P."], [0, 1, -1]]


def test_a_curve_rises_from_the_bottom_left() -> None:
    points = run_scripts(
        ["timeline-pace.js", "timeline-films.js", "timeline-bar.js"],
        "(pairs) => grokreel.timeline.curvePoints(pairs)",
        [[0, 0], [0.5, 0.25], [1, 1]],
    )
    assert points == "0,1 0.5,0.75 1,0"


def test_every_colour_of_the_theme_has_classes_for_backgrounds_of_scenes() -> None:
    sheet = (SCRIPTS.parent / "styles" / "scene.css").read_text("utf-8")
    for name in COLOURS:
        assert f".t-{name}, .f-{name} {{ fill: var(--{name}); }}" in sheet
        assert f".s-{name} {{ stroke: var(--{name}); }}" in sheet
