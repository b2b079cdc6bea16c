"""Random configs and pages cause no errors other than GenError."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gen.config.reader import load_profiles
from gen.errors import ConfigError, GenError
from gen.mathml import MAX_LENGTH
from gen.site.pages.references import read_references
from gen.site.sources import Sources
from gen.text import control_character
from tests.conftest import CountTried, Gen
from tests.store.test_keys import MODELS
from tests.support import junk, small_site
from tests.support.small_pages import Outline, rendered, site

SHORT, LONG = 100, 10_000
TRIES = pytest.mark.parametrize(
    "tries", [SHORT, pytest.param(LONG, marks=pytest.mark.torture)], ids=["some", "many"]
)
UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
TABLES: dict[str, Any] = {
    "site": {
        "title": "Site",
        "description": "A site.",
        "languages": ["en"],
        "pages": ["index"],
        "base_url": "https://example.org/x/",
    },
    "models": MODELS,
    "sweeps": {
        "grid": {
            "base": "odd",
            "seeds": 2,
            "thresholds": {},
            "grid": {
                "optimiser": {"weight_decay": [0.0, 1.0]},
                "network": {"hidden": [{"name": "a", "hidden": 3}, {"name": "b", "hidden": 4}]},
            },
        }
    },
    "figures": {
        "sum-weights": {"kind": "weights", "model": "sum"},
        "odd-loss": {"kind": "loss", "model": "odd"},
        "map": {"kind": "sweep-map", "sweep": "grid"},
    },
    "profiles": {"quick": {"models": {"sum": {"training": {"steps": 20}}}}},
}


def tried(tries: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> int:
    """Check this many random examples; return how many were checked."""
    count = 0

    @settings(max_examples=tries, deadline=None, suppress_health_check=UNHURRIED, database=None)
    @given(strategy)
    def each(example: Any) -> None:
        nonlocal count
        count += 1
        check(example)

    each()
    return count


def refused(read: Callable[[], object]) -> bool:
    """Return whether a GenError was raised; its message must be one line."""
    message = None
    try:
        read()
    except GenError as error:
        message = str(error)
    assert message is None or "\n" not in message
    return message is not None


@TRIES
def test_any_config_is_read_or_refused(tmp_path: Path, tries: int, count_tried: CountTried) -> None:
    path = tmp_path / "gen.toml"
    seen: set[bool] = set()

    def check(tables: dict[str, Any]) -> None:
        path.write_text(junk.document(tables), encoding="utf-8")
        seen.add(refused(lambda: load_profiles(path)))

    assert not refused(lambda: load_profiles(_written(path, junk.document(TABLES))))
    count_tried("configs with wrong tables and values", tried(tries, junk.damaged(TABLES), check))
    assert True in seen


@TRIES
def test_any_bytes_in_a_config_are_read_or_refused(
    tmp_path: Path, tries: int, count_tried: CountTried
) -> None:
    path = tmp_path / "gen.toml"
    text = small_site.CONFIG.encode()
    pieces = st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b"\0", b"\xff", b"[[", b"]", b"=", b'"""', b"9" * 5000, b"[x." + b"x." * 999]
        ),
    )

    def check(damage: tuple[int, int, bytes]) -> None:
        start, length, piece = damage
        path.write_bytes(text[:start] + piece + text[start + length :])
        refused(lambda: load_profiles(path))

    places = st.tuples(st.integers(0, len(text)), st.integers(0, 30), pieces)
    count_tried("configs with wrong bytes", tried(tries, places, check))


@TRIES
def test_any_page_text_is_refused_or_rendered_without_scripts(
    tries: int, count_tried: CountTried
) -> None:

    def check(example: tuple[str, str, str]) -> None:
        body, title, caption = example
        html = ""

        def render() -> None:
            nonlocal html
            html = _page(f"{body}\n\n::: figure weights\n{caption}\n:::\n", title)

        if not refused(render):
            _check_harmless(html)
            count_tried("pages with anything on them that were rendered", 1)

    text = st.one_of(
        st.sampled_from(junk.STRINGS), st.text(st.characters(codec="utf-8"), max_size=9)
    )
    examples = st.tuples(junk.bodies(), text, st.one_of(st.sampled_from(junk.FRAGMENTS), text))
    count_tried("pages with anything on them", tried(tries, examples, check))


@TRIES
def test_any_front_matter_is_read_or_refused(tries: int, count_tried: CountTried) -> None:
    valid = {"title": "Title", "description": "D.", "layout": "page", "claims": ["parity.seeds"]}

    def check(front: dict[str, Any]) -> None:
        text = f"+++\n{junk.document(front)}+++\n\nText.\n"
        refused(lambda: rendered(site("index"), {"index": text}))

    count_tried("pages with wrong front matter", tried(tries, junk.damaged(valid), check))


def _page(body: str, title: str) -> str:
    front = junk.document({"title": title, "description": title[:400] or "D."})
    return rendered(site("index"), {"index": f"+++\n{front}+++\n{body}"})["index.html"]


def _check_harmless(html: str) -> None:
    """Check that HTML contains no injected script, handler, frame or URL."""
    outline = Outline.of(html)
    assert junk.MARK not in html and control_character(html) is None
    assert len(outline.ids) == len(set(outline.ids))
    for script in outline.every("script"):
        assert str(script.get("src")).startswith("assets/") or "json" in str(script.get("type"))
    assert not {"iframe", "object", "embed", "base", "form"} & {tag for tag, _ in outline.tags}
    for tag, attributes in outline.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
        for name in ("href", "src", "action", "formaction", "xlink:href", "poster"):
            address = (attributes.get(name) or "").strip().lower()
            assert not re.match(r"(javascript|data|vbscript|file):|//|/", address), address
            assert ".." not in address.split("/")


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


DEEP = 20_000


@pytest.mark.parametrize(
    "body",
    [
        "> " * DEEP,
        "- " * 20_000,
        "[" * DEEP,
        "![" * 10_000,
        "*a " * 30_000,
        "$" + "{" * 20_000 + "}" * 20_000 + "$",
        "$" + "\\frac{1}{" * 3000 + "x" + "}" * 3000 + "$",
        "$" + "\\hat " * DEEP + "x$",
        "$$\n" + "\\begin{matrix}\n" * DEEP + "x" + "\\end{matrix}\n" * DEEP + "$$",
        "$" + "{" * (MAX_LENGTH - 1) + "x$",
        "::: row\n" * 3000 + ":::\n" * 3000,
        "::: if parity.seeds\n" * 3000 + ":::\n" * 3000,
        "{{" * 50_000,
        "[a]{.test}" * 5000,
        "[" * 2000 + "a" + "]{.test}" * 2000,
    ],
    ids=lambda body: body[:10].strip(),
)
def test_a_deeply_nested_page_is_rendered_or_refused(body: str) -> None:
    refused(lambda: _page(body, "Title"))


def test_a_formula_is_refused_only_above_the_length_limit() -> None:
    assert "<math" in _page(f"${'x' * MAX_LENGTH}$", "Title")
    with pytest.raises(ConfigError, match="at most 2,000 characters"):
        _page(f"${'x' * (MAX_LENGTH + 1)}$", "Title")


def test_a_link_in_a_formula_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"index\.md:5: .* has a link"):
        _page("$\\eqref{x}$", "Title")


def test_a_title_with_a_control_character_is_refused() -> None:
    for title in ("a\0b", "\x1b[31m"):
        with pytest.raises(ConfigError, match="control character"):
            _page("Text.", title)


def test_a_number_of_five_thousand_digits_is_refused_everywhere() -> None:
    digits = "9" * 5000
    for text in (f"+++\ntitle = {digits}\n+++\n", f'+++\ntitle = "{digits}"\n+++\n'):
        with pytest.raises(ConfigError):
            rendered(site("index"), {"index": text})
    with pytest.raises(ConfigError):
        read_references(f"[a]\nyear = {digits}\n", "references.toml")
    for body in (f"::: if parity.seeds > {digits}\nx\n:::", f"{{{{parity.seeds:{digits}}}}}"):
        refused(lambda body=body: _page(body, "Title"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, f"0x{'f' * 10_000}") for key in ("p", "x.y", "site.title", "models.odd.task.kind")),
        *((f"sweeps.grid.{key}", f"0x{'f' * 10_000}") for key in ("base", "grid.task")),
        ("sweeps.grid.grid.task.bits", f"[{{name = 0x{'f' * 10_000}}}]"),
        ("sweeps.grid.grid.task.bits", f"[{{{'a.' * 5000}a = 1}}, {{{'a.' * 5000}a = 1}}]"),
        ("models.odd.task.kind", f"{{{'a.' * 5000}a = 1}}"),
        ("models.odd" + ".a" * 5000, "1"),
    ],
    ids=lambda text: text[:20],
)
def test_huge_numbers_and_deep_tables_are_refused_with_their_key(
    tmp_path: Path, key: str, value: str
) -> None:
    tables = {name: table for name, table in TABLES.items() if name != "profiles"}
    text = f"{junk.document(tables)}[profiles.big]\n{key} = {value}\n"
    path = _written(tmp_path / "gen.toml", text)
    with pytest.raises(ConfigError, match=r"64 bits|32 levels") as caught:
        load_profiles(path)
    assert key[:20] in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize("given", ["5", '"x"', "[1]"])
def test_a_sweep_cannot_vary_keys_of_a_value_that_is_not_a_table(
    tmp_path: Path, given: str
) -> None:
    sweep = (
        f'[sweeps.s]\nbase = "odd"\nseeds = 1\ntask = {given}\n[sweeps.s.grid.task]\nbits = [4]\n'
    )
    tables = {name: table for name, table in TABLES.items() if name != "sweeps"}
    tables["figures"] = {"odd-loss": {"kind": "loss", "model": "odd"}}
    path = _written(tmp_path / "gen.toml", junk.document(tables) + sweep)
    with pytest.raises(ConfigError, match=r"sweeps\.s\.task: .* is not a table"):
        load_profiles(path)


CONTROLS = ("\0", "\x01", "\x0b", "\x1b", "\x7f", "\x9b", "\uffff")


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_control_character_in_a_config_is_refused(tmp_path: Path, control: str) -> None:
    tables = json.loads(json.dumps(TABLES))
    places = [
        (tables["site"], "base_url", f"https://a{control}b/"),
        (tables["site"], "repository", f"https://a{control}b"),
        (tables["models"]["odd"], "hunt", {"where": f"a{control}b", "seeds": 3, "fit": 1}),
        (tables["sweeps"]["grid"]["grid"]["network"]["hidden"][0], "name", f"a{control}b"),
        (tables["sweeps"]["grid"]["grid"]["network"], f"a{control}b", [{"name": "c"}]),
    ]
    for table, key, value in places:
        before = dict(table)
        table[key] = value
        path = _written(tmp_path / "gen.toml", junk.document(tables))
        with pytest.raises(ConfigError) as caught:
            load_profiles(path)
        assert f"U+{ord(control):04X}" in str(caught.value)
        assert control == "\uffff" or control not in str(caught.value)
        table.clear()
        table.update(before)


@pytest.mark.parametrize("control", [each for each in CONTROLS if each != "\x0b"], ids=ascii)
@pytest.mark.parametrize("body", ["a{}b", "`a{}b`", "```\na{}b\n```", "    a{}b"])
def test_a_control_character_on_a_page_is_refused_with_its_line(body: str, control: str) -> None:
    body = f"One.\n\n{body.format(control)}"
    line = 5 + body[: body.index(control)].count("\n")
    with pytest.raises(ConfigError, match=rf"index\.md:{line}: .*U\+{ord(control):04X}"):
        _page(body, "Title")


def test_an_asset_that_is_a_symlink_to_itself_is_refused(tmp_path: Path) -> None:
    small_site.write(tmp_path)
    link = tmp_path / "site" / "assets" / "loop"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(link)
    with pytest.raises(ConfigError, match=r"assets/loop: is a link that leads to itself"):
        Sources.gather(small_site.context_of(tmp_path))


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("what", ["asset", "folder of assets", "page", "references", "synonyms"])
def test_a_symlink_out_of_the_site_is_refused(
    gen: Gen, tmp_path: Path, what: str, inside: bool
) -> None:
    options = small_site.write(tmp_path)
    site_folder = tmp_path / "site"
    elsewhere = (site_folder if inside else tmp_path) / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text(small_site.PAGE if what == "page" else "")
    link = {
        "asset": site_folder / "assets" / "a.css",
        "folder of assets": site_folder / "assets" / "more",
        "page": site_folder / "pages" / "en" / "index.md",
        "references": site_folder / "references.toml",
        "synonyms": site_folder / "synonyms.toml",
    }[what]
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(elsewhere if "folder" in what else elsewhere / "file")
    if inside:
        Sources.gather(small_site.context_of(tmp_path))
        return
    outcome = gen("build", *options)
    assert outcome.code == 2 and outcome.err.count("\n") == 1
    assert "leads out of the site's folder" in outcome.err and str(link) in outcome.err
    assert not (tmp_path / "_site").exists()
