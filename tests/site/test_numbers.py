"""Number formats: build and scripts follow the same rules."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest

from gen.i18n import Words
from gen.languages.catalogues import languages
from tests.support.node import run_scripts

SPACE = "\u00a0"

FIXED = [
    (0.0, 1, "0.0"),
    (-0.0, 1, "0.0"),
    (-1e-9, 1, f"−1{SPACE}×{SPACE}10⁻⁹"),
    (0.0005, 1, f"5{SPACE}×{SPACE}10⁻⁴"),
    (0.04, 1, "0.04"),
    (0.05, 1, "0.1"),
    (-0.04, 1, "−0.04"),
    (2.25, 1, "2.3"),
    (-2.25, 1, "−2.3"),
    (2.5, 0, "3"),
    (1234.56, 1, "1,234.6"),
    (1234567.0, 2, "1,234,567.00"),
    (-999.95, 1, "−1,000.0"),
    (99.96, 0, "100"),
]
"""A number, its decimals, and its English text."""

SIGNIFICANT = [
    (0.0, "0"),
    (-0.0, "0"),
    (2.0, "2"),
    (-2.0, "−2"),
    (100.0, "100"),
    (0.5, "0.5"),
    (12.345, "12.3"),
    (0.125, "0.125"),
    (0.001, "0.001"),
    (0.0009994, f"1{SPACE}×{SPACE}10⁻³"),
    (0.00099996, "0.001"),
    (999.9, "1,000"),
    (1234.5, "1,235"),
    (1250000.0, f"1.3{SPACE}×{SPACE}10⁶"),
    (999999.0, f"1{SPACE}×{SPACE}10⁶"),
    (-1.7e-7, f"−1.7{SPACE}×{SPACE}10⁻⁷"),
    (9.96e-12, f"1{SPACE}×{SPACE}10⁻¹¹"),
    (float("inf"), "∞"),
    (float("-inf"), "−∞"),
    (float("nan"), "–"),
]
"""A number, and its English text with three significant digits."""

SHARES = [
    (0.0, "0"),
    (-0.0, "0"),
    (1e-9, "0.001"),
    (0.0004, "0.04"),
    (0.00996, "1"),
    (1 / 67, "1.5"),
    (0.0995, "10"),
    (0.334, "33"),
    (0.5, "50"),
    (0.994, "99"),
    (0.995, "99.5"),
    (0.9996, "99.96"),
    (0.99996, "99.996"),
    (0.9999999, "99.999"),
    (1.0, "100"),
    (float("nan"), "–"),
]
"""A share, and its English text in percent."""


FINITE = [case for case in SIGNIFICANT if isfinite(case[0])]


@pytest.mark.parametrize(("value", "digits", "text"), FIXED)
def test_a_value_other_than_zero_is_never_written_as_zero(
    value: float, digits: int, text: str
) -> None:
    assert Words("en").number(value, digits) == text


@pytest.mark.parametrize(("value", "text"), SIGNIFICANT)
def test_the_build_writes_three_significant_digits(value: float, text: str) -> None:
    assert Words("en").number(value) == text


@pytest.mark.parametrize(("share", "text"), SHARES)
def test_only_a_share_of_0_is_0_percent_and_only_a_share_of_1_is_100_percent(
    share: float, text: str
) -> None:
    sign = "" if text == "–" else "%"
    assert Words("en").percent(share) == text + sign


def test_scripts_and_build_format_every_number_alike() -> None:
    shares = [case for case in SHARES if isfinite(case[0])]
    written = run_scripts(
        [],
        """([fixed, significant, shares]) => {
          const { number, percent, significant: few } = grokreel.numbers;
          return {
            fixed: fixed.map(([value, digits]) => number(value, digits)),
            significant: significant.map((value) => few(value)),
            shares: shares.map((share) => percent(share)),
            nonFinite: [Infinity, -Infinity, NaN].map((value) => [
              number(value, 1), few(value), percent(value),
            ]),
          };
        }""",
        [
            [case[:2] for case in FIXED],
            [value for value, _ in FINITE],
            [share for share, _ in shares],
        ],
    )
    assert written == {
        "fixed": [text for _, _, text in FIXED],
        "significant": [text for _, text in FINITE],
        "shares": [text for _, text in shares],
        "nonFinite": [["∞"] * 3, ["−∞"] * 3, ["–"] * 3],
    }


def test_build_and_scripts_format_random_numbers_alike() -> None:
    """Values next to a rounding boundary are left out: JavaScript has no exact decimals."""
    random = np.random.default_rng(1)
    size = 10.0 ** random.uniform(-9, 8, 500)
    values = (size * random.choice([-1, 1], 500)).tolist()
    shares = [*random.uniform(0, 1, 300), *(1 - 10.0 ** random.uniform(-9, -2, 300))]
    for language in languages():
        words = Words(language)
        written = run_scripts(
            [],
            """([values, shares]) => {
              const { number, percent, significant } = grokreel.numbers;
              return [
                values.map((value) => significant(value)),
                values.map((value) => number(value, 2)),
                shares.map((share) => percent(share)),
              ];
            }""",
            [values, [float(share) for share in shares]],
            words,
        )
        assert written[0] == [words.number(value) for value in values]
        assert written[1] == [words.number(value, 2) for value in values]
        assert [words("number.percent", number=each) for each in written[2]] == [
            words.percent(share) for share in shares
        ]


@pytest.mark.parametrize("share", [0.9996, 0.99951, 1 - 1e-12])
def test_a_share_below_1_is_never_written_as_100_percent(share: float) -> None:
    written = run_scripts([], "(share) => grokreel.numbers.percent(share)", share)
    assert written != "100"
    assert Words("en").percent(share) == f"{written}%"


@pytest.mark.parametrize(
    ("film", "english", "german"),
    [
        ("12\u202f345", "12,345", "12.345"),
        ("\u22120.5", "\u22120.5", "\u22120,5"),
        ("\u2265\u202f1\u202f000.25", "\u2265\u202f1,000.25", "\u2265\u202f1.000,25"),
        ("component 1 (12\u202f%)", "component 1 (12\u202f%)", "component 1 (12\u202f%)"),
        ("h.0.1.W", "h.0.1.W", "h.0.1.W"),
        ("2023", "2023", "2023"),
    ],
)
def test_scripts_write_texts_of_films_with_the_marks_of_the_page(
    film: str, english: str, german: str
) -> None:
    marks = {"number.decimal": ",", "number.group": ".", "number.times": "·"}
    function = "(text) => grokreel.numbers.inLanguage(text)"
    assert run_scripts([], function, film) == english
    assert run_scripts([], function, film, marks.__getitem__) == german
