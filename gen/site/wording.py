"""Find texts of the tool that a site has yet to translate, or that its colours make false."""

from __future__ import annotations

from gen.config.languages import FOLDER
from gen.config.reader import Config
from gen.errors import ConfigError
from gen.figures.weights import Weights
from gen.languages.catalogues import summary

_NAMES_COLOURS = "alt.weights.begin"
"""The text that names the colours of the diverging colour map."""


def wording_errors(config: Config) -> list[ConfigError]:
    """Return an error for each language whose catalogue is incomplete or names wrong colours.

    Raises:
        ConfigError: a catalogue is wrong.
    """
    errors: list[ConfigError] = []
    shows_map = any(isinstance(figure, Weights) for figure in config.figures.values())
    for language in config.site.languages:
        words = config.words(language)
        file = str(config.folder / FOLDER / f"{language}.toml")
        if words.missing:
            count, listed = len(words.missing), summary(words.missing, words)
            what = f"{count} texts are missing and appear in English: {listed}"
            errors.append(ConfigError(what, where=file, hint="add them"))
        if shows_map and config.theme.changed_map and not words.is_own(_NAMES_COLOURS):
            what = f"[theme] changes the colours of weights, and {_NAMES_COLOURS} names others"
            hint = f"describe your colours: {_NAMES_COLOURS} = ..."
            errors.append(ConfigError(what, where=file, hint=hint))
    return errors
