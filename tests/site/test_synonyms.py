"""The words that search takes for one another, and those of the article."""

from __future__ import annotations

import re

import pytest

from gen.errors import ConfigError
from gen.site.pages.synonyms import read_synonyms
from tests.site.test_pages_site import SITE, texts


def test_a_group_is_a_key_with_its_words() -> None:
    text = '# Ends.\ngrokking = ["grokking", "顿悟"]\n"weight decay" = ["L2", "weight decay"]\n'
    assert read_synonyms(text, "synonyms.toml") == [["grokking", "顿悟"], ["L2", "weight decay"]]
    assert read_synonyms("", "synonyms.toml") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "synonyms.toml: is not TOML"),
        ('a = "one"', 'synonyms.toml: a: is not a list of words; write ["one word", "another"]'),
        ("[a]\nb = 1", "synonyms.toml: a: is not a list of words"),
        ('a = ["one"]', "synonyms.toml: a.words: "),
        ('a = ["one", ""]', "synonyms.toml: a.words.1: "),
        ('a = ["one", 2]', "synonyms.toml: a.words.1: "),
        ('a = ["one", "two\\nthree"]', "synonyms.toml: a.words.1: "),
        ('a = ["one", "two", "one"]', '"one" is listed twice'),
    ],
)
def test_a_wrong_group_is_refused_with_its_name(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        read_synonyms(text, "synonyms.toml")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_group_of_the_article_has_a_word_that_is_on_a_page(language: str) -> None:
    """In the Markdown of the pages, which has what they say of all ends of a training."""
    joint = "" if language == "zh" else " "
    text = joint.join(joint.join(page.split()) for page in texts(language).values()).lower()
    path = SITE / "synonyms.toml"
    groups = read_synonyms(path.read_text("utf-8"), str(path))
    words = [[joint.join(word.lower().split()) for word in group] for group in groups]
    assert [group for group in words if not any(word in text for word in group)] == []
