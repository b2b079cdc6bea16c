"""Catalogs of texts, and number formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.errors import ConfigError
from gen.i18n import Words, power_of_ten
from gen.languages import catalogues as words_module
from gen.languages.catalogues import catalogue_digest, languages

EN = Words("en")


def test_placeholders_of_a_text_are_filled() -> None:
    assert EN("alt.accuracy.begin", steps=50_000).startswith("Line chart of accuracy over 50,000 ")


def test_a_missing_text_is_an_error_that_names_file_and_key() -> None:
    with pytest.raises(ConfigError, match=r"en\.toml: axis\.nonsense: the text is missing"):
        EN("axis.nonsense")


def test_a_placeholder_without_a_value_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"\{steps\} has no value"):
        EN("alt.accuracy.begin")


def test_braces_in_a_value_are_plain_text() -> None:
    assert EN("chart.title", measure="{0.__class__}").startswith("{0.__class__} by")


def test_the_error_for_an_unknown_language_lists_the_known_ones() -> None:
    with pytest.raises(
        ConfigError, match=r'language "xx" is not available; the languages are: en, zh'
    ) as error:
        Words("xx")
    assert "gen/languages" not in str(error.value)


@pytest.mark.parametrize("content", ["[axis]\nstep = 3\n", "= nonsense", b"\xff\xfe"])
def test_an_invalid_catalog_is_an_error(
    content: str | bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "zz.toml").write_bytes(raw)
    monkeypatch.setattr(words_module, "_FOLDER", tmp_path)
    with pytest.raises(ConfigError, match=r"zz\.toml"):
        Words("zz")


def test_every_language_has_the_same_texts_with_the_same_placeholders() -> None:
    for language in languages():
        other = Words(language)
        assert set(other) == set(EN)
        for key in EN:
            assert other.placeholders(key) == EN.placeholders(key), key


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (21_000, "21,000"),
        (-3, "−3"),
        (0.5, "0.5"),
        (12.345, "12.3"),
        (1234.5, "1,235"),
        (0.0, "0"),
        (2.0, "2"),
        (100.0, "100"),
        (1.7e-7, "1.7\u00a0×\u00a010⁻⁷"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
    ],
)
def test_numbers_have_the_format_of_the_language(value: float, text: str) -> None:
    assert EN.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (0.5, "50"), (1 / 67, "1.5"), (0.9996, "99.96"), (1.0, "100"), (0.334, "33")],
)
def test_only_a_share_of_1_is_written_as_100_percent(share: float, text: str) -> None:
    assert EN.percent(share) == f"{text}%"


@settings(deadline=None)
@given(st.floats(0, 1 - 1e-5, exclude_max=True))
def test_no_share_below_1_is_written_as_100_percent(share: float) -> None:
    assert not EN.percent(share).startswith("100")


@settings(deadline=None)
@given(st.integers())
def test_an_integer_keeps_all_its_digits(value: int) -> None:
    assert int(EN.number(value).replace(",", "").replace("−", "-")) == value


def test_a_list_is_joined_by_commas_and_and() -> None:
    assert [EN.listed(items) for items in ([], [1], ["a", "b"], [1, 2, 3000])] == [
        "",
        "1",
        "a and b",
        "1, 2 and 3,000",
    ]


def test_an_exponent_is_superscript() -> None:
    assert power_of_ten(-12) == "10⁻¹²"


def test_the_digest_changes_with_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_module, "_FOLDER", tmp_path)
    (tmp_path / "en.toml").write_text('name = "English"')
    before = catalogue_digest()
    (tmp_path / "en.toml").write_text('name = "English "')
    assert catalogue_digest() != before


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.99, "99"),
        (0.9901, "99.01"),
        (0.9896, "98.96"),
        (0.98999, "98.999"),
        (0.98, "98"),
        (0.9999, "99.99"),
        (1.0, "100"),
        (0.0, "0"),
    ],
)
def test_a_share_other_than_the_threshold_is_written_differently(
    share: float, written: str
) -> None:
    assert Words("en").percent(share, unlike=0.99) == f"{written}%"
