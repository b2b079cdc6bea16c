"""Stills and facts that are stored: the site is the same as without them, and nothing is old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from gen.commands.build import build
from gen.commands.site import write_stored_site
from gen.i18n import Words
from gen.languages.catalogues import OwnTexts
from gen.site import stills, stored_facts
from gen.site.figure_views import figure_views
from gen.site.orders import FAMILY
from gen.site.plain_values import NotPlainError, from_json, to_json
from gen.site.results import read_models
from tests.conftest import tree
from tests.support import small_site

WIDGETS = "".join(
    f'\n[figures.sum-{kind}]\nkind = "{kind}"\nmodel = "sum"\nevery_seed = true\n'
    for kind in ("interference", "intervene", "neurons")
)
CONFIG = (
    small_site.SUM_ALONE.replace('["en"]', '["en", "zh"]').replace(
        'kind = "accuracy"\n', 'kind = "accuracy"\nevery_seed = true\n'
    )
    + WIDGETS
)
KINDS = ("accuracy", "interference", "intervene", "neurons")
PAGE = small_site.SUM_ALONE_PAGE + "".join(
    f"\n::: figure sum-{kind}\nText.\n:::\n" for kind in KINDS
)
STORED = (".still", ".facts", ".data-0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    chinese = tmp_path / "site" / "pages" / "zh"
    chinese.mkdir(parents=True)
    (chinese / "index.md").write_text(PAGE, "utf-8")
    small_site.build_here(tmp_path, CONFIG, PAGE)
    return tmp_path


def stored(folder: Path, what: str) -> set[str]:
    entries = small_site.context_of(folder).store.entries(FAMILY)
    return {each.info["figure"] for each in entries if each.info["figure"].endswith(f".{what}")}


def forget(folder: Path) -> None:
    store = small_site.context_of(folder).store
    for entry in list(store.entries(FAMILY)):
        if entry.info["figure"].endswith(STORED):
            store.remove(entry)


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whenever a figure of a run that does not move is drawn, or facts are computed."""

    def fail(*arguments: Any, **options: Any) -> Any:
        raise AssertionError(arguments)

    monkeypatch.setattr(stills, "draw_still", fail)
    monkeypatch.setattr("gen.site.figure_views.draw_still", fail)
    monkeypatch.setattr(stored_facts, "model_facts", fail)
    monkeypatch.setattr("gen.site.results.model_facts", fail)


def test_a_site_is_the_same_without_what_is_stored(folder: Path) -> None:
    seeds = ("", ".seed-1", ".seed-2")
    assert stored(folder, "still") == {
        f"sum-{kind}{seed}.still" for kind in KINDS for seed in seeds
    }
    assert stored(folder, "facts") == {"sum.facts"}
    with_stored = tree(folder / "_site")
    forget(folder)
    write_stored_site(small_site.context_of(folder))
    assert not stored(folder, "still")
    assert tree(folder / "_site") == with_stored


def test_another_text_of_a_page_draws_and_computes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(monkeypatch)
    small_site.write(folder, CONFIG, f"{PAGE}\nMore.\n")
    build(small_site.context_of(folder))
    assert "More." in (folder / "_site" / "index.html").read_text("utf-8")
    write_stored_site(small_site.context_of(folder))


def test_another_text_of_a_language_and_another_colour_are_seen(folder: Path) -> None:
    own = folder / "site" / "languages"
    own.mkdir()
    (own / "en.toml").write_text('[axis]\naccuracy = "how often it is right"\n')
    small_site.write(folder, f'{CONFIG}\n[theme]\ntest.light = "#123456"\n', PAGE)
    build(small_site.context_of(folder))
    chart = (folder / "_site" / "media" / "sum-accuracy.svg").read_text("utf-8")
    assert "how often it is right" in chart and "#123456" in chart


def test_other_settings_of_a_model_give_other_facts(folder: Path) -> None:
    small_site.write(folder, CONFIG.replace("shard = 2", "shard = 2\nshown = 1"), PAGE)
    build(small_site.context_of(folder))
    facts = (folder / "_site" / "data" / "facts.json").read_text("utf-8")
    assert '"shown_seed": 1' in facts and '"rule": "chosen"' in facts


def test_a_still_is_drawn_anew_for_another_accuracy_of_guessing(folder: Path) -> None:
    context = small_site.context_of(folder)
    trained = read_models(context, ["sum"])["sum"]
    other = replace(trained, chosen=replace(trained.chosen, chance=0.3))
    keys = set()
    for model in (trained, other):
        for view in figure_views(context.config.figures, {"sum": model}, ["sum-accuracy"]):
            order = view.still_order(context.config.theme, [Words("en")])
            if view.seed is None and order is not None:
                keys.add(order.key)
    assert len(keys) == 2


def test_a_widget_whose_values_json_would_lose_is_drawn_with_each_site(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tree(folder / "_site")
    forget(folder)

    def refuse(value: object) -> Any:
        raise NotPlainError

    monkeypatch.setattr(stills, "to_json", refuse)
    (folder / "_site" / "index.html").unlink()
    build(small_site.context_of(folder))
    assert stored(folder, "still")
    assert tree(folder / "_site") == wanted


@dataclass(frozen=True)
class Plain:
    names: list[str]
    limits: dict[str, tuple[int, int]]
    share: float | None


@dataclass(frozen=True)
class Counting:
    names: list[str]

    @property
    def count(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Written:
    number: int

    def __str__(self) -> str:
        return f"no. {self.number}"


def test_plain_values_are_read_alike() -> None:
    value = Plain(["a", "ü\n"], {"x": (1, 2)}, 0.1 + 0.2)
    found = from_json(to_json({"one": value, 2: [value, None, True, ""]}))
    assert list(found) == ["one", 2]
    for read in (found["one"], found[2][0]):
        assert (read.names, read.limits, read.share) == (value.names, value.limits, value.share)
    assert found[2][1:] == [None, True, ""]


@pytest.mark.parametrize(
    "value",
    [
        *(Counting([]), Written(1), Markup("<b>"), np.float64(1.0)),
        *({1, 2}, [b""], {"a": object()}, {(1, 2): "a"}),
    ],
)
def test_values_that_json_would_lose_are_refused(value: object) -> None:
    with pytest.raises(NotPlainError):
        to_json(value)


def test_the_digest_of_a_language_changes_with_any_text() -> None:
    assert Words("en").digest != Words("zh").digest
    other = Words("en", {"en": OwnTexts("en.toml", {"axis.step": "time"})})
    assert Words("en").digest == Words("en").digest != other.digest
