"""Turn pydantic errors into messages: what is wrong, where, and what to do.

The config, the front matter of pages and the references are all read with `validate`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from gen.config.toml import Location, as_table
from gen.errors import suggestion
from gen.settings import Settings
from gen.text import as_config_value, truncate

_KEY = re.compile(r"[A-Za-z0-9_-]+")
_UNION_BRANCHES = frozenset(["int", "str", "float", "list", "none", "constrained-int"])
_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}

SettingsType = TypeVar("SettingsType", bound=Settings)


def validate(settings: type[SettingsType], value: object, location: Location) -> SettingsType:
    """Read a table into its settings class.

    Raises:
        ConfigError: the value is not a table, or a key is unknown, missing or wrong.
    """
    table = as_table(value, location)
    try:
        return settings.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        details = _most_helpful(error)
        keys = [part for part in details["loc"] if _is_key(part)]
        raise location.at(*keys).error(*_message(details, settings)) from None
    except (ValueError, RecursionError) as error:
        raise location.error(f"cannot be read: {truncate(str(error))}") from None


def _most_helpful(error: ValidationError) -> Mapping[str, Any]:
    """Return the one error to report.

    An unknown key comes before the missing key that it may be a misspelling of. A list that is
    too long comes before the errors of the other types that the value could have.
    """
    found = error.errors(include_url=False)
    first = [details for details in found if details["type"] in {"extra_forbidden", "too_long"}]
    return [*first, *found][0]


def _is_key(part: object) -> bool:
    """Whether a part of a pydantic location is a key of the file, not a branch of a union."""
    if isinstance(part, int):
        return True
    return bool(_KEY.fullmatch(str(part))) and part not in _UNION_BRANCHES


def _message(details: Mapping[str, Any], settings: type[Settings]) -> tuple[str, str]:
    """Return what is wrong and the hint for one pydantic error."""
    value = as_config_value(details["input"])
    context = details.get("ctx", {})
    key = str(details["loc"][-1]) if details["loc"] else ""
    match details["type"]:
        case "extra_forbidden":
            known = settings.model_fields
            return "unknown key", suggestion(key, known) or f"the keys are: {', '.join(known)}"
        case "missing":
            return "is missing", f"add {key} = ..."
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            bound, limit = next((k, v) for k, v in context.items() if k in _BOUNDS)
            limit = f"{limit:,}" if isinstance(limit, int) and limit > 9999 else f"{limit:g}"
            return f"{value} is out of range", f"it must be {_BOUNDS[bound]} {limit}"
        case "finite_number":
            return f"{value} is not a finite number", "give an ordinary number"
        case "literal_error":
            return f"{value} is not a valid value", f"use {context['expected']}"
        case "string_pattern_mismatch" if "a-z0-9" in context.get("pattern", ""):
            return (
                f"{value} is not the name of a page inside the site",
                "use lowercase letters, digits and single hyphens, without path or ending",
            )
        case "value_error":
            return str(context["error"]), ""
        case _:
            return f"{value}: {details['msg'][0].lower()}{details['msg'][1:]}", ""
