"""Check names given on the command line against the names in the config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gen.errors import ConfigError, suggestion


def select_names(kind: str, names: Iterable[str], known: Mapping[str, object]) -> list[str]:
    """Return the given names, or all known names if none is given.

    Args:
        kind: what is named, for the message, such as `figure`.

    Raises:
        ConfigError: a name is not in the config.
    """
    selected = list(names) or list(known)
    for name in selected:
        if name not in known:
            hint = suggestion(name, known) or f"configured are: {', '.join(known)}"
            raise ConfigError(f'there is no {kind} "{name}"', hint=hint)
    return selected
