"""Numbers and percentages: one rule for the build and for the scripts of a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from gen.i18n import Words

SCRIPT = Path(__file__).parents[2] / "templates" / "scripts" / "numbers.js"
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
"""A number, its decimals, and how English writes it."""

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
"""A number, and how English writes it with three significant digits."""

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
"""A share of the whole, and how many percent English says it is."""


@pytest.fixture(scope="module")
def written(browser: Browser) -> dict[str, list[str]]:
    """Every case as the script writes it."""
    page = browser.new_page()
    page.set_content('<!doctype html><html lang="en"><title>Numbers</title></html>')
    page.add_script_tag(path=SCRIPT)
    result: dict[str, list[str]] = page.evaluate(
        """([fixed, significant, shares]) => {
          const { number, percent, significant: few } = grokreel.numbers;
          return {
            fixed: fixed.map(([value, digits]) => number(value, digits)),
            significant: significant.map((value) => few(value)),
            shares: shares.map((share) => percent(share)),
          };
        }""",
        [
            [case[:2] for case in FIXED],
            [value for value, _ in SIGNIFICANT],
            [share for share, _ in SHARES],
        ],
    )
    page.close()
    return result


@pytest.mark.parametrize(("value", "digits", "text"), FIXED)
def test_the_build_writes_decimals_that_never_hide_a_value(
    value: float, digits: int, text: str
) -> None:
    assert Words("en").number(value, digits) == text


@pytest.mark.parametrize(("value", "text"), SIGNIFICANT)
def test_the_build_writes_three_significant_digits(value: float, text: str) -> None:
    assert Words("en").number(value) == text


@pytest.mark.parametrize(("share", "text"), SHARES)
def test_the_build_calls_only_nothing_0_percent_and_only_all_100_percent(
    share: float, text: str
) -> None:
    sign = "" if text == "–" else f"{SPACE}%"
    assert Words("en").percent(share) == text + sign


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_scripts_write_every_number_as_the_build_does(written: dict[str, list[str]]) -> None:
    assert written == {
        "fixed": [text for _, _, text in FIXED],
        "significant": [text for _, text in SIGNIFICANT],
        "shares": [text for _, text in SHARES],
    }
