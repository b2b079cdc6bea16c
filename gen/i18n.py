"""The words of a language: every sentence that the tool itself writes, and how numbers look.

A language is one file, `gen/languages/<two letters>.toml`; adding one touches no code.
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
"""Enough digits for any float as it is."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Words:
    """The catalog of one language.

    Calling it gives a text with its placeholders filled in; numbers among the values are
    written as the language writes them.

    Args:
        language: two letters, such as `en`.

    Raises:
        ConfigError: there is no such language, or its file cannot be used.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._path = _FOLDER / f"{language}.toml"
        self._texts = _catalog(self._path)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text under `key`.

        Args:
            key: dotted path into the catalog, such as `axis.step`.
            **values: what its placeholders stand for.

        Raises:
            ConfigError: the catalog lacks the text, or it has a placeholder without a value.
        """
        text = self._text(key)
        shown = {
            name: self.number(value)
            if isinstance(value, (int, float)) and not isinstance(value, bool)
            else str(value)
            for name, value in values.items()
        }
        try:
            return text.format_map(shown)
        except KeyError as error:
            name = error.args[0]
            raise self._error(key, f"{{{name}}} has no value here", "take it out") from None
        except (ValueError, IndexError, AttributeError) as error:
            raise self._error(key, f"not a text with placeholders: {error}") from None

    def __iter__(self) -> Iterator[str]:
        """The keys of all texts."""
        return iter(self._texts)

    def placeholders(self, key: str) -> set[str]:
        """The names that the text under `key` leaves to be filled in."""
        return {name for _, name, _, _ in Formatter().parse(self._text(key)) if name}

    def has(self, key: str) -> bool:
        """Whether the catalog holds a text under `key`."""
        return key in self._texts

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as the language writes it; site/assets/numbers.js has the same rule.

        Args:
            value: an integer is written whole and grouped by thousands.
            digits: decimals of a float, unless it would read as zero and is not; left out, it
                gets three significant digits, and a power of ten where it is tiny or huge.
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
        """Two digits times a power of ten, `1.7 × 10⁻⁷`; a finite value that is not zero."""
        mantissa, exponent = _scientific(value, 1)
        factor = self._localised(mantissa.removesuffix(".0"))
        return f"{factor}\u00a0×\u00a0{power_of_ten(exponent)}"

    def percent(self, share: float, *, unlike: float = 1.0) -> str:
        """A share of the whole, 0 to 1, in percent.

        Only what is complete is called 100, and only what is nothing is called 0.
        site/assets/numbers.js has the same rule.

        Args:
            unlike: another share; where the two differ, this one gets as many decimals as it
                takes to read differently.
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
        """Several things in a row: `13, 21 and 30`."""
        texts = [self.number(item) if isinstance(item, int) else str(item) for item in items]
        if len(texts) < 2:
            return "".join(texts)
        rest = self("list.comma").join(texts[:-1])
        return self("list.last", rest=rest, last=texts[-1])

    def told(self, sentences: Iterable[str]) -> str:
        """Several sentences, one after the other."""
        return self("list.sentence").join(sentences)

    def _localised(self, plain: str) -> str:
        marks = {",": self("number.group"), ".": self("number.decimal"), "-": "−"}
        return "".join(marks.get(character, character) for character in plain)

    def _text(self, key: str) -> str:
        if key not in self._texts:
            raise self._error(key, "the text is missing", "add it, as en.toml has it")
        return self._texts[key]

    def _error(self, key: str, what: str, hint: str = "") -> ConfigError:
        return ConfigError(what, where=f"{self._path}: {key}", hint=hint)


def _fixed(value: float, digits: int) -> str:
    """A number with so many decimals, halves away from zero, never a minus before a zero."""
    rounded = _rounded(Decimal(value), digits)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}"


def _scientific(value: float, digits: int) -> tuple[str, int]:
    """A number from 1 to 10 with so many decimals, and the power of ten that it goes with."""
    exact = Decimal(value)
    exponent = exact.adjusted() if value else 0
    mantissa = _rounded(exact.scaleb(-exponent, _EXACT), digits)
    if abs(mantissa) < 10:
        return str(mantissa), exponent
    return str(_rounded(mantissa / 10, digits)), exponent + 1


def two_digits(value: float) -> float:
    """A finite number rounded to the two digits that count most, halves away from zero."""
    mantissa, exponent = _scientific(value, 1)
    return float(f"{mantissa}e{exponent}")


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)


def power_of_ten(exponent: int) -> str:
    """10 with a raised exponent: `10⁻³`."""
    return power(10, exponent)


def power(base: int, exponent: int) -> str:
    """A whole number with a raised exponent: `2⁴³`."""
    return f"{base}{str(exponent).translate(_SUPERSCRIPTS)}"


def languages() -> list[str]:
    """The languages that have a catalog."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def unknown_language(language: str) -> str:
    """What is wrong where a site asks for a language without a catalog."""
    return (
        f'the tool has no words for "{language}"; it speaks {" and ".join(languages())}, and a '
        f"site cannot bring a language of its own yet"
    )


def words_digest() -> str:
    """Changes with any text of any language."""
    contents = [
        language.encode() + (_FOLDER / f"{language}.toml").read_bytes() for language in languages()
    ]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:16]


@cache
def _catalog(path: Path) -> Mapping[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(unknown_language(path.stem)) from None
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
