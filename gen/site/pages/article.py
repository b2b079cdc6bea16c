"""Renders one page's tokens: conditions decided, facts said, links resolved, directives filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from jinja2 import Environment
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from gen.errors import PageError, suggestion
from gen.mathml import formula_box
from gen.site.pages.conditions import evaluate
from gen.site.pages.directives import Directive
from gen.site.pages.facts import REFERENCE, FactBook
from gen.site.pages.figures import PlacedChart, PlacedFigure, PlacedFilm
from gen.site.pages.links import Map
from gen.site.pages.markdown import check_role, each, parser_options
from gen.site.pages.references import Citations, Reference, check_no_citation, find, key_of, keys_of
from gen.site.pages.source import Source
from gen.site.pages.timeline import Stretch

_SHEETS = {
    "construction": "construction",
    "construction-error": "construction",
    "interference": "interference",
    "map": "sweep",
    "neurons": "neurons",
    "seeds": "seeds",
}
"""Templates of figures with a style sheet of their own."""

_BROKEN_LINK = re.compile(r"\]\(((?:assets|data|media)/[^()<>\n]* [^()<>\n]*)\)")
"""What is left in the text of a link whose address holds a space."""


@dataclass
class Article:
    """One page being rendered.

    Attributes:
        context: what the directives' templates see besides what is their own.
        citations: what the page has cited so far.
        shown: figures that have their place on this page already.
        timed: models of which one of them has a timeline.
        played: models that words of the text play.
        sheets: style sheets of what the page shows, by name.
    """

    source: Source
    book: FactBook
    figures: Mapping[str, PlacedFigure]
    environment: Environment
    map: Map
    context: Mapping[str, Any]
    citations: Citations
    shown: set[str] = field(default_factory=set)
    timed: set[str] = field(default_factory=set)
    played: set[str] = field(default_factory=set)
    sheets: set[str] = field(default_factory=set)

    def render(self, tokens: list[Token]) -> str:
        """The body of the page as HTML.

        Args:
            tokens: of the branches that were taken; they are changed.

        Raises:
            ConfigError: something is unknown, not allowed or not true; it names the line.
        """
        for token, line in each(tokens):
            with self.source.at(line):
                self._settle(token)
        body = self._blocks(tokens) + self._works()
        with self.source.at(-1):
            for model in self.played - self.timed:
                raise PageError(f"words play {model}, which has no film or chart on this page")
        return body

    def _settle(self, token: Token) -> None:
        """Turns one token's facts and formulas into markup and its link into an address."""
        match token.type:
            case "fact":
                token.type, token.content = "html_inline", self.book.html(token.content)
            case "math_inline" | "math_block":
                latex = REFERENCE.sub(lambda m: self.book.latex(m[1]), token.content)
                display = token.type == "math_block"
                token.content = formula_box(latex, display=display)
                token.type = "html_block" if display else "html_inline"
            case "link_open":
                key = key_of(token.attrs.get("href"))
                if key is None:
                    token.attrs["href"] = self._resolve(token.attrs.get("href"))
                else:
                    token.attrs |= self.citations.cite(key)[1]
            case "stretch_open":
                stretch = Stretch.read(token.content)
                token.attrs |= stretch.attributes(self.book)
                self.played.add(stretch.model)
            case "citation":
                token.type, token.content = "html_inline", self._citation(token)
            case "image":
                token.attrs["src"] = self._picture(token)
                token.attrs["loading"] = "lazy"

    def _citation(self, token: Token) -> str:
        """Links from one citation to all the works that it names."""
        links: list[str] = []
        for key in keys_of(token.content):
            label, link = self.citations.cite(key, bracketed=token.meta["bracketed"])
            attributes = "".join(f' {name}="{escape(link[name])}"' for name in link)
            links.append(f"<a{attributes}>{escape(label)}</a>")
        return escape(self.citations.words("citation.between")).join(links)

    def _works(self) -> str:
        """The list of what the page cites; nothing where it cites nothing."""
        works = self.citations.listed
        return self._fill("references.html.jinja", works=works) if works else ""

    def _resolve(self, target: object) -> str:
        return self.map.resolve(self.source.name, str(target or ""))

    def _picture(self, token: Token) -> str:
        if not token.content.strip():
            raise PageError("a picture has no description", "write it between ![ and ]")
        return self.map.picture(self.source.name, str(token.attrs.get("src") or ""))

    def _blocks(self, tokens: list[Token]) -> str:
        """Renders blocks in order; a note joins the block above it in the same parent.

        `begun` holds where in the output the last block of each level began.
        """
        out: list[str] = []
        begun: dict[int, int] = {}
        place = 0
        while place < len(tokens):
            token = tokens[place]
            if token.type == "directive_open":
                close = closing(tokens, place)
                head: Directive = token.meta["directive"]
                with self.source.at(head.line):
                    start = begun.get(token.level, len(out)) if head.name == "note" else len(out)
                    above = "".join(out[start:])
                    body = self._directive(head, tokens[place + 1 : close], above)
                out[start:] = [body]
                begun[token.level] = len(out)
                place = close + 1
                continue
            if token.nesting >= 0:
                # A block begins; what was written at deeper levels belongs to blocks that ended.
                begun = {level: at for level, at in begun.items() if level < token.level}
                begun[token.level] = len(out)
            out.append(_render_token(tokens, place))
            place += 1
        return "".join(out)

    def _directive(self, head: Directive, inside: list[Token], above: str) -> str:
        if head.name == "figure":
            return self._figure(head, inside)
        values: dict[str, Any] = {"above": above}
        if head.name == "proof":
            title, *inside = inside
            values["title"] = _render_token([title], 0)
        if head.name == "gallery":
            if "gallery" in self.sheets:
                raise PageError("the gallery is on this page already", "show it once")
            films = [figure for figure in self.figures.values() if isinstance(figure, PlacedFilm)]
            self.sheets.add("gallery")
            values |= {"films": films, "embedded": self._embedded}
        values["body"] = self._blocks(inside)
        return self._fill(f"directives/{head.name}.html.jinja", **values)

    def _figure(self, head: Directive, caption: list[Token]) -> str:
        name, broad = figure_of(head)
        if name in self.shown:
            raise PageError(f'figure "{name}" is on this page already', "show it once")
        self.shown.add(name)
        figure = self.figures[name]
        if isinstance(figure, PlacedFilm | PlacedChart) and figure.timing is not None:
            self.timed.add(figure.model)
            self.sheets.add("timeline")
        body = self._blocks(caption)
        self.sheets |= {_SHEETS[figure.template]} if figure.template in _SHEETS else set()
        template = f"{figure.template}.html.jinja"
        return self._fill(
            template, figure=figure, caption=body, broad=broad, first=len(self.shown) == 1
        )

    def _embedded(self, film: PlacedFilm) -> str:
        """Markup that shows a film on another page."""
        published = self.context["site"].base_url or self.map.root
        return (
            f'<video controls loop muted playsinline width="{film.width}" '
            f'poster="{published}{film.poster}" src="{published}{film.mp4}"></video>'
        )

    def _fill(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(**self.context, **values)


def decide(tokens: list[Token], source: Source, book: FactBook) -> list[Token]:
    """Keeps of every condition the branch whose case holds.

    Raises:
        ConfigError: a condition cannot be read; it names the line.
    """
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        head: Directive | None = token.meta.get("directive")
        if head is None or head.name != "if":
            kept.append(token)
            place += 1
            continue
        close = closing(tokens, place)
        divider = next(
            (n for n in range(place, close) if _divides(tokens[n], token.level + 1)),
            close,
        )
        with source.at(head.line):
            taken = evaluate(head.argument, book)
        branch = tokens[place + 1 : divider] if taken else tokens[divider + 1 : close]
        kept += decide(branch, source, book)
        place = close + 1
    return kept


def check(
    tokens: list[Token],
    source: Source,
    book: FactBook,
    figures: Mapping[str, object],
    references: Mapping[str, Reference],
) -> None:
    """Looks over every branch, taken or not, for names that mean nothing.

    Raises:
        ConfigError: a fact, format, condition, role, figure or work is unknown; it names the line.
    """
    for token, line in each(tokens):
        with source.at(line):
            _check_written(token)
            if token.type == "text":
                check_no_citation(token.content, references)
            _check_names(token, book, figures, references)


def _check_names(
    token: Token,
    book: FactBook,
    figures: Mapping[str, object],
    references: Mapping[str, Reference],
) -> None:
    match token.type:
        case "fact":
            book.check(token.content)
        case "math_inline" | "math_block":
            for reference in REFERENCE.findall(token.content):
                book.check(reference)
        case "citation":
            for key in keys_of(token.content):
                find(key, references)
        case "link_open" if (key := key_of(token.attrs.get("href"))) is not None:
            find(key, references)
        case "stretch_open":
            Stretch.read(token.content).check(book)
        case "role_open":
            check_role(str(token.attrs["class"]))
        case "directive_open":
            _check_directive(token.meta["directive"], book, figures)


def _check_written(token: Token) -> None:
    """Refuses what Markdown would print as it was typed, though more was meant."""
    if token.type == "footnote":
        hint = 'write a note, "::: note", below the paragraph'
        raise PageError(f"footnotes such as {token.content} are not known", hint)
    broken = _BROKEN_LINK.search(token.content) if token.type == "text" else None
    if broken is not None:
        hint = f"write it between < and >: (<{broken[1].strip()}>)"
        raise PageError(f'the address "{broken[1]}" holds a space', hint)


def _check_directive(head: Directive, book: FactBook, figures: Mapping[str, object]) -> None:
    if head.name == "if":
        evaluate(head.argument, book)
    elif head.name == "figure":
        name, _ = figure_of(head)
        if name not in figures:
            close = suggestion(name, figures) or f"add a table [figures.{name}]"
            raise PageError(f'there is no figure "{name}"', close)
    elif head.name != "proof" and head.argument:
        raise PageError(f'::: {head.name} takes no "{head.argument}"', "remove it")


def figure_of(head: Directive) -> tuple[str, bool]:
    """Which figure a directive places, and whether it may be wider than the text.

    Raises:
        Mistake: the line says something else.
    """
    match head.argument.split():
        case [name]:
            return name, False
        case [name, "wide"]:
            return name, True
        case _:
            hint = 'write "::: figure ID" or "::: figure ID wide"'
            raise PageError(f'"{head.argument}" does not name a figure', hint)


def closing(tokens: list[Token], place: int) -> int:
    """Where the directive that opens at `place` closes."""
    level = tokens[place].level
    return next(
        n
        for n in range(place + 1, len(tokens))
        if tokens[n].type == "directive_close" and tokens[n].level == level
    )


def _divides(token: Token, level: int) -> bool:
    return token.type == "else" and token.level == level


class _Renderer(RendererHTML):
    """Plain Markdown to HTML; tables may scroll by themselves."""

    def table_open(self, *_: object) -> str:
        return '<div class="table" tabindex="0"><table>\n'

    def table_close(self, *_: object) -> str:
        return "</table></div>\n"


_RENDERER = _Renderer()


def _render_token(tokens: list[Token], place: int) -> str:
    token, options = tokens[place], parser_options()
    if token.type == "inline":
        return _RENDERER.renderInline(token.children or [], options, {})
    rule = _RENDERER.rules.get(token.type)
    if rule is not None:
        return rule(tokens, place, options, {})
    return _RENDERER.renderToken(tokens, place, options, {})
