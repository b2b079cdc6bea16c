"""What a site may bring beside its gen.toml: languages, templates, stylesheets and colours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from gen.config.languages import read_own_texts
from gen.errors import ConfigError, SetupError
from gen.i18n import Words
from gen.languages.catalogues import languages
from gen.server.live_site import LiveSite
from gen.site.sources import Sources
from gen.theme import COLOURS
from tests.support.node import run_scripts
from tests.support.own_site import GERMAN, PAGE, OwnSite, build_in, copy_to

pytestmark = pytest.mark.xdist_group("own files")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> OwnSite:
    return build_in(tmp_path_factory.mktemp("own"))


@pytest.fixture
def site(built: OwnSite, tmp_path: Path) -> OwnSite:
    return copy_to(built, tmp_path)


@pytest.fixture
def german(site: OwnSite) -> OwnSite:
    """The same site, in German alone."""
    site.configure('languages = ["en"]', 'languages = ["de"]')
    site.write("pages/de/index.md", PAGE)
    shutil.copyfile(GERMAN, site.write("languages/de.toml", ""))
    return site


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# Languages


def test_a_site_can_be_written_in_a_language_that_the_tool_does_not_have(german: OwnSite) -> None:
    assert "de" not in languages()
    assert german.build(strict=True) == []
    html = german.read()
    assert '<html lang="de" data-decimal="," data-group="." data-times="·">' in html
    assert ">Suche</button>" in html and "Herunterladen" in html and "Schritt" in html
    assert re.search(r"Loss <data value=\"\d\.\d+\">\d,\d\d</data>, .*3.* nets", html)
    assert re.search(r'alt="Film der Gewichte|aria-label="Film der Gewichte', html)
    assert "Trefferquote" in german.read("media/sum-accuracy.svg")


def test_texts_that_a_language_lacks_are_english_and_are_listed_in_one_warning(
    german: OwnSite,
) -> None:
    path = german.sources / "languages" / "de.toml"
    text = path.read_text()
    start, end = text.index("[search]"), text.index("[alt.trajectories]")
    path.write_text(text[:start] + text[end:])
    edit(path, 'download = "Herunterladen"\n', "")
    (warning,) = german.build()
    assert warning.startswith(str(path))
    assert "5 texts are missing and appear in English: page.download, all of [search]" in warning
    assert ">Search</button>" in german.read()
    with pytest.raises(ConfigError, match="5 texts are missing"):
        german.build(strict=True)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('open = "Suche"', 'opne = "Suche"', r'search\.opne: .*did you mean "search.open"\?'),
        (
            'field = "Alle',
            'field = "{n} Alle',
            r"search\.field: the placeholders are {n}, in English none",
        ),
        ('name = "Deutsch"', "", "the name of the language is missing"),
        ('found = "Gefundene', 'found = "{Gefundene', "search.found: invalid placeholder"),
        ('close = "Schließen"', "close = 3", "search.close: 3 is not a text"),
        ('group = "."', 'group = ","', "decimal and thousands separator are the same"),
        ('plural = "n != 1"', 'plural = "n is 1"', "number.plural: is not a plural rule"),
        ('name = "Deutsch"', "name = ", "not valid TOML"),
    ],
)
def test_a_wrong_text_is_refused_with_file_and_key(
    german: OwnSite, old: str, new: str, message: str
) -> None:
    edit(german.sources / "languages" / "de.toml", old, new)
    with pytest.raises(ConfigError, match=rf"languages/de\.toml.*{message}"):
        german.build()


def test_a_language_without_a_catalogue_is_refused_with_the_file_to_write(site: OwnSite) -> None:
    site.configure('languages = ["en"]', 'languages = ["en", "de"]')
    with pytest.raises(ConfigError, match=r"site\.languages.*write languages/de\.toml beside"):
        site.build()
    site.write("languages/german.toml", "")
    with pytest.raises(ConfigError, match=r"german\.toml: .*two letters, as in de\.toml"):
        site.build()


def test_a_single_word_of_the_tool_can_be_replaced(site: OwnSite) -> None:
    site.write("languages/en.toml", '[search]\nopen = "Look up"\n[own]\nlesson = "Lesson 1"\n')
    site.write("languages/zh.toml", '[search]\nopen = "查找"\n')
    assert site.render() == []
    assert ">Look up</button>" in site.read()
    texts = read_own_texts(site.sources)
    assert Words("en", texts)("own.lesson") == "Lesson 1"
    chinese = Words("zh", texts)
    assert chinese("search.open") == "查找" and chinese("search.close") == Words("zh")(
        "search.close"
    )
    assert chinese.missing == ("own.lesson",)


def test_scripts_and_build_write_the_numbers_of_a_language_alike(german: OwnSite) -> None:
    words = Words("de", read_own_texts(german.sources))
    values = [0.0, 1234.5, -0.25, 1e-7, 2.5e9]
    written = run_scripts(
        [],
        """(values) => [
          values.map((value) => grokreel.numbers.significant(value)),
          values.map((value) => grokreel.numbers.number(value, 2)),
        ]""",
        values,
        words,
    )
    assert written == [[words.number(v) for v in values], [words.number(v, 2) for v in values]]
    assert written[0][1] == "1.235" and written[1][2] == "−0,25"
    assert written[0][3] == "1\u00a0·\u00a010⁻⁷"


def test_the_rule_of_the_language_chooses_the_plural_form(german: OwnSite) -> None:
    rule = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"
    edit(german.sources / "languages" / "de.toml", "n != 1", rule)
    words = Words("de", read_own_texts(german.sources))
    forms = ["sieć", "sieci-2", "sieci-5"]
    assert [words.plural(n, forms) for n in (1, 3, 5, 12, 22, 1.5)] == [
        *("sieć", "sieci-2", "sieci-5"),
        *("sieci-5", "sieci-2", "sieci-5"),
    ]
    with pytest.raises(ConfigError, match=r"index\.md.*3 plural forms, and 2 are given"):
        german.build()


def test_gen_serve_shows_a_changed_word_also_in_charts(site: OwnSite) -> None:
    live = LiveSite(site.context)
    assert live.refresh().error is None
    site.write("languages/en.toml", '[axis]\nstep = "Lesson"\n')
    assert live.refresh().error is None
    chart, page = live.files["media/sum-accuracy.svg"], live.files["index.html"]
    assert isinstance(chart, bytes) and b"Lesson" in chart
    assert isinstance(page, bytes) and b"Lesson" in page


# Templates


def test_a_template_of_the_site_replaces_one_of_the_tool_and_may_extend_it(site: OwnSite) -> None:
    site.write(
        "templates/page.html.jinja",
        '{% extends "theme/page.html.jinja" %}{% block main %}'
        '{% include "own/lesson.html.jinja" %}{{ super() }}{% endblock %}',
    )
    site.write("templates/own/lesson.html.jinja", "<p>Lesson of {{ page.title }}</p>")
    site.render()
    html = site.read()
    assert "<p>Lesson of Own</p>" in html and "The weights." in html
    site.write("templates/own/lesson.html.jinja", "<p>Another</p>")
    site.render()
    assert "<p>Another</p>" in site.read()


def test_scripts_and_styles_can_be_replaced_by_name(site: OwnSite) -> None:
    site.write("templates/scripts/place.js", "// mine")
    site.write("templates/styles/style.css", "body { color: red }")
    site.render()
    assert site.read("assets/place.js") == "// mine"
    assert site.read("assets/style.css") == "body { color: red }"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("pages.html.jinja", 'did you mean "page.html.jinja"'),
        ("scripts/timline.js", 'did you mean "scripts/timeline.js"'),
        ("directives/notes.html.jinja", 'did you mean "directives/note.html.jinja"'),
        ("zzz", "put a template of your own into templates/own/"),
    ],
)
def test_a_template_of_an_unknown_name_is_refused(site: OwnSite, name: str, hint: str) -> None:
    path = site.write(f"templates/{name}", "")
    with pytest.raises(ConfigError, match=re.escape(hint)) as error:
        site.render()
    assert error.value.where == str(path)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("<p>\n{% if %}", 2, "Expected an expression"),
        ("<p>\n\n{{ pgae.title }}", 3, "'pgae' is undefined"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
        ('\n{% include "own/lesso.html.jinja" %}', 2, 'did you mean "own/lesson.html.jinja"'),
        ('\n{{ words("search.opne") }}', 2, "search.opne: the text is missing"),
    ],
)
def test_an_error_in_a_template_of_the_site_names_file_and_line(
    site: OwnSite, text: str, line: int, message: str
) -> None:
    site.write("templates/own/lesson.html.jinja", "")
    path = site.write("templates/page.html.jinja", text)
    with pytest.raises(ConfigError, match=re.escape(message)) as error:
        site.render()
    assert error.value.where == f"{path}:{line}"


def test_a_template_that_cannot_be_parsed_is_refused_before_training(site: OwnSite) -> None:
    path = site.write("templates/own/lesson.html.jinja", "{% if %}")
    with pytest.raises(ConfigError) as error:
        Sources.gather(site.context()).check()
    assert error.value.where == f"{path}:1"


# Stylesheets


def test_stylesheets_of_the_site_are_linked_after_those_of_the_tool(site: OwnSite) -> None:
    policy = re.search("Content-Security-Policy.*", site.read())
    site.configure("[site]", '[site]\nstylesheets = ["own.css", "assets/more/print.css"]')
    site.write("own.css", "main { max-width: 50rem }")
    site.write("assets/more/print.css", "nav { display: none }")
    site.render()
    sheets = re.findall(r'<link rel="stylesheet" href="assets/([^"?]+)', site.read())
    assert sheets[-2:] == ["own.css", "more/print.css"] and "print.css" in sheets[:-2]
    assert site.read("assets/own.css") == "main { max-width: 50rem }"
    assert re.search("Content-Security-Policy.*", site.read())[0] == policy[0]  # type: ignore[index]
    before = site.read()
    site.write("own.css", "main { max-width: 40rem }")
    site.render()
    assert site.read() != before  # the address changes with the content


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ('["own.css"]', r"own\.css: there is no such stylesheet; create it"),
        ('["present.css"]', r'present\.css: .*write "assets/present.css"'),
        ('["assets/own.css"]', r"assets/own\.css: there is no such stylesheet"),
        ('["../own.css"]', r"site\.stylesheets.*write .own\.css. or .assets/own\.css"),
        ('["own.scss"]', r"site\.stylesheets.*own\.scss"),
        ('["style.css"]', r'style\.css: the site has another file "assets/style\.css"'),
    ],
)
def test_a_stylesheet_that_cannot_be_linked_is_refused(
    site: OwnSite, names: str, message: str
) -> None:
    site.write("style.css", "")
    site.write("assets/present.css", "")
    site.configure("[site]", f"[site]\nstylesheets = {names}")
    with pytest.raises(ConfigError, match=message):
        site.build()


# Colours

STOPS = ["#ffffff", "#d9f0d3", "#a6dba0", "#5aae61", "#1b7837", "#00441b"]
"""White to green."""


def poster_colours(site: OwnSite) -> set[tuple[int, ...]]:
    """The colours of the last frame of the film, as its poster has it."""
    with Image.open(site.folder / "_site" / "media" / "sum-weights.png") as image:
        counted = image.convert("RGB").getcolors(1 << 20)
    assert counted is not None
    return {colour for count, colour in counted if count > 20 and isinstance(colour, tuple)}


def test_colours_of_the_site_reach_films_charts_and_pages(site: OwnSite) -> None:
    before = poster_colours(site)
    assert (255, 253, 248) not in before
    site.configure(
        "[models.sum]",
        '[theme]\nground = { light = "#fffdf8" }\ntest = { light = "#7a1f00", dark = "#ffb080" }\n'
        f"positive = {STOPS}\n\n[models.sum]",
    )
    site.write(
        "languages/en.toml",
        "alt.weights.begin = "
        '"{neurons} {first} {last} {into} {inputs} {out} {outputs} {limit}: red is green."',
    )
    with pytest.raises(SetupError, match=r"sum-weights is missing or stale .changed: .*colours"):
        site.render()
    assert site.build(strict=True) == []
    after = poster_colours(site)
    assert (255, 253, 248) in after
    assert any(green > max(red, blue) + 40 for red, green, blue in after)
    assert not any(green > max(red, blue) + 40 for red, green, blue in before)
    chart = site.read("media/sum-accuracy.svg")
    assert "#7a1f00" in chart and "#fffdf8" in chart and COLOURS["test"].light not in chart
    light, dark = site.read("assets/theme.css").split("@media", 1)
    assert "--test: #7a1f00;" in light and "--test: #ffb080;" in dark
    assert "--film-ground: #fffdf8;" in light and "--positive-fill: #5aae61;" in light
    assert f"--train: {COLOURS['train'].light};" in light


def test_colours_of_pages_alone_leave_every_film_fresh(site: OwnSite) -> None:
    site.configure(
        "[models.sum]",
        '[theme]\naccent = { light = "#8a1538", dark = "#ff9db0" }\n'
        'ink = { dark = "#ffffff" }\n\n[models.sum]',
    )
    site.render()  # fails if a film is stale
    assert "--accent: #8a1538;" in site.read("assets/theme.css")


def test_a_text_that_names_other_colours_than_the_film_has_is_reported(site: OwnSite) -> None:
    site.configure("[models.sum]", f"[theme]\npositive = {STOPS}\n\n[models.sum]")
    (warning,) = site.build()
    assert "en.toml: [theme] changes the colours of weights, and alt.weights.begin" in warning


# The documents


def blocks(document: str, language: str) -> list[str]:
    text = (Path(__file__).parents[2] / "docs" / document).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_examples_of_the_documents_work(site: OwnSite) -> None:
    (words,) = blocks("customising.md", "toml")
    (template,) = blocks("customising.md", "jinja")
    (theme,) = [text for text in blocks("configuration.md", "toml") if text.startswith("[theme]")]
    (site.sources / "gen.toml").write_text(f"{(site.sources / 'gen.toml').read_text()}\n{theme}")
    colours = "{neurons} {first} {last} {into} {inputs} {out} {outputs} {limit}"
    site.write("languages/en.toml", f'{words}\n[alt.weights]\nbegin = "{colours}"\n')
    site.write("templates/page.html.jinja", template)
    assert site.build(strict=True) == []
    assert "Lesson 1" in site.read() or "Lesson 0" in site.read()
    assert ">Look up</button>" in site.read()
