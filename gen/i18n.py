"""The texts and number formats of a language.

A language is one file, `gen/languages/<two letters>.toml`; a new one needs no change of code.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from gen.errors import ConfigError

_FOLDER = Path(__file__).parent / "languages"
_EXACT = Context(prec=2000)
"""Enough digits for the exact value of any float."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Words:
    """The catalog of one language.

    Calling it returns a text with its placeholders filled in; numbers among the values are
    formatted for the language.

    Args:
        language: two letters, such as `en`.

    Raises:
        ConfigError: the language does not exist, or its file is invalid.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._path = _FOLDER / f"{language}.toml"
        self._texts = _catalog(self._path)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key.

        Args:
            key: dotted path into the catalog, such as `axis.step`.
            **values: values of its placeholders.

        Raises:
            ConfigError: the catalog lacks the text, or it has a placeholder without a value.
        """
        text = self._text(key)
        formatted = {
            name: self.number(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool)
            else str(value)
            for name, value in values.items()
        }
        try:
            return text.format_map(formatted)
        except KeyError as error:
            name = error.args[0]
            raise self._error(key, f"{{{name}}} has no value here", "remove it") from None
        except (ValueError, IndexError, AttributeError) as error:
            raise self._error(key, f"invalid placeholder: {error}") from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys of all texts."""
        return iter(self._texts)

    def placeholders(self, key: str) -> set[str]:
        """Return the names of the placeholders of a text."""
        return {name for _, name, _, _ in Formatter().parse(self._text(key)) if name}

    def has(self, key: str) -> bool:
        """Whether the catalog has a text for a key."""
        return key in self._texts

    def number(self, value: float, digits: int | None = None) -> str:
        """Format a number for the language; the page script numbers.js has the same rule.

        Args:
            value: an integer is printed in full, with its thousands grouped.
            digits: decimals of a float, unless it would be printed as zero and is not zero. By
                default, it gets three significant digits, and a power of ten if it is tiny or huge.
        """
        if not math.isfinite(value):
            return "∞" if value > 0 else "−∞" if value < 0 else "–"
        if isinstance(value, int):
            return self._localised(f"{value:,}")
        if digits is not None:
            plain = _fixed(value, digits)
            if value == 0 or float(plain.replace(",", "")) != 0:
                return self._localised(plain)
        exponent = _scientific(value, 2)[1]
        if value != 0 and not -3 <= exponent < 6:
            return self.scientific(value)
        decimals = 0 if value == 0 else max(0, 2 - exponent)
        plain = _fixed(value, decimals)
        return self._localised(plain.rstrip("0").rstrip(".") if "." in plain else plain)

    def scientific(self, value: float) -> str:
        """Format a number as two significant digits times a power of ten, `1.7 × 10⁻⁷`."""
        if value == 0 or not math.isfinite(value):
            return self.number(value)
        mantissa, exponent = _scientific(value, 1)
        factor = self._localised(mantissa.removesuffix(".0"))
        return f"{factor}\u00a0×\u00a0{power_of_ten(exponent)}"

    def percent(self, share: float, *, unlike: float = 1.0) -> str:
        """Format a share of the whole, 0 to 1, in percent.

        Rounding never gives 0 % or 100 % unless the share is exactly 0 or 1. The page script
        numbers.js has the same rule.

        Args:
            unlike: another share. If the two differ, this one gets as many decimals as it needs
                to be printed differently.
        """
        if not math.isfinite(share):
            return self.number(share)
        value = 100 * share
        if 0 < value < 100:
            value = min(99.999, max(0.001, value))
        digits = 1 if 0 < value < 9.95 else 0
        others = {0.0, 100.0, 100 * unlike} - {value}
        while 0 < value < 100 and float(_fixed(value, digits)) in others:
            digits += 1
        text = _fixed(value, digits)
        return self("number.percent", number=self._localised(text.removesuffix(".0")))

    def listed(self, items: Sequence[object]) -> str:
        """Return items as a list in words: `13, 21 and 30`."""
        texts = [self.number(item) if isinstance(item, int) else str(item) for item in items]
        if len(texts) < 2:
            return "".join(texts)
        rest = self("list.comma").join(texts[:-1])
        return self("list.last", rest=rest, last=texts[-1])

    def join_sentences(self, sentences: Iterable[str]) -> str:
        """Return several sentences as one text."""
        return self("list.sentence").join(sentences)

    def rounded(self, value: float) -> str:
        """Format a number with two significant digits, written out: `200,000`, `1.7`."""
        if not math.isfinite(value):
            return self.number(value)
        mantissa, exponent = _scientific(value, 1)
        rounded = float(f"{mantissa}e{exponent}")
        return self.number(rounded, 0 if abs(rounded) >= 10 else None)

    def spelled_out(self, value: float, *, capital: bool = False) -> str:
        """Return a small whole number as a word, and any other number in digits.

        Args:
            capital: whether the word begins with a capital letter.
        """
        small = self("page.small_numbers").split()
        if not math.isfinite(value) or value != int(value) or not 0 <= value < len(small):
            return self.number(value)
        word = small[int(value)]
        return word[:1].upper() + word[1:] if capital else word

    def _localised(self, plain: str) -> str:
        marks = {",": self("number.group"), ".": self("number.decimal"), "-": "−"}
        return "".join(marks.get(character, character) for character in plain)

    def _text(self, key: str) -> str:
        if key not in self._texts:
            raise self._error(key, "the text is missing", "add it, as in en.toml")
        return self._texts[key]

    def _error(self, key: str, what: str, hint: str = "") -> ConfigError:
        return ConfigError(what, where=f"{self._path}: {key}", hint=hint)


def _fixed(value: float, digits: int) -> str:
    """Format a number with fixed decimals, halves rounded away from zero, and no minus zero."""
    rounded = _rounded(Decimal(value), digits)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"


def _scientific(value: float, digits: int) -> tuple[str, int]:
    """Return the mantissa of a number with fixed decimals, and its exponent of ten."""
    exact = Decimal(value)
    exponent = exact.adjusted() if value else 0
    mantissa = _rounded(exact.scaleb(-exponent, _EXACT), digits)
    if abs(mantissa) < 10:
        return str(mantissa), exponent
    return str(_rounded(mantissa / 10, digits)), exponent + 1


def whole_percent(part: int, whole: int) -> int:
    """Return a part in percent, rounded; 0 or 100 only if the part is nothing or everything."""
    rounded = round(100 * part / whole)
    return min(99, max(1, rounded)) if 0 < part < whole else rounded


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)


def power_of_ten(exponent: int) -> str:
    """Return 10 with a superscript exponent: `10⁻³`."""
    return power(10, exponent)


def power(base: int, exponent: int) -> str:
    """Return a whole number with a superscript exponent: `2⁴³`."""
    return f"{base}{str(exponent).translate(_SUPERSCRIPTS)}"


def languages() -> list[str]:
    """Return the codes of the languages that have a catalog."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def unknown_language_message(language: str) -> str:
    """Return the error message for a language without a catalog."""
    return (
        f'the language "{language}" is not available; the languages are: '
        f"{', '.join(languages())}, and a site cannot add its own yet"
    )


def catalog_digest() -> str:
    """Return a digest of the catalogs of all languages."""
    contents = [
        language.encode() + (_FOLDER / f"{language}.toml").read_bytes() for language in languages()
    ]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:16]


@cache
def _catalog(path: Path) -> Mapping[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(unknown_language_message(path.stem)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from None
    return dict(_leaves(tables, path, ""))


def _leaves(tables: Mapping[str, Any], path: Path, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in tables.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _leaves(value, path, f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            raise ConfigError(f"{value!r} is not a text", where=f"{path}: {key}", hint="quote it")
