"""Read every file that a site is made of, and compute the key of the site."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from gen import __version__
from gen.config.languages import FOLDER as LANGUAGES
from gen.config.languages import own_language_files
from gen.config.reader import Config
from gen.errors import ConfigError
from gen.experiments import runs
from gen.languages.catalogues import catalogue_digest
from gen.site import films
from gen.site.assets import ROOT, published_files, refuse_leading_out, theme_files
from gen.site.context import BuildContext
from gen.site.git import Commit
from gen.site.own_templates import FOLDER as TEMPLATES
from gen.site.own_templates import OwnTemplates, read_own_templates
from gen.site.pages.generated import generated_assets
from gen.site.pages.source import Source
from gen.store.code_digest import code_digest, versions
from gen.store.store import content_key
from gen.store.text_files import read_text

REFERENCES = "references.toml"
"""File name of the works that pages cite, beside the config."""

SYNONYMS = "synonyms.toml"
"""File name of the words that search takes for one another, beside the config."""

FIRST = "first pages of"
"""Beginning of the key of a site some of whose models are still being trained."""

_PAGE_LIBRARIES = (
    "Jinja2",
    "markdown-it-py",
    "mdit-py-plugins",
    "math-core",
    "numpy",
    "safetensors",
    "tomlkit",
)


@dataclass(frozen=True)
class Sources:
    """Every file and setting that a site is made of, read once before the build.

    Attributes:
        pages: Markdown by language and page.
        assets: files that are published unchanged, by path inside the site: those below
            `assets/` and `root/`.
        references: text of `references.toml`; empty without the file.
        synonyms: text of `synonyms.toml`; empty without the file.
        templates: folder of the page templates of the tool.
        own_templates: files of the site that replace some of these.
        catalogues: text of the catalogues that the site brings, by language.
        device: the torch device that models are trained on.
        commit: the Git commit of the config's folder.
        waiting: pages whose models are still being trained; their Markdown says that alone.
        changing: pages some of whose models are trained with some of their seeds; they say so.
    """

    config: Config
    pages: dict[str, dict[str, str]]
    assets: dict[str, bytes]
    references: str
    synonyms: str
    templates: Path
    own_templates: OwnTemplates
    catalogues: dict[str, str]
    device: str
    commit: Commit
    waiting: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()

    @classmethod
    def gather(cls, context: BuildContext) -> Sources:
        """Read the pages and assets beside a config.

        Raises:
            ConfigError: a page is missing, a text is not UTF-8, a file or folder cannot be read
                or published, or a symbolic link leads out of the config's folder.
        """
        config = context.config
        pages = {
            language: {
                page: _read_page(config.folder, f"pages/{language}/{page}.md", page)
                for page in config.site.pages
            }
            for language in config.site.languages
        }
        own = read_own_templates(config.folder, context.templates)
        theme = theme_files(context.templates) | own.assets
        generated = _generated_paths(config)
        files = published_files(config.folder, theme, generated, config.site.stylesheets)
        catalogues = _read_catalogues(config.folder)
        own_files = [
            *(f"{TEMPLATES}/{name}" for name, _ in own.files),
            *(f"{LANGUAGES}/{language}.toml" for language in catalogues),
            *config.site.stylesheets,
        ]
        commit = Commit.of(config.folder, _source_files(config, files, own_files))
        sources = cls(
            config=config,
            pages=pages,
            assets=files,
            references=_read_optional(config.folder, REFERENCES),
            synonyms=_read_optional(config.folder, SYNONYMS),
            templates=context.templates,
            own_templates=own,
            catalogues=catalogues,
            device=context.device,
            commit=commit,
        )
        # Compute the key now: templates, texts and code that change before the pages are rendered
        # must lead to another key.
        _ = sources.key
        return sources

    def read(self) -> dict[str, dict[str, Source]]:
        """Parse the front matter of every page.

        Returns:
            The pages by language and name.

        Raises:
            ConfigError: the front matter of a page is missing or wrong.
        """
        from gen.site.pages.source import read_sources

        return {language: read_sources(language, pages) for language, pages in self.pages.items()}

    @property
    def original(self) -> list[Source]:
        """The pages of the first language, whose claims hold for all languages."""
        return list(self.read()[self.config.site.languages[0]].values())

    def check(self) -> None:
        """Check the pages and templates before training.

        Raises:
            ConfigError: a page has an error that does not depend on the values of facts, or a
                template of the site is none.
        """
        from gen.site.pages.precheck import precheck
        from gen.site.pages.references import read_references
        from gen.site.pages.synonyms import read_synonyms
        from gen.site.pages.templates import load_templates

        load_templates(self.templates, self.own_templates).check()
        works = read_references(self.references, str(self.config.folder / REFERENCES))
        read_synonyms(self.synonyms, str(self.config.folder / SYNONYMS))
        files = [*self.assets, *generated_assets(self.config.site.languages)]
        precheck(self.config, self.read(), works, files)

    @property
    def partial_key(self) -> str:
        """The key of the site while its sweeps are still training."""
        return f"part of {self.key}"

    @property
    def first_key(self) -> str:
        """The key of the site while its models are still training."""
        return f"{FIRST} {self.key}"

    @cached_property
    def key(self) -> str:
        """A digest of everything that can change the published site."""
        config = self.config
        figures = sorted({type(figure).__module__ for figure in config.figures.values()})
        return content_key(
            {
                "profile": config.profile,
                "site": config.site.model_dump(mode="json"),
                "models": {
                    name: {
                        "runs": [shard.key for shard in runs.shards(model, self.device)],
                        "shown": model.shown,
                        "hunt": model.hunt and model.hunt.facts,
                    }
                    for name, model in config.models.items()
                },
                "recordings": {name: model.identity for name, model in config.recordings.items()},
                "sweeps": {
                    name: {
                        "runs": [shard.key for shard in runs.shards(sweep, self.device)],
                        **sweep.reading,
                    }
                    for name, sweep in config.sweeps.items()
                },
                "figures": {
                    name: figure.model_dump(mode="json") for name, figure in config.figures.items()
                },
                "pages": self.pages,
                "references": self.references,
                "synonyms": self.synonyms,
                "assets": {name: _digest(content) for name, content in self.assets.items()},
                "templates": {
                    path.relative_to(self.templates).as_posix(): _digest(path.read_bytes())
                    for path in sorted(self.templates.rglob("*"))
                    if path.is_file()
                },
                "own templates": dict(self.own_templates.files),
                "words": [catalogue_digest(), self.catalogues],
                "theme": config.theme.as_json,
                "commit": [self.commit.hash, self.commit.edited],
                "version": __version__,
                "python": platform.python_version(),
                "code": code_digest("gen.commands.build", *figures),
                "versions": versions(*_PAGE_LIBRARIES, *films.LIBRARIES),
            }
        )


def _source_files(config: Config, published: Iterable[str], more: Iterable[str]) -> list[Path]:
    """Return the source files of a site below the config's folder.

    Args:
        published: paths inside the site of the files that are published unchanged.
        more: further files, relative to the folder.
    """
    folder = config.folder
    pages = [
        folder / "pages" / language / f"{page}.md"
        for language in config.site.languages
        for page in config.site.pages
    ]
    assets = [name if name.startswith("assets/") else f"{ROOT}/{name}" for name in published]
    beside = (folder / name for name in (REFERENCES, SYNONYMS, *assets, *more))
    own = dict.fromkeys(path for path in beside if path.is_file())
    paths = config.plugins.snapshot.paths
    plugins = [path for path in paths if ".." not in path.relative_to(folder).parts]
    return [config.path, *pages, *plugins, *own]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _read_page(folder: Path, file: str, page: str) -> str:
    path = folder / file
    refuse_leading_out(path, folder)
    try:
        return read_text(path)
    except FileNotFoundError:
        raise ConfigError(
            "there is no such page",
            where=str(path),
            hint=f'create it, or remove "{page}" from pages',
        ) from None


def _read_optional(folder: Path, name: str) -> str:
    path = folder / name
    refuse_leading_out(path, folder)
    try:
        return read_text(path)
    except FileNotFoundError:
        return ""


def _read_catalogues(folder: Path) -> dict[str, str]:
    found = own_language_files(folder)
    for path in found.values():
        refuse_leading_out(path, folder)
    return {language: read_text(path) for language, path in found.items()}


def _generated_paths(config: Config) -> list[str]:
    """Return the files, and the folders with a final slash, that a build may generate."""
    pages = [f"{page}.html" for page in config.site.pages]
    folders = [
        f"{name}/"
        for name in ("assets", "data", "figures", "media", "seeds", *config.site.languages)
    ]
    return [*folders, *pages, "sitemap.xml", *generated_assets(config.site.languages)]
