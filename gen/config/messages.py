"""What pydantic finds wrong with a table, as what a person wants to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gen.errors import suggestion
from gen.settings import Settings
from gen.text import as_config_value


def foremost(error: ValidationError) -> Mapping[str, Any]:
    """The one error to tell: an unknown key before the key that it may be meant for.

    A list that is too long comes before all that it might have been in the place of a list.
    """
    found = error.errors(include_url=False)
    unknown = [details for details in found if details["type"] in {"extra_forbidden", "too_long"}]
    return [*unknown, *found][0]


def is_key(part: object) -> bool:
    """Tells a key of the file from the names pydantic gives to the branches of a union."""
    return isinstance(part, int) or bool(
        re.fullmatch(r"[A-Za-z0-9_-]+", str(part))
        and part not in {"int", "str", "float", "list", "none", "constrained-int"}
    )


def explain(details: Mapping[str, Any], settings: type[Settings]) -> tuple[str, str]:
    """One pydantic error as what is wrong and the hint."""
    value = as_config_value(details["input"])
    context = details.get("ctx", {})
    key = str(details["loc"][-1]) if details["loc"] else ""
    match details["type"]:
        case "extra_forbidden":
            known = settings.model_fields
            return "unknown key", suggestion(key, known) or f"the keys here are: {', '.join(known)}"
        case "missing":
            return "is missing", f"add {key} = ..."
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            sign = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
            bound, limit = next((k, v) for k, v in context.items() if k in sign)
            limit = f"{limit:,}" if isinstance(limit, int) and limit > 9999 else f"{limit:g}"
            return f"{value} is out of range", f"it must be {sign[bound]} {limit}"
        case "finite_number":
            return f"{value} is not a finite number", "give an ordinary number"
        case "literal_error":
            return f"{value} is not known here", f"use {context['expected']}"
        case "string_pattern_mismatch" if "a-z0-9" in context.get("pattern", ""):
            return (
                f"{value} is not the name of a page inside the site",
                "use small letters, digits and single hyphens, without path or ending",
            )
        case "value_error":
            return str(context["error"]), ""
        case _:
            return f"{value}: {details['msg'][0].lower()}{details['msg'][1:]}", ""
