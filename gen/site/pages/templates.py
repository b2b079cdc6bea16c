"""Load the page templates of the tool and those of a site, and report errors in the latter.

A template of a site replaces the one of the tool with the same name, and may extend it:

    {% extends "theme/page.html.jinja" %}
    {% block main %}<p>Lesson plan</p>{{ super() }}{% endblock %}

`theme/NAME` is always the template of the tool.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from gen.errors import ConfigError, GenError, PageError, suggestion
from gen.site.own_templates import OwnTemplates

THEME = "theme"
"""Prefix of the names of the tool's templates, for templates that extend them."""


@dataclass(frozen=True)
class Templates:
    """The templates of a site.

    Attributes:
        environment: finds templates by name.
        names: of all templates.
        own: those that the site brings.
    """

    environment: Environment
    names: tuple[str, ...]
    own: OwnTemplates

    def fill(self, name: str, /, **values: Any) -> str:
        """Return a template with its variables filled in.

        Raises:
            ConfigError: a template of the site is wrong; it names file and line.
        """
        with self._placed_errors():
            return self.environment.get_template(name).render(**values)

    def check(self) -> None:
        """Compile the templates of the site.

        Raises:
            ConfigError: one is not a template; it names file and line.
        """
        for name, _ in self.own.files:
            if name.endswith(".jinja"):
                with self._placed_errors():
                    self.environment.get_template(name)

    @contextmanager
    def _placed_errors(self) -> Iterator[None]:
        """Give an error of a template of the site its file and line."""
        try:
            yield
        except PageError:
            raise
        except Exception as error:
            place = self._place(error)
            if place is None:
                raise
            what, hint = self._explain(error)
            raise ConfigError(what, where=place, hint=hint) from error

    def _place(self, error: Exception) -> str | None:
        """Return file and line in a template of the site where an error was raised, if any."""
        own = {str(self.own.folder / name) for name, _ in self.own.files}
        if isinstance(error, TemplateSyntaxError) and error.filename in own:
            return f"{error.filename}:{error.lineno}"
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename in own]
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None

    def _explain(self, error: Exception) -> tuple[str, str]:
        """Return what is wrong, and a hint that may be empty."""
        match error:
            case TemplateNotFound(name=name):
                return f'there is no template "{name}"', suggestion(str(name), self.names)
            case TemplateError(message=message):
                return message or type(error).__name__, ""
            case GenError():
                return str(error), ""
            case _:
                return f"{type(error).__name__}: {error}", ""


@lru_cache(maxsize=8)
def load_templates(theme: Path, own: OwnTemplates) -> Templates:
    """Return the templates of a site.

    Args:
        theme: folder of the templates of the tool.
        own: those that the site brings.
    """
    texts = dict(own.files)
    built_in = FileSystemLoader(theme)

    def load(name: str) -> tuple[str, str, None] | None:
        return (texts[name], str(own.folder / name), None) if name in texts else None

    environment = Environment(
        loader=ChoiceLoader([FunctionLoader(load), built_in, PrefixLoader({THEME: built_in})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Templates(environment, (*texts, *built_in.list_templates()), own)
