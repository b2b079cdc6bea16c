"""The works that pages cite: `references.toml` beside the config, `[@key]` in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote

from pydantic import Field, TypeAdapter, ValidationError

from gen.errors import ConfigError, PageError, suggestion
from gen.settings import Settings
from gen.store.text_files import OneLine, read_toml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

    from gen.i18n import Words

_CITATION = re.compile(r"\[@([^\[\]]*)\](?!\()")
_NEXT = re.compile(r"\s*;\s*@")
_KEY = re.compile(r"[\w:./+-]+")
_ELSEWHERE_CITED = re.compile(
    r"\[[^\[\]@]*[\s-]@(?P<bracketed>[\w:/+-]+)[^\[\]]*\]|(?<![\w@.])@(?P<bare>[\w:./+-]+)"
)
"""What other dialects take for a citation: `[see @key]`, `[-@key]`, `@key`."""
_OPENING, _CLOSING = "(\uff08", ")\uff09"
_NEAR = 300
"""How far before a citation its opening bracket is looked for, in characters."""
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
        """How the text calls it: "Nanda et al., 2023" in brackets, else "Nanda et al. (2023)"."""
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
        """The authors with their given names in front."""
        parts = (author.partition(",") for author in self.authors)
        return [f"{given.strip()} {surname}".strip() for surname, _, given in parts]


def read_references(text: str, path: str) -> dict[str, Reference]:
    """The works by key.

    Args:
        text: of `references.toml`.
        path: for errors.

    Raises:
        ConfigError: it is not TOML, or a work lacks something.
    """
    table = read_toml(text, path, "is not TOML")
    for key in table:
        if not _KEY.fullmatch(key):
            what = f'"{key}" cannot be the key of a work'
            raise ConfigError(what, where=path, hint="use letters, digits and any of - _ : . / +")
    try:
        return TypeAdapter(dict[str, Reference]).validate_python(table)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        key = ".".join(map(str, details["loc"]))
        known = ", ".join(Reference.model_fields)
        what = f"{key}: {details['msg'][0].lower()}{details['msg'][1:]}"
        raise ConfigError(what, where=path, hint=f"a work has {known}") from None


@dataclass
class Citations:
    """The works that one page cites, in the order in which it does.

    Attributes:
        cited: key to how often so far.
    """

    references: Mapping[str, Reference]
    words: Words
    cited: dict[str, int] = field(default_factory=dict)

    def cite(self, key: str, *, bracketed: bool = False) -> tuple[str, dict[str, str]]:
        """Takes note of one more citation.

        Args:
            key: of the work.
            bracketed: whether the citation stands in brackets.

        Returns:
            Its label, and the attributes of the link from the text to the list below it.

        Raises:
            Mistake: there is no such work.
        """
        reference = find(key, self.references)
        self.cited[key] = self.cited.get(key, 0) + 1
        number = self.cited[key]
        # A key holds no "@", so no other key has this place.
        place = f"cited-{key}" + (f"@{number}" if number > 1 else "")
        link = {
            "class": "citation",
            "href": f"#work-{key}",
            "id": place,
            "title": reference.title,
        }
        return reference.label(self.words, bracketed=bracketed), link

    @property
    def listed(self) -> list[tuple[str, Reference]]:
        """Keys and works, in the order of the first citation."""
        return [(key, self.references[key]) for key in self.cited]


def check_no_citation(text: str, references: Mapping[str, Reference]) -> None:
    """Refuses citations of other dialects in plain text: `[see @key]`, and `@key` of a known work.

    Raises:
        Mistake: there is one.
    """
    for match in _ELSEWHERE_CITED.finditer(text):
        key = match["bracketed"] or match["bare"].rstrip(".:;-/+")
        if match["bracketed"] or key in references:
            what = f'"{match[0]}" is no citation, and would be printed as it is'
            raise PageError(what, f"write [@{key}], or [the words](@{key})")


def find(key: str, references: Mapping[str, Reference]) -> Reference:
    """The work called `key`.

    Raises:
        Mistake: there is none.
    """
    if key not in references:
        hint = suggestion(key, references) or f"add a table [{key}] to references.toml"
        raise PageError(f'there is no reference "{key}"', hint)
    return references[key]


def citations_plugin(md: MarkdownIt) -> None:
    """Teaches a parser `[@key]` and `[@one; @other]`: a token `citation` with what follows `[@`."""
    md.inline.ruler.before("link", "citation", _rule)


def _rule(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match[1]
        token.meta["bracketed"] = _bracketed(state.src[max(0, state.pos - _NEAR) : state.pos])
    state.pos = match.end()
    return True


def _bracketed(before: str) -> bool:
    """Whether the last bracket in `before` opens, so that what follows stands in it."""
    last = max(before.rfind(each) for each in _OPENING + _CLOSING)
    return last >= 0 and before[last] in _OPENING


def keys_of(citation: str) -> list[str]:
    """The keys of `[@one; @other]`, given what stands between the first `@` and the bracket."""
    return _NEXT.split(citation)


def key_of(target: Any) -> str | None:
    """The key in the target of a link such as `[they found](@key)`; None for other links."""
    text = unquote(str(target or ""))
    return text[1:] if text.startswith("@") else None
