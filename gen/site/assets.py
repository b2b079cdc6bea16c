"""Files that are published unchanged: the theme's, and those in a site's `assets/` and `root/`.

Hidden files, and backups and swap files of editors, are left out.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gen.errors import ConfigError, unreadable_error
from gen.store.text_files import read_bytes

ROOT = "root"
"""The folder beside the config whose files are published at the root of the site."""

ICON = "favicon.svg"
"""The icon of the site, in the theme's folder and in `assets/`."""

MOST_LEVELS = 32
LARGE_PICTURE = 2_000_000
"""Bytes above which a picture is named as one that readers wait for."""

LEFTOVER = re.compile(
    r"\..*|.*~|#.*#|.*\.(bak|orig|sw[a-p]|tmp)|thumbs\.db|desktop\.ini", re.IGNORECASE
)
"""Names of hidden files, and of backups and swap files of editors."""

_KEPT = {".nojekyll", ".well-known"}
"""Hidden names that web servers ask for at the root of a site."""

_PICTURE = re.compile(r".*\.(apng|avif|gif|jpe?g|png|svg|webp)", re.IGNORECASE)


def theme_files(templates: Path) -> dict[str, bytes]:
    """Return the scripts, styles and icon of the theme, by path inside the site.

    Args:
        templates: folder of the theme.
    """
    found = [*files_below(templates / "scripts"), *files_below(templates / "styles")]
    files = {f"assets/{name}": read_bytes(path) for name, path in found}
    return files | {f"assets/{ICON}": read_bytes(templates / ICON)}


def published_files(
    folder: Path, theme: Mapping[str, bytes], own: Iterable[str], stylesheets: Iterable[str] = ()
) -> dict[str, bytes]:
    """Return the files that are published unchanged, by path inside the site.

    Args:
        folder: folder of the config.
        theme: the files of the theme by path inside the site; a site's own `assets/NAME`
            replaces one.
        own: files, and folders that end in a slash, that a build writes itself.
        stylesheets: CSS files that every page links, relative to the folder; those that are not
            below `assets/` are published there.

    Raises:
        ConfigError: a folder or file cannot be read or published, is missing, leads out of the
            config's folder, or has the path of another file of the site.
    """
    files = dict(theme)
    for place, prefix in ((folder / "assets", "assets/"), (folder / ROOT, "")):
        kept = () if prefix else _KEPT
        taken = [name for name in own if name != prefix and name.startswith(prefix)]
        for name, path in files_below(place, kept, inside=folder):
            _refuse_collision(prefix + name, path, taken)
            files[prefix + name] = _content(path)
    for name in stylesheets:
        published = f"assets/{name.removeprefix('assets/')}"
        if name != published:
            files[published] = _stylesheet(folder, name, [*files, *own])
        elif name not in files:
            raise _missing_stylesheet(folder, name)
    return files


def _stylesheet(folder: Path, name: str, taken: Iterable[str]) -> bytes:
    """Return the content of a stylesheet beside the config, which is published in `assets/`."""
    path = folder / name
    refuse_leading_out(path, folder)
    try:
        content = read_bytes(path)
    except FileNotFoundError:
        raise _missing_stylesheet(folder, name) from None
    for other in taken:
        if other.casefold() == f"assets/{name}".casefold():
            what = f'the site has another file "{other}"'
            raise ConfigError(what, where=str(path), hint="give the stylesheet another name")
    return content


def _missing_stylesheet(folder: Path, name: str) -> ConfigError:
    elsewhere = f"assets/{name}"
    hint = f'write "{elsewhere}"' if (folder / elsewhere).is_file() else "create it"
    return ConfigError(
        "there is no such stylesheet",
        where=str(folder / name),
        hint=f"{hint}, or remove it from stylesheets",
    )


def refuse_leading_out(path: Path, folder: Path) -> None:
    """What is published, or read for it, lies in the site's folder: nothing else is let in.

    Raises:
        ConfigError: a link of the file system leads from `path` out of `folder`, or to itself.
    """
    try:
        target = path.resolve()
    except (OSError, RuntimeError):
        raise ConfigError(
            "is a link that leads to itself", where=str(path), hint="remove it"
        ) from None
    if not target.is_relative_to(folder.resolve()):
        raise ConfigError(
            "is a link that leads out of the site's folder",
            where=str(path),
            hint="put the file itself there",
        )


def _refuse_collision(name: str, path: Path, own: Iterable[str]) -> None:
    """Refuses a file in the place of what a build writes, whatever the case of its letters."""
    for taken in own:
        in_folder = taken.endswith("/") and f"{name}/".casefold().startswith(taken.casefold())
        if in_folder or f"{name}/".casefold().startswith(f"{taken}/".casefold()):
            raise ConfigError(
                f'the build writes "{taken}" itself',
                where=str(path),
                hint="remove the file, or give it another name",
            )


def _content(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except FileNotFoundError:
        raise ConfigError(
            "is a link that leads nowhere", where=str(path), hint="remove it"
        ) from None


def large_pictures(files: dict[str, bytes], folder: Path) -> list[str]:
    """A sentence for each picture that readers would wait for."""
    return [
        f"{folder / name}: the picture has {len(content) / 1e6:.1f} MB; "
        f"make it smaller than {LARGE_PICTURE / 1e6:.0f} MB"
        for name, content in files.items()
        if len(content) > LARGE_PICTURE and _PICTURE.fullmatch(name)
    ]


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable_error(error, str(folder)) from None


def files_below(
    folder: Path, kept: Iterable[str] = (), inside: Path | None = None
) -> Iterator[tuple[str, Path]]:
    """The files to publish below a folder, with their paths inside it; links are followed.

    Args:
        kept: hidden names that are published at the top of the folder.
        inside: the folder that no link may lead out of.
    """
    if inside is not None:
        refuse_leading_out(folder, inside)
    waiting = [("", folder)] if _is_folder(folder) else []
    while waiting:
        prefix, place = waiting.pop()
        if prefix.count("/") > MOST_LEVELS:
            what = f"folders are nested deeper than {MOST_LEVELS} levels"
            raise ConfigError(what, where=str(folder), hint="a link may lead to a folder above it")
        for entry in _listed(place):
            if LEFTOVER.fullmatch(entry.name) and (prefix or entry.name not in kept):
                continue
            name, path = prefix + _checked(entry.name, place), Path(entry.path)
            if inside is not None and entry.is_symlink():
                refuse_leading_out(path, inside)
            if _is_folder(path):
                waiting.append((f"{name}/", path))
            else:
                yield name, path


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unreadable_error(error, str(path)) from None


def _checked(name: str, folder: Path) -> str:
    """A file's name, if an address can hold it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = ascii(name)[1:-1]
        raise ConfigError(
            f'the name "{shown}" is not UTF-8', where=str(folder), hint="rename the file"
        ) from None
    if re.search(r"[\x00-\x1f\x7f-\x9f\\]", name):
        shown = ascii(name)[1:-1]
        what = f'the name "{shown}" holds a character that no address should'
        raise ConfigError(what, where=str(folder), hint="rename the file")
    return name
