"""Rendering of pages: facts, conditions, links, figures, and errors."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path
from typing import Any

import pytest

import gen
from gen.errors import ConfigError, PageError
from gen.i18n import Words
from gen.site.pages.facts import FORMATS, FactBook
from gen.theme import COLOURS
from tests.support.small_pages import FRONT, Outline, main_text, page, rendered, site


def refusal(body: str, **others: str) -> str:
    with pytest.raises(ConfigError) as caught:
        page(body, **others)
    return str(caught.value)


@pytest.mark.parametrize(
    ("reference", "written"),
    [
        ("parity.generalised_at", "21,000"),
        ("parity.seeds:words", "four"),
        ("parity.seeds_generalised:Words", "One"),
        ("parity.generalised_at:words", "21,000"),
        ("parity.final_test_loss:power", "1.7 × 10−7"),
        ("parity.final_test_loss", "1.7 × 10−7"),
        ("parity.final_test_accuracy:.2", "1.00"),
        ("parity.frequencies", "5, 12 and 30"),
        ("five-neurons.angles:.1", "1.3 and 73.0"),
        ("parity.seeds:plural network/networks", "networks"),
        ("parity.seeds_generalised:plural network/networks", "network"),
        ("five-neurons.generalised_at or never", "never"),
        ("parity.memorised_at or never", "1,050"),
        (" parity.memorised_at : plain ", "1050"),
        ("parity.memorised_at to parity.generalised_at", "1,050 to 21,000"),
        ("halves.few to halves.whole:rounded", "1.3 to 130"),
        ("parity.seeds_generalised to parity.seeds:words", "one to four"),
        ("halves.few to halves.few:.2 or –", "1.25"),
        ("five-neurons.generalised_at to parity.generalised_at or –", "–"),
        ("parity.memorised_at to five-neurons.generalised_at or –", "–"),
        ("parity.generalised_at:rounded", "21,000"),
        ("halves.whole:rounded", "130"),
        ("halves.part:rounded", "0.13"),
        ("halves.below:rounded", "−0.13"),
        ("halves.few:rounded", "1.3"),
        ("halves.many:rounded", "13,000,000"),
        ("parity.seeds:rounded", "4"),
        ("halves.whole:power", "1.3 × 102"),
        ("halves.part:power", "1.3 × 10−1"),
        ("halves.below:power", "−1.3 × 10−1"),
        ("halves.zero:rounded", "0"),
        ("halves.zero:power", "0"),
    ],
)
def test_a_fact_is_written_in_its_format(reference: str, written: str) -> None:
    assert f"Here {written} is." in main_text(page(f"Here {{{{{reference}}}}} is."))


def test_a_share_below_1_is_never_written_as_all() -> None:
    assert "100" not in main_text(page("{{parity.final_test_accuracy:percent}}"))


def test_a_fact_has_its_exact_value_in_the_markup() -> None:
    assert '<data value="1.7e-07">' in page("{{parity.final_test_loss:power}}")


def test_a_range_has_the_exact_values_of_both_ends_and_its_words_are_of_the_language() -> None:
    html = page("{{halves.few to halves.whole:rounded}}")
    assert '<data value="1.25">1.3</data> to <data value="125">130</data>' in html


def test_a_fact_reference_in_code_is_not_replaced() -> None:
    assert "<code>{{parity.seeds}}</code>" in page("`{{parity.seeds}}`")


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("One\n\nTwo {{parity.memorized_at}}", [":7", 'no fact "memorized_at"', '"memorised_at"?']),
        ("{{party.seeds}}", [":5", 'no model "party"', '"parity"?']),
        ("{{parity.seeds to party.seeds}}", [":5", 'no model "party"', '"parity"?']),
        ("{{parity.seeds to five-neurons.generalised_at}}", [":5", "has no value", "::: if"]),
        ("{{parity.seeds:word}}", [":5", 'no format "word"', '"words"?']),
        ("{{five-neurons.generalised_at}}", [":5", "has no value", "::: if"]),
        ("two\nlines {{parity.sedes}}", [":6", '"seeds"?']),
        ("::: figure wieghts\n:::", [":5", '"wieghts"', '"weights"?']),
        ("::: figure weights\n:::\n\n::: figure weights\n:::", [":8", "already"]),
        ("::: gallery\n:::\n\n::: gallery\n:::", [":8", "the gallery is on this page already"]),
        ("::: figure weights large\n:::", [":5", "large"]),
        ("::: figur weights\n:::", [":5", 'no directive "figur"', '"figure"?']),
        ("text\n\n::: note\nnever ends", [":7", "never closed"]),
        ("text\n\n:::", [":7", "never opened"]),
        ("::: else\n:::", [":5", "outside"]),
        ("::: note\none\n::: else\ntwo\n:::", [":5", "else"]),
        ("::: proof\n:::", [":5", "no title"]),
        ("::: if parity.generalized_at\n:::", [":5", '"generalised_at"?']),
        ("::: if parity.seeds ~ 3\n:::", [":5", "cannot be read"]),
        ('::: if parity.seeds = "three"\n:::', [":5", "cannot be compared"]),
        ("[@nanda2032]", [":5", 'no reference "nanda2032"', '"nanda2023"?']),
        ("one\n\n::: if not parity.seeds\n[they](@nand)\n:::", [":8", '"nand"']),
        ("[word]{.trian}", [":5", 'no role "trian"', '"train"?']),
        ("$\\frac{1}$", [":5", "is not valid"]),
        ("# Title", [":5", "##"]),
        ("## Two\n\n#### Four", [":7", "level"]),
        ("[there](elsewhere.md)", [":5", 'no page or file "elsewhere.md"']),
        ("[there](#nowhere)", [":5", '"nowhere"']),
        ("![](assets/picture.png)", [":5", "no description"]),
        ("![tracker](https://example.org/x.png)", [":5", "from another site"]),
    ],
)
def test_an_error_names_file_line_and_hint(body: str, parts: list[str]) -> None:
    message = refusal(body)
    assert message.startswith("pages/en/index.md:")
    assert all(part in message for part in parts), message


def test_unknown_names_in_branches_that_are_false_are_errors() -> None:
    assert '"seeds"?' in refusal("::: if five-neurons.generalised_at\n{{parity.seed}}\n:::")
    assert '"weights"?' in refusal("::: if not parity.seeds\n::: figure weight\n:::\n:::")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("parity.generalised_at", True),
        ("five-neurons.generalised_at", False),
        ("not five-neurons.generalised_at", True),
        ("parity.seeds_generalised = parity.seeds", False),
        ("parity.seeds_generalised < parity.seeds", True),
        ("parity.seeds >= 4 and not five-neurons.generalised_at", True),
        ("parity.seeds > 4 and parity.generalised_at", False),
        ("five-neurons.generalised_at < 10", False),
        ("five-neurons.generalised_at >= 10", False),
        ('parity.rule = "first-generalised"', True),
        ('parity.rule != "first-generalised"', False),
    ],
)
def test_only_the_true_branch_is_rendered(condition: str, holds: bool) -> None:
    body = f"::: if {condition}\nIt is so.\n::: else\nIt is not.\n:::"
    text = main_text(page(body))
    assert ("It is so." in text, "It is not." in text) == (holds, not holds)


def test_conditions_work_in_captions_and_nested() -> None:
    body = (
        "::: figure weights\nAlways.\n\n::: if parity.seeds\nInner.\n\n"
        "::: if five-neurons.generalised_at\nNever.\n::: else\nInnermost.\n:::\n:::\n:::\n\nAfter."
    )
    html = page(body)
    caption = re.search("<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    assert caption is not None
    assert all(word in caption[1] for word in ("Always.", "Inner.", "Innermost."))
    assert "Never." not in html and "After." not in caption[1] and "After." in html


def test_directives_in_code_are_not_evaluated() -> None:
    body = "::: note\n```\n::: figure x\n:::\n```\n:::\n\nAfter."
    html = page(body)
    assert "<pre><code>::: figure x\n:::\n</code></pre>" in html and "After." in html


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        'Text <img src=x onerror="alert(1)"> text',
        "<!-- comment -->",
        '[word]{.train" onclick="alert(1)}',
        '::: proof <b onclick="x">bold</b>\ntext\n:::',
        "::: figure weights\n<b>bold</b>\n:::",
    ],
)
def test_html_in_the_text_is_escaped(body: str) -> None:
    outline = Outline.of(page(body))
    assert "b" not in {tag for tag, _ in outline.tags}
    scripts = [one.get("src") for one in outline.every("script") if "type" not in one]
    assert all(scripts) and "assets/search-open.js" in scripts
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    assert all("onerror" not in attributes for attributes in outline.every("img"))


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "java%73cript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.org/x",
        "/etc/passwd",
        "\\\\host\\x",
        "assets/../../x",
    ],
)
def test_dangerous_links_are_refused(target: str) -> None:
    for body in (f"[x]({target})", f"[x][r]\n\n[r]: {target}"):
        assert "is refused" in refusal(body) or "no page or file" in refusal(body)


def test_an_autolink_with_a_dangerous_scheme_is_refused() -> None:
    assert "is refused" in refusal("<javascript:alert(1)>")


def test_links_to_pages_sections_and_figures_have_the_right_urls() -> None:
    html = page(
        "[a](other.md#a-section) [b](#figure-weights) [c](data/facts.json) [d](other.md)"
        "\n\n::: figure weights\n:::",
        other="## A section",
    )
    targets = [link.get("href") for link in Outline.of(html).every("a")]
    for target in ("other.html#a-section", "#figure-weights", "data/facts.json", "other.html"):
        assert target in targets
    assert '"a-section"?' in refusal("[a](other.md#a-sektion)", other="## A section")


def test_pages_of_another_language_are_in_a_folder_and_share_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = (Path(gen.__file__).parent / "languages" / "en.toml").read_text("utf-8")
    for language in ("de", "en"):
        (tmp_path / f"{language}.toml").write_text(english, "utf-8")
    monkeypatch.setattr("gen.languages.catalogues._FOLDER", tmp_path)
    of = site("index", languages=("de", "en"), base_url="https://example.org/x/")
    html = rendered(of, {"index": FRONT + "::: figure weights\n:::"})["en/index.html"]
    outline = Outline.of(html)
    assert {link["href"] for link in outline.every("link")} >= {
        "../assets/theme.css",
        "https://example.org/x/en/",
    }
    assert outline.every("img")[0]["src"] == "../media/weights.png"


def test_a_caption_is_markdown() -> None:
    html = page("::: figure weights wide\n**Bold** and {{parity.seeds:words}}.\n:::")
    assert "<strong>Bold</strong> and" in html
    assert Outline.of(html).every("figure")[0]["class"] == "film broad"


def test_a_film_does_not_autoplay_and_has_an_alt_text() -> None:
    outline = Outline.of(page("::: figure weights\n:::"))
    video, picture = outline.every("video")[0], outline.every("img")[0]
    assert {"controls", "playsinline"} <= video.keys() and "autoplay" not in video
    assert video["preload"] == "none" and picture["src"] == "media/weights.png"
    assert (video["width"], video["height"]) == ("720", "480")
    assert video["aria-label"] == 'Film of "weights" < 5'


def test_download_links_name_file_sizes() -> None:
    html = page("::: figure weights\n:::\n\n::: figure accuracy\n:::")
    assert [size for size in ("612 kB", "1.3 MB", "1 kB", "23 kB") if size not in html] == []


def test_a_note_belongs_to_the_paragraph_above_it() -> None:
    html = page("First.\n\nSecond.\n\n::: note\nAside.\n:::\n\nThird.")
    noted = re.search(r'<div class="noted">(.*?)</div>', html, re.DOTALL)
    assert noted is not None
    assert "Aside." in noted[1] and "Second." in noted[1]
    assert "First." not in noted[1] and "Third." not in noted[1]


def test_a_formula_is_mathml_and_may_contain_facts() -> None:
    html = page(
        "$a + b \\bmod {{parity.seeds}}$ and\n\n$$ \\begin{aligned} a &= b \\end{aligned} $$"
    )
    assert "<mn>4</mn>" in html and '<math display="block">' in html
    assert " style=" not in html and 'class="math-right"' in html


def test_a_dollar_sign_for_money_is_no_formula() -> None:
    assert "from $5 to $6" in main_text(page("It costs from $5 to $6 a day."))


def test_the_policy_allows_no_inline_script_or_style() -> None:
    html = page("::: figure weights\n:::\n\n::: figure accuracy\n:::")
    outline = Outline.of(html)
    (policy,) = [m["content"] for m in outline.every("meta") if "http-equiv" in m]
    assert policy is not None and "default-src 'none'" in policy and "unsafe" not in policy
    assert not outline.every("style") and " style=" not in html
    assert all("src" in one or "json" in str(one["type"]) for one in outline.every("script"))


@pytest.mark.parametrize(
    ("front", "part"),
    [
        ("No front matter", "no front matter"),
        ('+++\ntitle = "x"', "does not end"),
        ("+++\ntitle = \n+++", "not TOML"),
        ('+++\ntitle = "x"\n+++', "description: is missing"),
        ('+++\ntitle = "x"\ndescription = "y"\ntitel = "z"\n+++', '"title"?'),
        ('+++\ntitle = 5\ndescription = "y"\n+++', "front matter: title: 5"),
        ('+++\ntitle = "x"\ndescription = "y"\npicture = "weight"\n+++', '"weights"?'),
        ('+++\ntitle = "x"\ndescription = "{{parity.sed}}"\n+++', 'no fact "sed"'),
    ],
)
def test_front_matter_is_checked(front: str, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rendered(site("index"), {"index": front})
    assert str(caught.value).startswith("pages/en/index.md") and part in str(caught.value)


def test_the_stylesheet_has_every_colour_in_light_and_in_dark() -> None:
    css = rendered(site("index"), {"index": FRONT})["assets/theme.css"]
    for name, colour in COLOURS.items():
        assert f"--{name}: {colour.light};" in css and f"--{name}: {colour.dark};" in css


def test_the_same_sources_give_the_same_pages() -> None:
    body = "{{parity.seeds}}\n\n::: figure weights\nA *b*.\n:::\n\n::: chapters\n:::"
    assert page(body) == page(body)


@pytest.mark.parametrize("style", [style.replace("one/many", "a/b") for style in FORMATS])
def test_non_finite_numbers_work_in_every_format(style: str) -> None:
    book = FactBook({"m": {"inf": math.inf, "nan": math.nan, "low": -math.inf}}, Words("en"))
    written = [book.as_text(f"m.{name}:{style}") for name in ("inf", "nan", "low")]
    assert written == ["b"] * 3 if "plural" in style else written == ["∞", "–", "−∞"]


def test_a_list_of_texts_is_joined_and_a_list_of_lists_is_an_error() -> None:
    facts: dict[str, Any] = {"s": {"texts": ["relu", "square"], "lists": [[0.9, 0.98], [0.5, 0.9]]}}
    book = FactBook(facts, Words("en"))
    assert book.as_html("s.texts") == book.as_text("s.texts:.1") == "relu and square"
    with pytest.raises(PageError, match=r"s\.lists is not a number"):
        book.as_text("s.lists")


@pytest.mark.parametrize(
    "heading",
    [
        "Contents",
        "Search",
        "Text",
        "References",
        "Figure weights",
        "Work nanda2023",
        "Cited nanda2023",
        "Film weights",
        "Timeline words",
        "Accuracy t",
    ],
)
def test_no_heading_has_the_id_of_another_element(heading: str) -> None:
    figures = "::: figure weights\n:::\n\n::: figure accuracy\n:::\n\n::: gallery\n:::"
    ids = Outline.of(page(f"[@nanda2023]\n\n{figures}\n\n## {heading}\n\n## {heading}\n")).ids
    slug = "-".join(heading.lower().split())
    assert [own for own in ids if own.startswith("section_")] == [
        f"section_{slug}",
        f"section_{slug}-2",
    ]
    assert len(ids) == len(set(ids))


def test_many_spaces_after_a_directive_are_parsed_quickly() -> None:
    start = time.perf_counter()
    assert "takes no" in refusal(f"::: note a{' ' * 60_000}b\n:::")
    assert time.perf_counter() - start < 5
