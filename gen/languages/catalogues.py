"""Catalogues of texts: those of the tool, and those that a site adds or changes.

A catalogue maps a dotted key, such as `axis.step`, to a text with placeholders in braces. The tool
has `gen/languages/xx.toml`. A site may have `languages/xx.toml` beside its config: for a language
of the tool it replaces single texts, for another one it is the language. A text that is missing
there is taken from English.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from gen.errors import ConfigError, suggestion

_FOLDER = Path(__file__).parent

FREE = ("own", "setting", "choice", "model")
"""Tables to which a site may add keys: texts of its own figures and templates, and the names of the
settings and choices of its sweeps, and of its models."""

_NOT_TRANSLATED = "tag"
"""The language tag; a language without one is tagged with its two letters."""


@dataclass(frozen=True)
class OwnTexts:
    """The texts of one language that a site brings.

    Attributes:
        file: path of the TOML file, for errors.
        texts: by dotted key.
    """

    file: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Catalogue:
    """All texts of a language.

    Attributes:
        texts: by dotted key.
        files: for errors, the file of every text.
        missing: keys whose texts are taken from English.
    """

    texts: Mapping[str, str]
    files: Mapping[str, str]
    missing: tuple[str, ...] = ()


def read_catalogue(language: str, own: Mapping[str, OwnTexts]) -> Catalogue:
    """Return the texts of a language.

    Args:
        language: two letters, such as `en`.
        own: the texts that a site brings, by language.

    Raises:
        ConfigError: the language does not exist, or a file is wrong: an unknown key, other
            placeholders than in English, no `name`, or no decimal separator.
    """
    if not own:
        path = _FOLDER / f"{language}.toml"
        texts = _built_in(path)
        return Catalogue(texts, dict.fromkeys(texts, str(path)))
    if language not in languages(own):
        raise ConfigError(unknown_language_message(language, own))
    english = _built_in(_FOLDER / "en.toml")
    reference = {**english, **(own["en"].texts if "en" in own else {})}
    fallback = list(_layers("en", own, english, reference))
    special = [] if language == "en" else list(_layers(language, own, english, reference))
    layers = [*fallback, *special]
    texts = {key: text for _, layer in layers for key, text in layer.items()}
    files = {key: file for file, layer in layers for key in layer}
    translated = {key for _, layer in special or fallback for key in layer}
    missing = tuple(key for key in texts if key not in translated and key != _NOT_TRANSLATED)
    if "name" in missing:
        what = "the name of the language is missing"
        raise ConfigError(what, where=own[language].file, hint='add name = "...", as it is called')
    if _NOT_TRANSLATED not in translated:
        texts[_NOT_TRANSLATED] = language
    if not texts["number.decimal"] or texts["number.decimal"] == texts["number.group"]:
        raise ConfigError(
            "decimal and thousands separator are the same, or there is no decimal separator",
            where=f"{files['number.decimal']}: number",
            hint="give both decimal and group",
        )
    return Catalogue(texts, files, missing)


def _layers(
    language: str,
    own: Mapping[str, OwnTexts],
    english: Mapping[str, str],
    reference: Mapping[str, str],
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield file and texts of a language: those of the tool, then those of the site, checked."""
    if language in languages():
        path = _FOLDER / f"{language}.toml"
        yield str(path), _built_in(path)
    if language in own:
        _check(own[language], english, reference)
        yield own[language].file, own[language].texts


def languages(own: Iterable[str] = ()) -> list[str]:
    """Return the codes of the languages that have a catalogue.

    Args:
        own: codes of the languages that a site brings.
    """
    return sorted({path.stem for path in _FOLDER.glob("*.toml")} | set(own))


def unknown_language_message(language: str, own: Iterable[str] = ()) -> str:
    """Return the error message for a language without a catalogue."""
    return (
        f'the language "{language}" is not available; the languages are: '
        f"{', '.join(languages(own))}; write languages/{language}.toml beside gen.toml"
    )


def summary(keys: Iterable[str], known: Iterable[str]) -> str:
    """Return keys as a list in which a table all of whose keys are listed stands once.

    Args:
        keys: what is listed.
        known: all keys.
    """
    listed = set(keys)
    tables: dict[str, list[str]] = {}
    for key in known:
        tables.setdefault(key.rpartition(".")[0], []).append(key)
    parts: list[str] = []
    for table, inside in tables.items():
        found = [key for key in inside if key in listed]
        whole = bool(table) and len(found) == len(inside) > 1
        parts += [f"all of [{table}]"] if whole else found
    return ", ".join(parts)


def flatten(tables: Mapping[str, Any], file: str) -> dict[str, str]:
    """Return the texts of a parsed catalogue by dotted key.

    Raises:
        ConfigError: a value is not a text.
    """
    return dict(_leaves(tables, file, ""))


def catalogue_digest() -> str:
    """Return a digest of the tool's catalogues of all languages."""
    contents = [
        language.encode() + (_FOLDER / f"{language}.toml").read_bytes() for language in languages()
    ]
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:16]


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders of a text.

    Raises:
        ValueError: braces are not paired.
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _check(own: OwnTexts, english: Mapping[str, str], reference: Mapping[str, str]) -> None:
    """Raise ConfigError for an unknown key, or for placeholders other than in English.

    Args:
        reference: all English texts, with those that the site brings.
    """
    for key, text in own.texts.items():
        where = f"{own.file}: {key}"
        if key not in english and not key.startswith(tuple(f"{table}." for table in FREE)):
            hint = suggestion(key, english) or "put texts of your own below [own]"
            raise ConfigError("there is no such text", where=where, hint=hint)
        try:
            found = placeholders(text)
        except ValueError as error:
            what, hint = f"invalid placeholder: {error}", "write a brace as {{ or }}"
            raise ConfigError(what, where=where, hint=hint) from None
        model = english.get(key) or reference.get(key)
        wanted = found if model is None else placeholders(model)
        if found != wanted:
            names = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
            given = ", ".join(f"{{{name}}}" for name in sorted(found)) or "none"
            what = f"the placeholders are {given}, in English {names}"
            raise ConfigError(what, where=where, hint="use the same placeholders")


@cache
def _built_in(path: Path) -> Mapping[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(unknown_language_message(path.stem)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from None
    return flatten(tables, str(path))


def _leaves(tables: Mapping[str, Any], file: str, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in tables.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _leaves(value, file, f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            raise ConfigError(f"{value!r} is not a text", where=f"{file}: {key}", hint="quote it")
