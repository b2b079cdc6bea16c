"""Render one page's tokens: evaluate conditions, print facts, resolve links, fill directives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from gen.errors import PageError
from gen.mathml import formula_box
from gen.site.pages.arrows import arrows, read_target
from gen.site.pages.conditions import evaluate
from gen.site.pages.directives import Directive, FigureOptions
from gen.site.pages.explanations import explanation_values
from gen.site.pages.facts import REFERENCE, FactBook
from gen.site.pages.figures import (
    MARKUP,
    FilmFiles,
    PlacedChart,
    PlacedFigure,
    PlacedFilm,
    PlacedWidget,
)
from gen.site.pages.links import LinkTargets
from gen.site.pages.markdown import parser_options, walk
from gen.site.pages.references import Citations, key_of, keys_of
from gen.site.pages.source import Source
from gen.site.pages.standalone import frame
from gen.site.pages.templates import Templates
from gen.site.pages.timeline import Moment, StepRange

_STYLE_SHEETS = {
    "construction": ("construction",),
    "construction-error": ("construction",),
    "interference": ("interference",),
    "intervene": ("intervene",),
    "map": ("sweep", "sweep-networks"),
    "neurons": ("neurons",),
    "seeds": ("seeds",),
    "train-here": ("train-here",),
}
"""Style sheets of figures, by template."""


@dataclass
class Article:
    """One page being rendered.

    Attributes:
        context: variables of all templates.
        citations: the works that the page has cited so far.
        placed: ids of the figures that are on the page already.
        timed: the names of the timelines: models, sweeps, and figures of formulas.
        paints: whether a script of the page paints films.
        layers: the types of the layers that are painted.
        computed: whether a script of the page computes with the weights of a run.
        varied: models with a figure of which readers can see other seeds.
        chooses: whether readers choose a seed on the page.
        played: models that marked words of the text play.
        follows: whether sentences follow a timeline, or a figure opens the page.
        captioned: the figure whose caption is being written.
        sheets: names of the style sheets that the page needs.
    """

    source: Source
    book: FactBook
    figures: Mapping[str, PlacedFigure]
    templates: Templates
    links: LinkTargets
    context: Mapping[str, Any]
    citations: Citations
    placed: set[str] = field(default_factory=set)
    timed: set[str] = field(default_factory=set)
    paints: bool = False
    layers: set[str] = field(default_factory=set)
    computed: bool = False
    varied: set[str] = field(default_factory=set)
    chooses: bool = False
    played: set[str] = field(default_factory=set)
    follows: bool = False
    captioned: PlacedFigure | None = None
    sheets: set[str] = field(default_factory=set)

    def render(self, tokens: list[Token]) -> str:
        """Return the body of the page as HTML.

        Args:
            tokens: of the branches whose conditions are true; they are changed.

        Raises:
            ConfigError: a name is unknown or a fact has no value; it names the line.
        """
        for token, line in walk(tokens):
            with self.source.errors_at(line):
                self._prepare(token)
        body = self._blocks(tokens) + self._work_list()
        with self.source.errors_at(-1):
            for model in self.played - self.timed:
                raise PageError(
                    f"words play {model}, which has no film or chart on this page",
                    "place a figure of it on the page",
                )
        return body

    def _prepare(self, token: Token) -> None:
        """Reindex a token's facts and formulas by markup, and its link by an address."""
        match token.type:
            case "fact":
                token.type, token.content = "html_inline", self.book.as_html(token.content)
            case "math_inline" | "math_block":
                latex = REFERENCE.sub(lambda m: self.book.as_latex(m[1]), token.content)
                display = token.type == "math_block"
                token.content = formula_box(latex, display=display)
                token.type = "html_block" if display else "html_inline"
            case "link_open":
                key = key_of(token.attrs.get("href"))
                if key is None:
                    token.attrs["href"] = self._resolve(token.attrs.get("href"))
                else:
                    token.attrs |= self.citations.cite(key)[1]
            case "play_open":
                steps = StepRange.parse(token.content)
                token.attrs |= steps.attributes(self.book)
                self.played.add(steps.model)
            case "citation":
                token.type, token.content = "html_inline", self._citation(token)
            case "image":
                token.attrs["src"] = self._picture(token)
                token.attrs["loading"] = "lazy"

    def _citation(self, token: Token) -> str:
        """Return links to all the works of one citation."""
        links: list[str] = []
        for key in keys_of(token.content):
            label, link = self.citations.cite(key, bracketed=token.meta["bracketed"])
            attributes = "".join(f' {name}="{escape(link[name])}"' for name in link)
            links.append(f"<a{attributes}>{escape(label)}</a>")
        return escape(self.citations.words("citation.between")).join(links)

    def _work_list(self) -> str:
        """Return the list of cited works; empty if the page cites none."""
        works = self.citations.listed
        return self._fill("references.html.jinja", works=works) if works else ""

    def _resolve(self, target: object) -> str:
        return self.links.resolve(self.source.name, str(target or ""))

    def _picture(self, token: Token) -> str:
        if not token.content.strip():
            raise PageError("a picture has no description", "write it between ![ and ]")
        return self.links.picture(self.source.name, str(token.attrs.get("src") or ""))

    def _blocks(self, tokens: list[Token]) -> str:
        """Render blocks in order; a note joins the block above it in the same parent.

        `begun` has the index in the output at which the last block of each level began.
        """
        out: list[str] = []
        begun: dict[int, int] = {}
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.type == "directive_open":
                close = closing_index(tokens, index)
                head: Directive = token.meta["directive"]
                with self.source.errors_at(head.line):
                    start = begun.get(token.level, len(out)) if head.name == "note" else len(out)
                    above = "".join(out[start:])
                    body = self._directive(head, tokens[index + 1 : close], above)
                out[start:] = [body]
                begun[token.level] = len(out)
                index = close + 1
                continue
            if token.nesting >= 0:
                # A new block begins, so blocks of deeper levels have ended.
                begun = {level: at for level, at in begun.items() if level < token.level}
                begun[token.level] = len(out)
            out.append(_render_token(tokens, index))
            index += 1
        return "".join(out)

    def _directive(self, head: Directive, inside: list[Token], above: str) -> str:
        if head.name == "figure":
            return self._figure(head, inside)
        if head.name == "moment":
            return self._moment(head, inside)
        values: dict[str, Any] = {"above": above}
        if head.name == "proof":
            title, *inside = inside
            values["title"] = _render_token([title], 0)
        if head.name == "gallery":
            if "gallery" in self.sheets:
                raise PageError("the gallery is on this page already", "show it once")
            films = [each for each in self.figures.values() if isinstance(each, PlacedFilm)]
            self.sheets.add("gallery")
            values |= {"figures": films, "embedded": self._embedded, "framed": self._framed}
        if head.name == "explanation":
            self.sheets.add("explanation")
            values |= explanation_values(head.argument, self.book)
        values["body"] = self._blocks(inside)
        return self._fill(f"directives/{head.name}.html.jinja", **values)

    def _figure(self, head: Directive, caption: list[Token]) -> str:
        options = FigureOptions.parse(head.argument)
        name = options.name
        if name in self.placed:
            raise PageError(f'figure "{name}" is on this page already', "show it once")
        self.placed.add(name)
        figure = self.figures[name]
        if options.opening:
            self._check_opening(figure)
        timeline = _timeline(figure)
        if timeline:
            self.timed.add(timeline)
            self.sheets.add("timeline")
        if isinstance(figure, PlacedWidget) and figure.painted:
            self.paints = True
        if isinstance(figure, PlacedWidget) and figure.pack is not None:
            self.computed = True
        if isinstance(figure, PlacedFilm | PlacedWidget):
            self.layers |= figure.layers
        if figure.template == "seeds" and figure.model in self.context["seed_picker"].seeds:
            self.chooses = True
        if name in self.context["seed_picker"].figures:
            self.varied.add(figure.model)
        self.captioned = figure
        body = self._blocks(caption)
        self.captioned = None
        self.sheets.update(_STYLE_SHEETS.get(figure.template, ()))
        template = f"{figure.template}.html.jinja"
        values: dict[str, Any] = {
            "figure": figure,
            "caption": body,
            "broad": options.wide,
            "opening": options.opening,
            "first": len(self.placed) == 1,
        }
        return self._fill(template, **{**MARKUP, **values})

    def _check_opening(self, figure: PlacedFigure) -> None:
        """Raise PageError if a figure cannot play by itself, or is not the first of its page."""
        if not isinstance(figure, PlacedFilm) or not figure.model:
            what = f"{figure.id} is no film of a training"
            raise PageError(what, "only such a figure can open a page")
        if len(self.placed) > 1:
            raise PageError(
                f"{figure.id} is not the first figure", "only the first can open a page"
            )
        self.follows = True

    def _moment(self, head: Directive, inside: list[Token]) -> str:
        """Return a sentence that belongs to steps of the figure whose caption is written."""
        figure = self.captioned
        assert figure is not None  # the check of all branches has found it
        moment = Moment.parse(head.argument, figure.model)
        steps = moment.steps(self.book)
        self.follows = True
        self.sheets.add("moments")
        values: dict[str, Any] = {"steps": steps, "arrows": (), "body": self._blocks(inside)}
        if moment.place:
            target = read_target(moment.place, self.book)
            if not isinstance(figure, PlacedFilm):
                what = f"{figure.id} is no film of a training"
                raise PageError(what, "an arrow can point into such a figure alone")
            if figure.picture is not None:  # a site in the making has none yet
                values |= arrows(figure.picture, target, steps)
        return self._fill("directives/moment.html.jinja", **values)

    def _embedded(self, film: FilmFiles) -> str:
        """Return markup that embeds a film in another site, as wide as there is room."""
        published = self.context["site"].base_url or self.links.root
        return (
            f'<video controls loop muted playsinline width="{film.width}" height="{film.height}" '
            'style="max-width:100%;height:auto" '
            f'poster="{published}{film.poster}" src="{published}{film.mp4}"></video>'
        )

    def _framed(self, figure: PlacedFilm) -> str:
        """Return markup that embeds the single file of a figure in another site."""
        film = figure.film
        assert film is not None  # a single file has the size of its film
        address = f"{self.context['site'].base_url or self.links.root}{figure.single}"
        title = f"{figure.id} · {self.context['site_title']}"
        return frame("src", address, film.width, film.height, title)

    def _fill(self, template: str, **values: Any) -> str:
        return self.templates.fill(template, **self.context, **values)


def _timeline(figure: PlacedFigure) -> str:
    """Return the name of the timeline that a figure has; empty if it has none of its own."""
    if isinstance(figure, PlacedFilm):
        return figure.timeline
    return figure.model if isinstance(figure, PlacedChart) else ""


def select_branches(tokens: list[Token], source: Source, book: FactBook) -> list[Token]:
    """Return the tokens with every condition replaced by its true branch.

    Raises:
        ConfigError: a condition cannot be parsed; it names the line.
    """
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        head: Directive | None = token.meta.get("directive")
        if head is None or head.name != "if":
            kept.append(token)
            index += 1
            continue
        close = closing_index(tokens, index)
        divider = next(
            (n for n in range(index, close) if _is_divider(tokens[n], token.level + 1)),
            close,
        )
        with source.errors_at(head.line):
            is_true = evaluate(head.argument, book)
        branch = tokens[index + 1 : divider] if is_true else tokens[divider + 1 : close]
        kept += select_branches(branch, source, book)
        index = close + 1
    return kept


def closing_index(tokens: list[Token], index: int) -> int:
    """Return the index of the token that closes the directive opened at `index`."""
    level = tokens[index].level
    return next(
        n
        for n in range(index + 1, len(tokens))
        if tokens[n].type == "directive_close" and tokens[n].level == level
    )


def _is_divider(token: Token, level: int) -> bool:
    return token.type == "else" and token.level == level


class _Renderer(RendererHTML):
    """Markdown to HTML, with tables that scroll horizontally."""

    def table_open(self, *_: object) -> str:
        return '<div class="table" tabindex="0"><table>\n'

    def table_close(self, *_: object) -> str:
        return "</table></div>\n"


_RENDERER = _Renderer()


def _render_token(tokens: list[Token], index: int) -> str:
    token, options = tokens[index], parser_options()
    if token.type == "inline":
        return _RENDERER.renderInline(token.children or [], options, {})
    rule = _RENDERER.rules.get(token.type)
    if rule is not None:
        return rule(tokens, index, options, {})
    return _RENDERER.renderToken(tokens, index, options, {})
