"""Write a figure as one HTML file that holds its scripts, styles and data and loads nothing.

The file opens from disk and in a frame of another page, `<iframe sandbox="allow-scripts">`. Its own
policy allows the scripts and styles that are in it, by their digests, and nothing else. Scripts and
styles are those of the pages without comments and indentation. One file holds the texts of all
languages of a site; its first script shows those of the reader.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from gen import __version__
from gen.i18n import Words
from gen.interactive.pack import with_views
from gen.interactive.scene import views_in_scene
from gen.site.assets import theme_files
from gen.site.own_templates import OwnTemplates
from gen.site.pages.compact import compact
from gen.site.pages.compact_style import compact_style
from gen.site.pages.figures import PlacedFilm
from gen.site.pages.generated import STYLESHEET
from gen.site.pages.scripts import FILE_LANGUAGE, PLACES, timeline_scripts
from gen.site.pages.stylesheet import theme_stylesheet
from gen.site.pages.templates import Templates
from gen.site.pages.timeline import readout_words, timeline_words

FOLDER = "figures"
"""The folder of these files."""

_SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
"""What a frame allows: scripts, and the link to the site in a new window."""

_BARS, _EDGES = 208, 24
"""CSS pixels below a drawing, 13rem in standalone.css for bar and text, and beside it."""

_TEMPLATE = "figure.html.jinja"

_FIRST = ("numbers", "packs")
"""The scripts that the data call; all others look for the data."""

_POLICY = "policy-of-this-file"
"""Stands for the policy until the digests are known."""

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)
"""What is run or applied; JSON has a type."""

_ENDS = re.compile(r"<(?=/script|/style|!--)", re.IGNORECASE)
"""What ends a script or style, or changes how it is read, wherever it stands."""


@dataclass(frozen=True)
class StandaloneFigure:
    """A figure that the page paints, with its data.

    Attributes:
        id: the figure's name in the config.
        timeline: the name of its timeline: the id of the model or sweep whose training it shows,
            or of a figure that shows none.
        width, height: of the drawing in CSS pixels.
        alt: text for readers who do not see it.
        recipe: the part of the config that makes it; empty if there is none.
        timing: JSON for the timeline.
        scene, pack: names under which the scripts in `data` register themselves; no pack if the
            figure shows no single run.
        layers: the types of its layers.
        steps: the training step of each frame.
        data: the scripts of pack and scene.
        poster: a picture as a data address, for paper and where no script runs; empty without one.
        places: what runs in a figure without a training, and the texts of its places.
    """

    id: str
    timeline: str
    width: int
    height: int
    alt: str
    recipe: str
    timing: str
    scene: str
    steps: tuple[int, ...]
    pack: str | None
    layers: frozenset[str]
    data: tuple[str, ...]
    poster: str = ""
    places: dict[str, Any] | None = None


@dataclass(frozen=True)
class Surroundings:
    """What the texts of one language in all files share.

    Attributes:
        assets: scripts and styles by path inside the site.
        title: of the site; empty if the figure belongs to none.
        link: address of the pages of the language; empty if it is not known.
        pages: where a figure is below that address, by its id: page and anchor.
    """

    templates: Templates
    assets: Mapping[str, bytes]
    words: Words
    title: str = ""
    link: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)

    def document(
        self,
        figure: StandaloneFigure,
        translated: Iterable[tuple[Surroundings, StandaloneFigure]] = (),
    ) -> str:
        """Return a figure as an HTML document, which is in this language where no script runs.

        Args:
            figure: with texts in this language.
            translated: the further languages, and the figure with texts in each.

        Raises:
            ConfigError: a template of the site is wrong; it names file and line.
        """
        translations = [around.texts(other) for around, other in translated]
        first = [self._script(name) for name in (FILE_LANGUAGE if translations else ()) + _FIRST]
        names = [*timeline_scripts(figure.layers), *(PLACES if figure.places else ())]
        others = [self._script(name) for name in names if name not in _FIRST]
        html = self.templates.fill(
            _TEMPLATE,
            figure=figure,
            scripts=[*first, *(inlined(text) for text in figure.data), *others],
            version=__version__,
            policy=_POLICY,
            style=lambda name: inlined(compact_style(self.assets[f"assets/{name}.css"].decode())),
            translations=translations,
            **self.texts(figure),
        )
        return html.replace(_POLICY, _policy(html), 1).strip() + "\n"

    def texts(self, figure: StandaloneFigure) -> dict[str, Any]:
        """Return what the template says in this language."""
        return {
            "words": self.words,
            "alt": figure.alt,
            "timing": figure.timing,
            "places": figure.places,
            "site_title": self.title,
            "link": self.link and self.link + self.pages.get(figure.id, ""),
            "timeline_words": timeline_words(self.words),
            "readout_words": readout_words(self.words),
        }

    def _script(self, name: str) -> str:
        return inlined(compact(self.assets[f"assets/{name}.js"].decode()))


def theme_assets(templates: Path, own: OwnTemplates) -> dict[str, bytes]:
    """Return scripts and styles of the theme and of a site, in the current colours.

    Args:
        templates: folder of the theme.
        own: the files of a site that replace those of the theme.
    """
    return {**theme_files(templates), **own.assets, STYLESHEET: theme_stylesheet().encode()}


def documents(
    by_language: Mapping[str, tuple[Surroundings, Mapping[str, PlacedFilm]]],
    read: Callable[[str], bytes],
) -> dict[str, str]:
    """Return every figure of a site that has a scene as one document, by its id.

    Args:
        by_language: the films with the texts of each language, by id. The first one is that of
            the document where no script runs.
        read: returns the content of a file of the site by its path.
    """
    (first, films), *others = by_language.values()
    found: dict[str, str] = {}
    for name, placed in films.items():
        figure = standalone_figure(placed, read)
        if figure is not None:
            translated = [
                (
                    around,
                    replace(
                        figure, alt=one[name].alt, timing=one[name].timing, places=one[name].places
                    ),
                )
                for around, one in others
            ]
            found[name] = first.document(figure, translated)
    return found


def file_address(name: str, language: str, languages: Sequence[str]) -> str:
    """Return the address of the document of a figure in a language, from the root of the site."""
    query = f"?lang={language}" if len(languages) > 1 else ""
    return f"{FOLDER}/{name}.html{query}"


def standalone_figure(placed: PlacedFilm, read: Callable[[str], bytes]) -> StandaloneFigure | None:
    """Return a figure of a site with its data; None if it has no film or scene.

    Args:
        read: returns the content of a file of the site by its path.
    """
    film, scene = placed.film, placed.scene
    if film is None or scene is None:
        return None
    script = read(scene.script).decode()
    pack, data = None, (script,)
    if scene.pack_script is not None and scene.packed:
        views = with_views(read(scene.pack_script).decode(), views_in_scene(script))
        pack, data = scene.pack, (views, script)
    return StandaloneFigure(
        id=placed.id,
        timeline=placed.timeline,
        width=film.width,
        height=film.height,
        alt=placed.alt,
        recipe=placed.recipe,
        timing=placed.timing,
        scene=scene.name,
        steps=scene.steps,
        pack=pack,
        layers=scene.layers,
        data=data,
        poster=f"data:image/webp;base64,{b64encode(read(film.small)).decode()}",
        places=placed.places,
    )


def frame(attribute: str, value: str, width: int, height: int, title: str) -> str:
    """Return an `<iframe>` of a figure, as wide as its surroundings allow.

    Args:
        attribute: `src` or `srcdoc`.
        value: the address, or the document.
        width: of the drawing in CSS pixels, as `height`.
        title: the text for readers who do not see it.
    """
    box = f"aspect-ratio:{width}/{height + _BARS};min-height:26rem"
    style = f"width:100%;max-width:{width + _EDGES}px;{box};border:0"
    return (
        f'<iframe sandbox="{_SANDBOX}" loading="lazy" title="{escape(title)}" '
        f'style="{style}" {attribute}="{escape(value)}"></iframe>'
    )


@lru_cache(maxsize=32)
def inlined(text: str) -> str:
    """Return a script or style that can stand in its element, as browsers will read it.

    Such characters stand in strings and comments only, and in strings a backslash changes nothing.
    """
    return _ENDS.sub(r"<\\", text.replace("\r\n", "\n"))


def _policy(html: str) -> str:
    """Return the policy that allows the scripts and styles of a document and nothing else."""
    digests: dict[str, dict[str, None]] = {"script": {}, "style": {}}
    for element, text in _INLINE.findall(html):
        digests[element][f"'sha256-{_digest(text)}'"] = None
    scripts, styles = (" ".join(digests[each]) for each in ("script", "style"))
    return (
        f"default-src 'none'; img-src data:; style-src {styles}; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=32)
def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
