"""The texts and number formats of a language; `gen.languages.catalogues` reads its files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property
from gettext import c2py
from hashlib import sha256

from gen.errors import ConfigError
from gen.languages.catalogues import OwnTexts, placeholders, read_catalogue

_EXACT = Context(prec=2000)
"""Enough digits for the exact value of any float."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Words:
    """The catalogue of one language.

    Calling it returns a text with its placeholders filled in; numbers among the values are
    formatted for the language.

    Args:
        language: two letters, such as `en`.
        own: the texts that a site brings, by language.

    Raises:
        ConfigError: the language does not exist, or its file is invalid.
    """

    def __init__(self, language: str, own: Mapping[str, OwnTexts] | None = None) -> None:
        self.language = language
        self._own = own or {}
        self._catalogue = read_catalogue(language, self._own)
        self._texts = self._catalogue.texts

    def __reduce__(self) -> tuple[type[Words], tuple[str, Mapping[str, OwnTexts]]]:
        """Return how other processes make it, which read the catalogue themselves."""
        return Words, (self.language, self._own)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all texts."""
        return sha256(json.dumps(sorted(self._texts.items())).encode()).hexdigest()

    def of(self, language: str) -> Words:
        """Return the catalogue of another language of the same site."""
        return Words(language, self._own)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys whose texts the site does not translate, and which are English."""
        return self._catalogue.missing

    def is_own(self, key: str) -> bool:
        """Whether the site itself brings the text of a key in this language."""
        own = self._own.get(self.language)
        return own is not None and key in own.texts

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key.

        Args:
            key: dotted path into the catalogue, such as `axis.step`.
            **values: values of its placeholders.

        Raises:
            ConfigError: the catalogue lacks the text, or it has a placeholder without a value.
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
        return placeholders(self._text(key))

    def has(self, key: str) -> bool:
        """Whether the catalogue has a text for a key."""
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
        return f"{factor}\u00a0{self('number.times')}\u00a0{power_of_ten(exponent)}"

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

    def plural(self, value: float, forms: Sequence[str]) -> str:
        """Return the form of a word that agrees with a number.

        The rule of the language is the text `number.plural`, an expression in n as in the header
        `Plural-Forms` of gettext: `n != 1` gives form 0 for 1 and form 1 for everything else. A
        number that is not whole takes the last form.

        Raises:
            ValueError: the language does not have this number of forms.
        """
        rule = self._plural_rule
        wanted = 1 + max(map(rule, range(200)))
        if len(forms) != wanted:
            raise ValueError(
                f"{self('name')} has {wanted} plural forms, and {len(forms)} are given"
            )
        is_whole = math.isfinite(value) and value == int(value)
        return forms[rule(abs(int(value)))] if is_whole else forms[-1]

    @cached_property
    def _plural_rule(self) -> Callable[[int], int]:
        try:
            rule = c2py(self("number.plural"))
            _ = rule(1)
        except (ValueError, ZeroDivisionError, RecursionError) as error:
            hint = 'write an expression in n, as in "n != 1"'
            raise self._error("number.plural", f"is not a plural rule: {error}", hint) from None
        return rule

    def _localised(self, plain: str) -> str:
        marks = {",": self("number.group"), ".": self("number.decimal"), "-": "−"}
        return "".join(marks.get(character, character) for character in plain)

    def _text(self, key: str) -> str:
        if key not in self._texts:
            raise self._error(key, "the text is missing", "add it, as in en.toml")
        return self._texts[key]

    def _error(self, key: str, what: str, hint: str = "") -> ConfigError:
        file = self._catalogue.files.get(key, f"languages/{self.language}.toml")
        return ConfigError(what, where=f"{file}: {key}", hint=hint)


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
