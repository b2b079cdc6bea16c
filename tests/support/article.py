"""The config of the article in site/, read once by each test process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gen.config.reader import Config, load

ARTICLE = Path(__file__).parents[2] / "site" / "gen.toml"


@cache
def article_config(profile: str | None = None) -> Config:
    """The config, with a profile applied if one is named."""
    return load(ARTICLE, profile)
