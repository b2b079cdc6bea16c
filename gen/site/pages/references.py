"""Read `references.toml`, the works that pages cite as `[@key]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from pydantic import Field

from gen.config.messages import validate
from gen.config.toml import Location, parse_toml
from gen.errors import PageError, suggestion
from gen.i18n import Words
from gen.settings import Settings
from gen.store.text_files import OneLine

_CITATION = re.compile(r"\[@([^\[\]]*)\](?!\()")
_NEXT = re.compile(r"\s*;\s*@")
_KEY = re.compile(r"[\w:./+-]+")
_FOREIGN_CITATION = re.compile(
    r"\[[^\[\]@]*[\s-]@(?P<bracketed>[\w:/+-]+)[^\[\]]*\]|(?<![\w@.])@(?P<bare>[\w:./+-]+)"
)
"""Citations of other dialects: `[see @key]`, `[-@key]`, `@key`."""

_OPENING, _CLOSING = "(\uff08", ")\uff09"
_BRACKET_DISTANCE = 300
"""Number of characters before a citation that are searched for an opening bracket."""

_Text = Annotated[OneLine, Field(min_length=1, max_length=300)]


class Reference(Settings):
    """One work, a table of `references.toml`.

    Attributes:
        authors: each as "Surname, Given names", in the order of the work.
        year: of the version that `url` leads to.
        venue: journal, conference or site.
    """

    authors: Annotated[list[_Text], Field(min_length=1)]
    year: Annotated[int, Field(ge=1, le=9999)]
    title: _Text
    venue: _Text
    url: Annotated[OneLine, Field(pattern=r"^https?://[^\s\"<>]+$")]

    def label(self, words: Words, *, bracketed: bool) -> str:
        """Return "Nanda et al., 2023" for a citation in brackets, else "Nanda et al. (2023)"."""
        first, *others = (author.partition(",")[0] for author in self.authors)
        names = first
        if len(others) == 1:
            names = words("citation.two", first=first, second=others[0])
        elif others:
            names = words("citation.many", first=first)
        form = "citation.label" if bracketed else "citation.told"
        return words(form, names=names, year=str(self.year))

    @property
    def full_names(self) -> list[str]:
        """The authors, given names first."""
        parts = (author.partition(",") for author in self.authors)
        return [f"{given.strip()} {surname}".strip() for surname, _, given in parts]


def read_references(text: str, path: str) -> dict[str, Reference]:
    """Read the works by key.

    Args:
        text: of `references.toml`.
        path: for errors.

    Raises:
        ConfigError: it is not TOML, or a work has a missing or wrong key.
    """
    location = Location(path)
    table = parse_toml(text, location, "is not TOML")
    for key in table:
        if not _KEY.fullmatch(key):
            what = f'"{key}" cannot be the key of a work'
            raise location.error(what, "use letters, digits and any of - _ : . / +")
    return {key: validate(Reference, work, location.at(key)) for key, work in table.items()}


@dataclass
class Citations:
    """The works that one page cites, in order.

    Attributes:
        scripts: addresses of the scripts that show a work beside its citation.
        cited: number of citations so far, by key.
    """

    references: Mapping[str, Reference]
    words: Words
    scripts: str
    cited: dict[str, int] = field(default_factory=dict)

    def cite(self, key: str, *, bracketed: bool = False) -> tuple[str, dict[str, str]]:
        """Add one more citation.

        Args:
            key: of the work.
            bracketed: whether the citation is inside brackets.

        Returns:
            Its label, and the attributes of the link from the text to the list of works.

        Raises:
            PageError: the work does not exist.
        """
        reference = find_work(key, self.references)
        self.cited[key] = self.cited.get(key, 0) + 1
        number = self.cited[key]
        # A key has no "@", so this id belongs to no other key.
        link_id = f"cited-{key}" + (f"@{number}" if number > 1 else "")
        link = {
            "class": "citation",
            "href": f"#work-{key}",
            "id": link_id,
            "title": reference.title,
            "data-scripts": self.scripts,
        }
        return reference.label(self.words, bracketed=bracketed), link

    @property
    def listed(self) -> list[tuple[str, Reference]]:
        """Keys and works, in the order of the first citation."""
        return [(key, self.references[key]) for key in self.cited]


def check_no_citation(text: str, references: Mapping[str, Reference]) -> None:
    """Check that plain text has no citation of another dialect.

    Raises:
        PageError: it has `[see @key]`, or `@key` of a known work.
    """
    for match in _FOREIGN_CITATION.finditer(text):
        key = match["bracketed"] or match["bare"].rstrip(".:;-/+")
        if match["bracketed"] or key in references:
            what = f'"{match[0]}" is not a citation, and would be printed unchanged'
            raise PageError(what, f"write [@{key}], or [the words](@{key})")


def find_work(key: str, references: Mapping[str, Reference]) -> Reference:
    """Return the work with this key.

    Raises:
        PageError: it does not exist.
    """
    if key not in references:
        hint = suggestion(key, references) or f"add a table [{key}] to references.toml"
        raise PageError(f'there is no reference "{key}"', hint)
    return references[key]


def citations_plugin(md: MarkdownIt) -> None:
    """Add citations to a parser: `[@key]` and `[@one; @other]` become a token `citation`."""
    md.inline.ruler.before("link", "citation", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match[1]
        token.meta["bracketed"] = _bracketed(
            state.src[max(0, state.pos - _BRACKET_DISTANCE) : state.pos]
        )
    state.pos = match.end()
    return True


def _bracketed(before: str) -> bool:
    """Whether the last bracket in `before` is an opening one."""
    last = max(before.rfind(each) for each in _OPENING + _CLOSING)
    return last >= 0 and before[last] in _OPENING


def keys_of(citation: str) -> list[str]:
    """Return the keys of `[@one; @other]`, given the text from the first `@` to the bracket."""
    return _NEXT.split(citation)


def key_of(target: Any) -> str | None:
    """Return the key in a link such as `[they found](@key)`; None for other links."""
    text = unquote(str(target or ""))
    return text[1:] if text.startswith("@") else None
