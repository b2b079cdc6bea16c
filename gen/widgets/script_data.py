"""Data for page scripts: arrays as base64, texts with placeholders."""

from __future__ import annotations

import base64

import numpy as np

from gen.i18n import Words


def base64_text(values: np.ndarray) -> str:
    """Encode the bytes of an array as base64."""
    return base64.b64encode(values.tobytes()).decode()


def text_template(words: Words, key: str, **known: object) -> str:
    """Return a text whose placeholders, except the known ones, are left for the script."""
    return words(key, **{name: known.get(name, f"{{{name}}}") for name in words.placeholders(key)})
