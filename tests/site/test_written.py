"""Markdown and TOML input: it works as documented, or an error names the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gen.config.reader import load
from gen.errors import ConfigError, PageError
from gen.i18n import Words
from gen.site.pages.conditions import evaluate, facts_of
from gen.site.pages.facts import FactBook
from gen.site.pages.references import read_references
from gen.site.pages.render import render_pages
from gen.site.pages.sitemap import sitemap
from tests.site.test_references import WORK
from tests.support import small_site
from tests.support.small_pages import FRONT, TEMPLATES, Outline, main_text, page, rendered, site

LINE_ENDS = ("\n", "\r\n", "\r")
BOOK = FactBook(
    {
        "parity-or-not": {"x": 3, "text": "black and white or grey"},
        "and": {"or": 1},
        "2-layers": {"x": None},
    },
    Words("en"),
)


def error_of(body: str) -> str:
    """Return the error message for a page."""
    with pytest.raises(ConfigError) as caught:
        page(body)
    return str(caught.value)


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("parity-or-not.x", True),
        ("not parity-or-not.x", False),
        ("parity-or-not.x = 3 and and.or = 1", True),
        ("and.or > 1 or parity-or-not.x>=3", True),
        ('parity-or-not.text = "black and white or grey"', True),
        ('parity-or-not.text != "black and white or grey" or and.or', True),
        ('parity-or-not.text = "black"', False),
        ("parity-or-not.x > -1.5e0 and not 2-layers.x", True),
    ],
)
def test_conditions_are_evaluated(condition: str, true: bool) -> None:
    assert evaluate(condition, BOOK) is true


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("parity-or-not.x > 0,5", "point"),
        ("parity-or-not.x > 21,000", "point"),
        ("parity-or-not.x and", "cannot be read"),
        ("or", "cannot be read"),
        ('parity-or-not.text = "black', "cannot be read"),
        ("parity-or-not.x > nan", "no model"),
        ("parity-or-not.x === 3", "cannot be read"),
    ],
)
def test_an_invalid_condition_is_refused_with_a_reason(condition: str, message: str) -> None:
    with pytest.raises(PageError) as caught:
        evaluate(condition, BOOK)
    assert message in f"{caught.value.what}; {caught.value.hint}"


def test_the_facts_of_a_claim_are_its_unquoted_names() -> None:
    claim = 'parity-or-not.x>0.5 and 2-layers.x = "a.b or c.d" or and.or < parity-or-not.x'
    assert facts_of(claim) == ["parity-or-not.x", "2-layers.x", "and.or"]


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_all_line_endings_count_as_one_line(end: str) -> None:
    text = (FRONT + "One.\n\nTwo {{parity.sedes}}.\n").replace("\n", end)
    with pytest.raises(ConfigError, match=r"index\.md:7: "):
        rendered(site("index"), {"index": text})


@pytest.mark.parametrize("control", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"], ids=ascii)
@pytest.mark.parametrize("body", ["## A{}B", "```\na{}b\n```", "| a |\n|---|\n| 1{}2 |"])
def test_unusual_line_separators_are_refused(body: str, control: str) -> None:
    line = 5 + body[: body.index("{}")].count("\n")
    message = error_of(body.format(control))
    assert message.startswith(f"pages/en/index.md:{line}: ") and f"U+{ord(control):04X}" in message


def test_front_matter_errors_name_the_line_of_the_file() -> None:
    for front in ('+++\ntitle = "a"\ndescription = "b\u2028c"\n+++\n', "+++\ntitle = 1\nx = \n+++"):
        with pytest.raises(ConfigError, match=r"index\.md:3: |at line 3"):
            rendered(site("index"), {"index": front})


@pytest.mark.parametrize("key", ["title", "description", "nav"])
def test_front_matter_texts_have_no_line_breaks(key: str) -> None:
    front = {"title": '"T"', "description": '"D"', key: '"a\\nb"'}
    text = "\n".join(f"{name} = {value}" for name, value in front.items())
    with pytest.raises(ConfigError, match=rf"front matter: {key}: .*line break"):
        rendered(site("index"), {"index": f"+++\n{text}\n+++\n"})


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    small_site.write(tmp_path, config="\ufeff" + small_site.CONFIG)
    assert load(tmp_path / "site" / "gen.toml").site.title == "Small site"
    assert "power2022" in read_references("\ufeff" + WORK, "references.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "Small site"', 'title = "Small\\nsite"', "site.title: it holds a line break"),
        ('title = "Small site"', 'title = "Small\u2028site"', "gen.toml:3: .*U\\+2028"),
        ("learning_rate = 1e-2", "learning_rate = 0,01", "decimals with a point"),
        ('pages = ["index"]', 'pages = ["intro"]', 'site.pages: .*call it "index"'),
        (
            'languages = ["en"]',
            'languages = ["en", "de"]',
            'language "de" is not available; the languages are: en, zh',
        ),
        ("[models.sum]", 'base_url = "https://a.io/b"\n[models.sum]', 'write "https://a.io/b/"'),
        ('pages = ["index"]', 'pages = ["index", "404"]', r"site.pages: .*root/404\.html"),
    ],
)
def test_an_invalid_config_value_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    small_site.write(tmp_path, config=small_site.CONFIG.replace(old, new, 1))
    with pytest.raises(ConfigError, match=message):
        load(tmp_path / "site" / "gen.toml")


SWEEP = '[sweeps.decay]\nbase = "odd"\nseeds = 1\n{}[sweeps.decay.grid]\nnetwork.hidden = [4, 8]\n'


@pytest.mark.parametrize("kind", ['"loss"\nmodel = "odd"', '"sweep-map"\nsweep = "decay"'])
def test_a_figure_and_a_sweep_with_the_same_id_are_refused(tmp_path: Path, kind: str) -> None:
    figure = f"\n[figures.decay]\nkind = {kind}\n"
    small_site.write(tmp_path, config=small_site.CONFIG + SWEEP.format("") + figure)
    with pytest.raises(ConfigError, match=r"figures\.decay: .*data/decay\.csv"):
        load(tmp_path / "site" / "gen.toml")


@pytest.mark.parametrize("key", ["shown = 0", 'hunt = {where = "x", seeds = 3, fit = 1}'])
def test_a_sweep_with_options_for_a_single_seed_is_refused(tmp_path: Path, key: str) -> None:
    small_site.write(tmp_path, config=small_site.CONFIG + SWEEP.format(f"{key}\n"))
    with pytest.raises(ConfigError, match=rf"sweeps\.decay\.{key[:4]}.*: a sweep shows all"):
        load(tmp_path / "site" / "gen.toml")


@pytest.mark.parametrize(
    ("body", "line", "part"),
    [
        ("One.[^1]", 5, "footnotes"),
        ("One.\n\n[^a]: A note about it.", 7, "footnotes"),
        ("One.\n\n:: note\nTwo.\n::", 7, "three colons"),
        ("：：： note\nTwo.\n：：：", 5, "three colons"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 | 3 |", 8, "more cells"),
        ("> | a |\n> |---|\n> | `x|y` |", 7, "\\|"),
        ("![A clock](assets/my clock.svg)", 5, "(<assets/my clock.svg>)"),
        ("Title\n=====", 5, "begin with ##"),
        ("[@nobody_2020]", 5, 'no reference "nobody_2020"'),
        ("[@]", 5, "no reference"),
        ("[@nanda2023, p. 3]", 5, 'no reference "nanda2023, p. 3"'),
        ("[@nanda2023; @nobody]", 5, 'no reference "nobody"'),
        ("See.\n\nSo [see @nanda2023].", 7, "write [@nanda2023]"),
        ("So [-@nobody].", 5, "write [@nobody]"),
        ("So says @nanda2023.", 5, "write [@nanda2023]"),
        ("![A page](other.md)", 5, "other.md"),
        ("![A figure](#figure-weights)\n\n::: figure weights\n:::", 5, "not a picture"),
        ("> " * 25 + "deep", 5, "nested too deep"),
        ("::: row\n" * 25 + ":::\n" * 25, 24, "nested too deep"),
        ("'a" * 2001, 5, "quotation marks"),
    ],
)
def test_ambiguous_markdown_is_refused_with_its_line(body: str, line: int, part: str) -> None:
    message = error_of(body)
    assert re.match(rf"pages/en/index\.md:{line}: ", message), message
    assert part in message, message


def test_an_at_sign_in_addresses_names_and_times_is_no_citation() -> None:
    text = "Write to a@nanda2023.org or @nobody, [at noon @ home], [a@b.org], `@nanda2023`."
    assert "a@nanda2023.org or @nobody, [at noon @ home], [a@b.org]" in page(text)


def test_a_heading_may_be_underlined() -> None:
    assert '<h2 id="its-name">Its name</h2>' in page("Its name\n--------\n\nText.")


def test_short_table_rows_and_escaped_bars_are_valid() -> None:
    html = page("a | b\n--|--\n1\n|1 \\| 2|3|\n")
    assert html.count("<td>") == 4 and "1 | 2" in html


def test_letters_in_parentheses_and_decades_are_not_replaced() -> None:
    text = main_text(page("(a) in, (c) out, (r) and (TM). The '90s -- \"so\"... it's 1 +- 2"))
    assert "(a) in, (c) out, (r) and (TM). The ’90s – “so”… it’s 1 ± 2" in text


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("这是**重点（注释）。**后面", "这是<strong>重点（注释）。</strong>后面"),
        ("这个**“引用”**也是", "这个<strong>“引用”</strong>也是"),
        ("普通的**粗体**没有", "普通的<strong>粗体</strong>没有"),
        ("在*《书》*中", "在<em>《书》</em>中"),
        ("**注意：**`x`", "<strong>注意：</strong><code>x</code>"),
        ("占**46%**的", "占<strong>46%</strong>的"),
        ("이것은 **강조(emphasis)**를", "이것은 <strong>강조(emphasis)</strong>를"),
        ("a**(b)**c", "a**(b)**c"),
        ("snake_case_name and _so_", "snake_case_name and <em>so</em>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("(**a**)_b_.", "(<strong>a</strong>)<em>b</em>."),
        ("好_的_好", "好_的_好"),
    ],
)
def test_emphasis_works_next_to_wide_characters(markdown: str, html: str) -> None:
    assert f"<p>{html}</p>" in page(markdown)


@pytest.mark.parametrize(
    ("body", "inside", "outside"),
    [
        ("1. First.\n\n   ::: note\n   Aside.\n   :::\n\n2. Second.", "First.", "Second."),
        ("- First.\n  ::: note\n  Aside.\n  :::\n- Second.", "First.", "Second."),
        ("Second.\n\n> First.\n>\n> ::: note\n> Aside.\n> :::", "First.", "Second."),
        ("> Second.\n\nFirst.\n\n::: note\nAside.\n:::", "First.", "Second."),
        ("Second.\n\n- First.\n\n::: note\nAside.\n:::", "<ul>", "Second."),
        ("- Second.\n\n  - First.\n\n    ::: note\n    Aside.\n    :::", "First.", "Second."),
    ],
)
def test_a_note_belongs_to_the_block_above_it_in_the_same_parent(
    body: str, inside: str, outside: str
) -> None:
    html = page(body)
    Outline.of(html)
    noted = re.search(r'<div class="noted">(.*?)</div>', html, re.DOTALL)
    assert noted is not None and "Aside." in noted[1]
    assert inside in noted[1] and outside not in noted[1] and outside in html


def test_a_note_at_the_start_of_an_item_belongs_to_no_block() -> None:
    html = page("Above.\n\n- ::: note\n  Aside.\n  :::")
    assert Outline.of(html) and 'class="noted"' not in html


@pytest.mark.parametrize(
    "code",
    [
        "    ::: note\n    hi",
        "    ```\n    code",
        "```\n```python\n:::\n```",
        "~~~\n```\n:::\n~~~",
        "- ```\n  :::\n  ```",
        "```x``` is a name.",
        "> ```\n> :::",
        "- item\n\n      ::: note",
    ],
)
def test_directives_inside_code_are_ignored(code: str) -> None:
    html = page(f"::: proof How\n\n{code}\n\n:::\n\nAfter.")
    proof, _, after = html.partition("<main")[2].partition("</details>")
    assert "<code>" in proof and "<p>After.</p>" in after


def test_a_directive_must_close_inside_its_list_or_quotation() -> None:
    for body in ("- ::: note\n  a\n\n:::", "> ::: note\n> a\n\n:::", "::: note\n- a\n  :::"):
        assert "never closed" in error_of(body) or "never opened" in error_of(body)


def cited(key: str, text: str) -> str:
    """Render a page that cites a work with this key."""
    table = WORK.replace("[power2022]", f'["{key}"]')
    works = read_references(table + WORK.replace("power2022", "a-2"), "references.toml")
    source, words = {"index": FRONT + text}, Words("en")
    return render_pages(site("index"), "en", source, {}, {}, words, TEMPLATES, references=works)[
        "index.html"
    ]


@pytest.mark.parametrize("key", ["nanda_2023", "power:2022", "10.1000/182", "鲍尔2022", "a+b.c"])
def test_every_valid_key_can_be_cited(key: str) -> None:
    html = cited(key, f"[@{key}], [they](@{key}) and [@{key}; @a-2].")
    outline = Outline.of(html)
    assert len(outline.ids) == len(set(outline.ids)) and f"work-{key}" in outline.ids
    assert [a["href"] for a in outline.every("a")].count(f"#work-{key}") == 3
    assert "Power & Burda (2022); Power & Burda (2022)." in main_text(html)


@pytest.mark.parametrize("key", ["a b", "a]", "a;b", "@a", "a%20", ""])
def test_an_invalid_key_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match=r"references\.toml: .* cannot be the key"):
        read_references(WORK.replace("[power2022]", f'["{key}"]'), "references.toml")


def test_ids_of_repeated_citations_do_not_collide_with_other_works() -> None:
    ids = Outline.of(cited("a", "[@a] [@a] [@a-2] [@a]")).ids
    assert len(ids) == len(set(ids))


def test_a_link_text_may_start_with_an_at_sign() -> None:
    assert '<a href="https://example.org/">@name</a>' in page("[@name](https://example.org/)")


def test_a_sitemap_has_the_urls_of_servers() -> None:
    text = sitemap("https://a.org/", ["index.html", "reindex.html", "zh/index.html", "a b.html"])
    assert re.findall("<loc>(.*?)</loc>", text) == [
        "https://a.org/",
        "https://a.org/reindex.html",
        "https://a.org/zh/",
        "https://a.org/a%20b.html",
    ]


def test_ids_of_equal_headings_are_numbered() -> None:
    ids = Outline.of(page("## A\n\n## A\n\n## A 2\n\n## A\n\n## A 2")).ids
    headings = [name for name in ids if re.fullmatch("a[-0-9]*", name)]
    assert headings[:3] == ["a", "a-2", "a-2-2"] and len(set(headings)) == 5


def test_deeply_nested_keys_are_refused_before_parsing() -> None:
    for key in ("a." * 200_000 + "a", '"a" . ' * 200 + "a", "x = {" + "a." * 200 + "a"):
        with pytest.raises(ConfigError, match=r"index\.md:2: .* 32 levels"):
            rendered(site("index"), {"index": f"+++\n{key} = 1\n+++\n"})
