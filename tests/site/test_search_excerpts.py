"""How search finds words in a text, and the excerpts that it shows, run by node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.node import run_scripts

LONG = "The first sentence is here to be left out, since nobody looks for anything in it at all. "
WIDE = (
    "这一句话放在前面，只是为了占地方，谁也不会来找它；"
    "它说了很久，说来说去还是那几个字，直到再也没有什么可说的为止，才总算停了下来。"
)


def excerpt(text: str, query: str, *, anywhere: bool = False, synonyms: Any = ()) -> str:
    return run_scripts(
        ["search.js"],
        """({ text, query, anywhere, synonyms }) => {
          const { readingsOf, snippet } = grokreel.search;
          return snippet(text, readingsOf(query, synonyms).flat(2), anywhere);
        }""",
        {"text": text, "query": query, "anywhere": anywhere, "synonyms": list(synonyms)},
    )


def found(texts: list[str], query: str, synonyms: Any = ()) -> list[int]:
    """Return the numbers of the sections that a query finds, best first."""
    index = {"sections": [["", "", "", "", text] for text in texts], "synonyms": list(synonyms)}
    return run_scripts(
        ["search.js"],
        """({ index, query }) => {
          grokreel.searchIndex = { en: index };
          const found = grokreel.search.search(query, ["en"]);
          return found.map(({ section }) => index.sections.indexOf(section));
        }""",
        {"index": index, "query": query},
    )


@pytest.mark.parametrize(
    ("text", "query", "begin"),
    [
        (LONG + "Here is the wave of it.", "wave", "Here is the wave of it."),
        (LONG + "Barak et al. (2022) saw it, e.g. by a wave.", "wave", "Barak et al. (2022) saw"),
        (LONG + "At 0.5 a wave.", "wave", "At 0.5 a wave."),
        (WIDE + "这里是波。后面还有。", "波", "这里是波。"),
        (WIDE + "“这里是波。”后面还有。", "后面", "后面还有。"),
        ("A wave. " + LONG * 2, "wave", "A wave. The first"),
    ],
)
def test_an_excerpt_begins_with_the_sentence_of_its_match(
    text: str, query: str, begin: str
) -> None:
    assert excerpt(text, query).startswith(begin)


def test_an_excerpt_of_a_long_sentence_begins_with_a_clause_or_a_word() -> None:
    words = "one two three four five six seven eight nine ten " * 4
    begun = excerpt(words + "then a wave comes", "wave")
    assert begun.startswith("…") and begun[1:].split()[0] in words.split()
    assert excerpt(words + "stop, then a wave comes", "wave") == "…then a wave comes"
    chinese = "网络听到的是两个数加在一起" * 8
    assert excerpt(chinese + "，换一个看看", "看看") == "…换一个看看"
    assert excerpt(chinese + "的波", "波").startswith("…")


@pytest.mark.parametrize("gap", range(12))
def test_an_excerpt_does_not_begin_inside_a_formula(gap: int) -> None:
    text = "a word " * 20 + "with k = 27 and " + "more words " * 3 + "x" * gap + " wave"
    begun = excerpt(text, "wave").lstrip("…")
    assert not begun.startswith(("=", "27"))


def test_an_excerpt_keeps_its_formulas_and_ends_with_a_word() -> None:
    text = LONG + "The last one is k_1 = 27, or x^2 + 1, of the wave. " + LONG * 2
    shown = excerpt(text, "wave")
    assert "k_1 = 27, or x^2 + 1, of the wave." in shown
    assert shown.endswith("…") and shown[:-1].split()[-1] in LONG.split()


def test_the_whole_beginning_is_shown_if_only_the_title_matches() -> None:
    shown = excerpt(LONG * 4, "elsewhere")
    assert shown.startswith(LONG[:60]) and len(shown) < 160


def test_a_word_is_found_where_a_word_begins() -> None:
    texts = ["The other one.", "Another, other.", "Of them. 67 hours", "权重衰减在这里"]
    assert found(texts, "the") == [0, 2]
    assert found(texts, "other") == [1, 0] or found(texts, "other") == [0, 1]
    assert found(texts, "7") == [2]  # inside a word, since no word begins so
    assert found(texts, "衰减") == [3]


def test_inside_of_words_is_searched_only_if_no_word_begins_so() -> None:
    assert found(["Gewichtsverfall", "Verfall"], "verfall") == [1]
    assert found(["Gewichtsverfall", "Zerfall"], "verfall") == [0]


@pytest.mark.parametrize(
    "query", ["ｇｒｏｋｋｉｎｇ", "GROKKING", "gröKKing", "grokking　", "顿悟grokking"]
)
def test_widths_cases_and_accents_do_not_matter(query: str) -> None:
    assert found(["顿悟（grokking）", "其他"], query) == [0]


SYNONYMS = [["weight decay", "L2", "权重衰减"], ["sine", "sin"], ["Fourier", "傅里叶", "waves"]]


def test_a_synonym_is_found_after_the_word_itself() -> None:
    texts = ["Of L2.", "Of weight decay.", "权重衰减。", "The weight of a decay.", "Nothing."]
    assert found(texts, "weight decay", SYNONYMS)[0] == 1
    assert {*found(texts, "weight decay", SYNONYMS)} == {0, 1, 2, 3}
    assert {*found(texts, "权重衰减", SYNONYMS)} == {0, 1, 2}
    assert found(texts, "权重衰减", SYNONYMS)[0] == 2


def test_a_synonym_is_a_whole_word() -> None:
    assert found(["Since then.", "A sin of it."], "sine", SYNONYMS) == [1]


def test_the_beginning_of_a_word_that_is_on_no_page_finds_its_synonyms() -> None:
    texts = ["Taken apart into waves.", "Four."]
    assert found(texts, "fouri", SYNONYMS) == [0]
    assert found(texts, "fou", SYNONYMS) == [1]


def test_every_word_of_a_query_is_found_by_itself_or_by_a_synonym() -> None:
    texts = ["Waves of neurons.", "Waves.", "Neurons."]
    assert found(texts, "fourier neurons", SYNONYMS) == [0]
    assert found(texts, "neurons L2", SYNONYMS) == []


def test_the_synonym_is_in_the_excerpt() -> None:
    text = LONG + "Here are waves."
    assert excerpt(text, "傅里叶", synonyms=SYNONYMS) == "Here are waves."
