"""Content hashes in URLs, so that browsers never use outdated scripts and styles."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from gen.site.pages.addresses import add_versions
from tests.conftest import Gen
from tests.support import small_site

STYLE, MENU = b"p {}", b"menu()"


def v(content: bytes) -> str:
    return f"?v={sha256(content).hexdigest()[:10]}"


def test_the_url_of_an_asset_changes_with_its_content() -> None:
    page = (
        '<link href="assets/style.css"><script src="assets/menu.js"></script>'
        '<img src="assets/a%20b.png"><dialog data-indexes="assets/menu.js assets/none.js">'
        '<input data-script="seeds/m-1.js"><a href="https://example.org/assets/style.css">'
        '<figure data-scripts="assets/menu.js assets/none.js">'
        '<a href="assets/style.css?v=own">assets/style.css</a>'
    )
    files: dict[str, bytes | Path] = {
        "index.html": page.encode(),
        "zh/index.html": b'<link href="../assets/style.css"><input data-script="seeds/m-1.js">',
        "assets/style.css": STYLE,
        "assets/menu.js": MENU,
        "assets/a b.png": b"png",
        "seeds/m-1.js": b"one",
        "zh/seeds/m-1.js": b"two",
        "assets/own.html": b'<link href="assets/style.css">',
        "media/a.mp4": Path("a.mp4"),
    }
    made = add_versions(files)
    assert (
        made["index.html"]
        == (
            f'<link href="assets/style.css{v(STYLE)}">'
            f'<script src="assets/menu.js{v(MENU)}"></script>'
            f'<img src="assets/a%20b.png{v(b"png")}">'
            f'<dialog data-indexes="assets/menu.js{v(MENU)} assets/none.js">'
            f'<input data-script="seeds/m-1.js{v(b"one")}">'
            '<a href="https://example.org/assets/style.css">'
            f'<figure data-scripts="assets/menu.js{v(MENU)} assets/none.js">'
            '<a href="assets/style.css?v=own">assets/style.css</a>'
        ).encode()
    )
    assert (
        made["zh/index.html"]
        == (
            f'<link href="../assets/style.css{v(STYLE)}">'
            f'<input data-script="seeds/m-1.js{v(b"two")}">'
        ).encode()
    )
    changed = {name for name in files if made[name] != files[name]}
    assert changed == {"index.html", "zh/index.html"} and made.keys() == files.keys()


def test_every_style_and_script_of_a_page_is_loaded_with_a_content_hash(
    gen: Gen, tmp_path: Path
) -> None:
    options = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    assert gen("build", *options).code == 0
    page = (tmp_path / "_site/index.html").read_text()
    loaded = re.findall(r'[ "]((?:assets|seeds)/[^\s"?]+)(\?v=\w+)?', page)
    assert {"assets/style.css", "assets/theme.css", "assets/search.js", "assets/search.en.js"} <= {
        path for path, _ in loaded
    }
    for path, version in loaded:
        assert version == v((tmp_path / "_site" / path).read_bytes()), path
