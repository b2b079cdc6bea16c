"""The catalogues that a site brings: `languages/xx.toml` beside its config."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from gen.config.toml import Location
from gen.errors import ConfigError, unreadable_error
from gen.languages.catalogues import OwnTexts, flatten, languages, unknown_language_message
from gen.store.text_files import read_text, read_toml

FOLDER = "languages"
_CODE = re.compile(r"[a-z]{2}")


def own_language_files(folder: Path) -> dict[str, Path]:
    """Return the catalogues of a site, by language.

    Args:
        folder: folder of the config.

    Raises:
        ConfigError: the folder cannot be read, or a TOML file in it is not named after a language.
    """
    try:
        paths = sorted((folder / FOLDER).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise unreadable_error(error, str(folder / FOLDER)) from None
    found = {path.stem: path for path in paths if re.fullmatch(r"[^.].*\.toml", path.name)}
    for code, path in found.items():
        if not _CODE.fullmatch(code):
            what = f'"{code}" is not the code of a language'
            raise ConfigError(what, where=str(path), hint="name it with two letters, as in de.toml")
    return found


def read_own_texts(folder: Path) -> Mapping[str, OwnTexts]:
    """Read the catalogues of a site, by language.

    Args:
        folder: folder of the config.

    Raises:
        ConfigError: a file cannot be read, is not TOML, or holds something else than texts.
    """
    return {
        code: _parsed(str(path), read_text(path))
        for code, path in own_language_files(folder).items()
    }


@lru_cache(maxsize=32)
def _parsed(file: str, text: str) -> OwnTexts:
    return OwnTexts(file, flatten(read_toml(text, file, "not valid TOML"), file))


def check_languages(codes: Iterable[str], folder: Path, location: Location) -> None:
    """Check that every language of a site has a catalogue.

    Args:
        folder: folder of the config.
        location: of the list in the config.

    Raises:
        ConfigError: a language has none.
    """
    own = own_language_files(folder)
    for code in codes:
        if code not in languages(own):
            raise location.error(unknown_language_message(code, own))
