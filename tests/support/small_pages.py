"""Render small pages in tests, without files."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from gen.analysis.types import Fact
from gen.config.site import Site
from gen.i18n import Words
from gen.site.assets import theme_files
from gen.site.pages.figures import FilmFiles, PlacedChart, PlacedFigure, PlacedFilm
from gen.site.pages.references import Reference
from gen.site.pages.render import render_pages

TEMPLATES = Path(__file__).parents[2] / "templates"
FRONT = '+++\ntitle = "Title"\ndescription = "What it is about."\n+++\n'


def write_theme(folder: Path) -> None:
    """Write the scripts and styles of the theme into the folder of a site."""
    for name, content in theme_files(TEMPLATES).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}

FACTS: dict[str, dict[str, Fact]] = {
    "parity": {
        "seeds": 4,
        "seeds_generalised": 1,
        "memorised_at": 1050,
        "generalised_at": 21_000,
        "final_test_accuracy": 0.9996,
        "final_test_loss": 1.7e-7,
        "frequencies": [5, 12, 30],
        "rule": "first-generalised",
    },
    "halves": {
        "whole": 125,
        "part": 0.125,
        "below": -0.125,
        "few": 1.25,
        "many": 1.25e7,
        "zero": 0,
    },
    "five-neurons": {"generalised_at": None, "angles": [1.25, 73.0]},
}


def film(name: str = "weights") -> PlacedFilm:
    return PlacedFilm(
        id=name,
        model="parity",
        film=FilmFiles(
            width=720,
            height=480,
            mp4=f"media/{name}.mp4",
            gif=f"media/{name}.gif",
            poster=f"media/{name}.png",
            small=f"media/{name}.webp",
            mp4_bytes=612_345,
            gif_bytes=1_340_000,
            frames=201,
            seconds=9.3,
        ),
        scene=None,
        data=f"data/{name}.npz",
        data_bytes=800,
        alt='Film of "weights" < 5',
        recipe='[figures.weights]\nkind = "weights"',
        timing='{"fps":30,"steps":[0,5000],"ticks":[18,60],"marks":[]}',
    )


def chart(name: str = "accuracy") -> PlacedChart:
    return PlacedChart(
        id=name,
        model="parity",
        svg=f'<svg role="img" aria-labelledby="{name}-t"><title id="{name}-t">C</title></svg>',
        file=f"media/{name}.svg",
        data=f"data/{name}.csv",
        data_bytes=23_000,
        alt="Chart.",
        timing='{"marks":[]}',
    )


REFERENCES = {
    "nanda2023": Reference(
        authors=["Nanda, Neel", "Chan, Lawrence", "Lieberum, Tom"],
        year=2023,
        title="Progress measures & more",
        venue="ICLR",
        url="https://arxiv.org/abs/2301.05217",
    ),
    "gromov2023": Reference(
        authors=["Gromov, Andrey"],
        year=2023,
        title="Grokking modular arithmetic",
        venue="arXiv",
        url="https://arxiv.org/abs/2301.02679",
    ),
}

FIGURES: dict[str, PlacedFigure] = {"weights": film(), "accuracy": chart()}


def site(*pages: str, languages: tuple[str, ...] = ("en",), base_url: str | None = None) -> Site:
    return Site(
        title="Site",
        description="A site.",
        languages=list(languages),
        pages=list(pages),
        base_url=base_url,
    )


def page(body: str, **others: str) -> str:
    """Return the HTML of a page with this body, on a site that also has `others`."""
    sources = {"index": FRONT + body, **{name: FRONT + text for name, text in others.items()}}
    return rendered(site(*sources), sources)["index.html"]


def rendered(of: Site, sources: dict[str, str], language: str = "en") -> dict[str, str]:
    return render_pages(
        of, language, sources, FIGURES, FACTS, Words("en"), TEMPLATES, references=REFERENCES
    )


def main_text(html: str) -> str:
    """Return the visible text of the article of a page, with normalised white space."""
    outline = Outline.of(html)
    return " ".join("".join(outline.text).split())


class Outline(HTMLParser):
    """Tags, ids and headings of HTML; raises an error for badly nested markup."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    @classmethod
    def of(cls, html: str) -> Outline:
        outline = cls()
        outline.feed(html)
        outline.close()
        assert outline.open == [], f"never closed: {outline.open}"
        return outline

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if "article" in self.open and not {"svg", "script"} & set(self.open):
            self.text.append(data)

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]

    @property
    def headings(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
