"""Translations: completeness, and typographic rules of their language."""

from __future__ import annotations

import re

import pytest

from gen.i18n import Words
from gen.site.pages.source import Source, read_source, read_sources
from gen.site.pages.translations import differences, first_difference
from tests.site.test_pages_site import (
    CONFIG,
    EVERY_PAGE,
    EVERY_WORLD,
    ONE_WORKER,
    SITE,
    pages,
    texts,
)
from tests.support.small_pages import FRONT, Outline, main_text, page, rendered, site

pytestmark = [ONE_WORKER, pytest.mark.article]

ORIGINAL = (
    FRONT.replace("+++\ntitle", '+++\nlayout = "chapter"\ntitle')
    + """
Of {{parity.seeds:words}} networks, $a$, [one](other.md) `x`.

::: if parity.generalised_at
::: figure weights wide
[Red]{.positive}.
:::
::: else
No.
:::

$$ x \\text{ if } y $$

## Section

- One
- Two

| a | b |
|---|---|
| {{parity.gap}} | 2 |
"""
)


def source(text: str, path: str = "pages/zh/page.md") -> Source:
    return read_source("page", path, text)


def difference(old: str, new: str) -> str:
    """Return the message about a translation in which one text is replaced by another."""
    assert old in ORIGINAL
    original = source(ORIGINAL, "pages/en/page.md")
    return str(first_difference(original, source(ORIGINAL.replace(old, new))))


def test_every_page_of_the_site_has_the_sections_figures_and_facts_of_the_first_language() -> None:
    texts = {
        language: {
            name: (SITE / "pages" / language / f"{name}.md").read_text(encoding="utf-8")
            for name in CONFIG.site.pages
        }
        for language in CONFIG.site.languages
    }
    assert [str(each) for each in differences(texts)] == []


@pytest.mark.parametrize("language", CONFIG.site.languages)
def test_no_sentence_of_the_site_is_split_by_a_block(language: str) -> None:
    """A block is a separate paragraph, so the text before it must end with a sentence."""
    torn = re.compile(r"^(?!:::|\+\+\+|[-|#]|\$).*[\w,;，；、}]\n:::", re.MULTILINE)
    for name in CONFIG.site.pages:
        text = (SITE / "pages" / language / f"{name}.md").read_text(encoding="utf-8")
        assert torn.findall(text) == [], f"{language}/{name}.md"


def test_a_translation_may_change_words_formats_and_order_within_a_section() -> None:
    translated = (
        ORIGINAL.replace("Section", "一节")
        .replace("Of {{parity.seeds:words}} networks, $a$,", "$a$ {{parity.seeds}}")
        .replace("\\text{ if }", "\\text{ 若 }")
        .replace("No.", "没有。\n\n真没有。")
        .replace('title = "Title"', 'title = "标题"')
    )
    assert first_difference(source(ORIGINAL), source(translated)) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{{parity.seeds:words}}", "4", r"page\.md:6: .* no fact {{parity\.seeds}}, but .*en/page"),
        ("{{parity.gap}}", "{{parity.seeds}}", r"page\.md:2\d: .* no fact {{parity\.gap}}"),
        ("$a$", "$b$", r"page\.md:6: .* no formula \$a\$"),
        ("(other.md)", "(index.md)", r"no link to other\.md"),
        ("No.", "No {{parity.seeds}}.", r"page\.md:13: .* there is fact {{parity\.seeds}}"),
        ("[Red]{.positive}", "Red", r"page\.md:10: .* no role {\.positive}"),
        ("`x`", "x", "no code `x`"),
        ("weights wide", "weights", "page.md:10: ::: figure weights is here, but .*:10 has"),
        ("parity.generalised_at", "parity.seeds", "page.md:9: ::: if parity.seeds is here"),
        ("x \\text", "y \\text", "page.md:1[0-9]: the formula y"),
        ("## Section\n", "", "an item of a list is here, but .* a heading of level 2"),
        ("- Two\n", "", "a row of a table is here"),
        ("| {{parity.gap}} | 2 |\n", "", "the page ends, but .* has a row of a table"),
        ('layout = "chapter"\n', "", "the front matter differs in layout"),
        ('layout = "chapter"', 'layout = "page"', "the front matter differs in layout"),
        ('about."', 'about {{parity.seeds}}."', r"below the front matter there is fact"),
    ],
)
def test_a_difference_is_reported_with_page_and_line(old: str, new: str, message: str) -> None:
    assert re.search(message, difference(old, new))


def test_additions_of_a_translation_are_reported() -> None:
    longer = source(ORIGINAL + "\n## More\n")
    assert "a heading of level 2 is not in pages/zh/page.md" in str(
        first_difference(source(ORIGINAL), longer)
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("网络\n学会", "网络学会"),
        ("网络，\n**学会**", "网络，学会"),
        ("[网络](index.md)\n学会", "网络学会"),
        ("网络，\n{{parity.seeds}} 个", "网络，4 个"),
        ("网络\n{{parity.seeds:words}}个", "网络four个"),
        ("网络\n“学会”", "网络“学会”"),
        ("网络\n{{parity.seeds}} 个", "网络 4 个"),
        ("网络\ngrokking", "网络 grokking"),
        ("“one”\n“two”", "“one” “two”"),
    ],
)
def test_a_line_break_in_chinese_text_is_no_space(text: str, read: str) -> None:
    assert read in main_text(page(text))


def test_a_page_has_its_language_code_and_a_translated_site_title() -> None:
    of, texts = site("index", languages=("en", "zh")), {"index": FRONT}
    english = Outline.of(rendered(of, texts)["index.html"])
    assert english.every("html")[0]["lang"] == "en"
    named = {each.get("property"): each.get("content") for each in english.every("meta")}
    assert named["og:site_name"] == "Site"
    chinese = Outline.of(rendered(of, texts, "zh")["zh/index.html"])
    named = {each.get("property"): each.get("content") for each in chinese.every("meta")}
    assert named["og:site_name"] == "Title"
    assert Words("zh")("tag") == "zh-Hans"


HAN = "[\u4e00-\u9fff]"
LATIN = "[A-Za-z0-9]"
FULL = "[，。：；！？（）、]"


@EVERY_WORLD
@EVERY_PAGE
def test_chinese_text_has_chinese_punctuation_and_spaces_around_numbers(
    name: str, world: str
) -> None:
    text = prose(pages(world, "zh")[name])
    wrong = f"{HAN}{LATIN}|{LATIN}{HAN}|{HAN}[,;:?!]|[,;:?!]{HAN}|{HAN} {HAN}|{FULL} | {FULL}"
    assert re.findall(f".{{0,12}}(?:{wrong}).{{0,12}}", text) == []


@EVERY_WORLD
@EVERY_PAGE
def test_chinese_sentences_have_no_space_between_them(name: str, world: str) -> None:
    html = re.sub(r"<(script|style|pre)\b.*?</\1>", "", pages(world, "zh")[name], flags=re.DOTALL)
    assert re.findall(r".{0,12}[。！？][ \u00a0].{0,12}", html.replace("？ · ", "？· ")) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@EVERY_PAGE
def test_no_condition_splits_a_sentence(name: str, language: str) -> None:
    """The content of a condition is a separate paragraph."""
    assert re.findall(r"[^\n]*[,;，；、]\n+:::.*", texts(language)[name]) == []


@EVERY_PAGE
def test_chapter_titles_in_chinese_have_title_marks(name: str) -> None:
    for target, source in read_sources("zh", texts("zh")).items():
        if source.front.layout == "chapter":
            link = re.escape(f"[{source.front.plain_title}]({target}.md")
            assert not re.search(f"(?<!《){link}", texts("zh")[name])


MISREAD = {
    "对数字": "logarithm, where pairs of numbers are meant",
    "悬而未决": "not settled yet, where no answer is better than another",
    "数得": "counted, where the numbers are the subject",
    "样样相同": "alike in everything, beside what differs",
    "按编号数过去": "the first in time, where the lowest seed is meant",
    "五颜六色": "many colours, where there are red and blue",
    "不打弯": "does not turn, where a function has no bend",
    "对数中": "logarithm, where pairs of numbers are meant",
    "居中的": "in the middle of the picture, where the median is meant",
}
"""Ambiguous Chinese words, and how a reader misunderstood them."""


@pytest.mark.parametrize("word", MISREAD)
def test_chinese_pages_avoid_ambiguous_words(word: str) -> None:
    catalog = (SITE.parent / "gen" / "languages" / "zh.toml").read_text("utf-8")
    assert [text for text in [*texts("zh").values(), catalog] if word in text] == []


WORDS_OF_THE_FIELD = {
    "index": "领悟 顿悟 grokking",
    "modular-addition": "损失 多层感知机 MLP 热图 随机种子 三角函数",
    "ones-and-zeros": "数奇数 稀疏奇偶校验 正则化 权重衰减 热图",
    "when": "超参数 过拟合",
    "larger-model": "注意力 大模型 语言模型 transformer 回路 时钟 披萨",
    "stars": "离散傅里叶变换 DFT 相长干涉",
    "construction": "非线性",
    "open-questions": "过拟合",
    "report": "领悟 谷歌 数奇数 大模型 过拟合 灰色权重",
    "how-it-was-made": "谷歌 损失函数 大模型",
}


@pytest.mark.parametrize("name", WORDS_OF_THE_FIELD)
def test_chinese_readers_find_the_words_they_know(name: str) -> None:
    text = texts("zh")[name]
    assert [word for word in WORDS_OF_THE_FIELD[name].split() if word not in text] == []


def test_a_title_breaks_between_words_and_is_whole_everywhere_else() -> None:
    broken = FRONT.replace("Title", "网络\\u200b<那>一刻", 1)
    html = rendered(site("index"), {"index": broken})["index.html"]
    assert "<h1>网络<wbr>&lt;那&gt;一刻</h1>" in html
    assert "<title>网络&lt;那&gt;一刻" in html
    assert "\u200b" not in html


def test_the_long_titles_in_chinese_have_places_to_break() -> None:
    """The heading of a phone has room for about seven letters of a Chinese title."""
    for source in read_sources("zh", texts("zh")).values():
        parts = [part for words in source.front.heading for part in re.split("(?<=，)", words)]
        assert max(map(len, parts)) <= 7, source.path


@EVERY_PAGE
def test_chinese_text_is_not_italic(name: str) -> None:
    html = pages("all learned", "zh")[name]
    assert re.findall(rf"<em>[^<]*{HAN}[^<]*</em>", html) == []


def prose(html: str) -> str:
    """Return the paragraphs of a page, one per line, with a letter for what is not prose."""
    for aside in (r"(script|style|svg|nav|video)\b", r"(ul|ol) class=.(?:gallery|cards|sheet)"):
        html = re.sub(rf"<{aside}.*?</\1>", "", html, flags=re.DOTALL)
    html = re.sub(r"<(math|code)\b.*?</\1>", "x", html, flags=re.DOTALL)
    blocks = re.findall(r"<(p|li|td|th|summary|h\d)\b[^>]*>(.*?)</\1>", html, re.DOTALL)
    return "\n".join(" ".join(re.sub(r"<[^>]+>", "", text).split()) for _, text in blocks)
