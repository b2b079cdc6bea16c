"""Assets, files for the root of the site, and links to them."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gen.errors import ConfigError
from gen.site.assets import LARGE_PICTURE, large_pictures
from gen.site.sources import Sources
from tests.conftest import Gen, tree
from tests.site.test_git import git_in
from tests.support import small_site


def with_files(folder: Path, *names: str, text: str = "Text.") -> Path:
    """Write a site with some files beside its config; return their folder."""
    small_site.write(folder, page=small_site.PAGE + f"\n{text}\n")
    for name in names:
        path = folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return folder / "site"


def gathered(folder: Path) -> Sources:
    sources = Sources.gather(small_site.context_of(folder))
    sources.check()
    return sources


def refusal(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        gathered(folder)
    assert str(caught.value).isprintable()
    return str(caught.value)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("assets/clok.svg", 'did you mean "assets/clock.svg"?'),
        ("assets/Clock.svg", 'did you mean "assets/clock.svg"? Upper and lower case'),
        ("assets/../gen.toml", "no page or file"),
        ("assets/cafe\u0301.svg", "'cafe\\u0301.svg' and the file 'caf\\xe9.svg'"),
        ("assets/.env", "hidden files"),
        ("Index.md", 'did you mean "index.md"? Upper and lower case'),
        ("robot.txt", 'did you mean "robots.txt"?'),
        ("clock.svg", 'did you mean "assets/clock.svg"?'),
        ("assets/clock.png", 'did you mean "assets/clock.svg"?'),
    ],
)
@pytest.mark.parametrize("sign", ["", "!"])
def test_a_link_or_picture_without_a_file_stops_the_build(
    tmp_path: Path, target: str, hint: str, sign: str
) -> None:
    files = ("assets/clock.svg", "assets/.env", "assets/caf\u00e9.svg", "root/robots.txt")
    with_files(tmp_path, *files, text=f"See {sign}[it]({target}).")
    message = refusal(tmp_path)
    assert message.startswith("pages/en/index.md:18: ") and hint in message, message


def test_no_file_is_suggested_if_none_has_a_similar_name(tmp_path: Path) -> None:
    with_files(tmp_path, text="![A film](assets/nope.png)")
    assert refusal(tmp_path).endswith('the site has no page or file "assets/nope.png"')


def test_links_and_pictures_have_the_urls_of_published_files(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "assets/más/a b.svg")
    text = f"![It](<{name}>) [a](assets/style.css) [b](assets/theme.css) [c](robots.txt)"
    with_files(tmp_path, name, "root/robots.txt", text=text)
    assert {name, "robots.txt"} <= gathered(tmp_path).assets.keys()


def test_hidden_files_and_backups_are_not_published(tmp_path: Path) -> None:
    left = (".env", ".DS_Store", ".style.css.swp", "style.css~", "#a#", "b.bak", ".git/config")
    kept = ("a.css", "c#.js", "more/d.svg")
    names = [f"assets/{name}" for name in (*left, *kept)]
    with_files(tmp_path, *names, "root/.env", "root/.nojekyll", "root/.well-known/x")
    found = gathered(tmp_path).assets.keys()
    assert {f"assets/{name}" for name in kept} < found
    assert not found & {f"assets/{name}" for name in left}
    assert {".nojekyll", ".well-known/x"} < found and ".env" not in found


def test_files_for_the_root_of_a_site_are_part_of_its_key(tmp_path: Path) -> None:
    folder = with_files(tmp_path, "root/CNAME", "root/404.html")
    sources = gathered(tmp_path)
    assert sources.assets["CNAME"] == b"x"
    (folder / "root" / "CNAME").write_text("y")
    assert gathered(tmp_path).key != sources.key


@pytest.mark.parametrize(
    "name",
    [
        "root/index.html",
        "root/Index.HTML",
        "root/sitemap.xml",
        "root/data/x",
        "root/assets/x.css",
        "root/media",
        "root/en/x.html",
        "root/index.html/x",
        "assets/theme.css",
        "assets/search.en.js",
    ],
)
def test_a_file_with_the_path_of_a_generated_file_is_refused(tmp_path: Path, name: str) -> None:
    with_files(tmp_path, name)
    message = refusal(tmp_path)
    assert name in message and "the build writes" in message


def test_a_built_site_has_its_files_at_the_root(gen: Gen, tmp_path: Path) -> None:
    small = small_site.write(tmp_path, small_site.SUM_ALONE, small_site.SUM_ALONE_PAGE)
    for name in ("root/CNAME", "root/.well-known/security.txt"):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("example.org\n")
    assert gen("build", *small).code == 0
    assert {"CNAME", ".well-known/security.txt"} < tree(tmp_path / "_site").keys()
    assert "all is fresh" in gen("build", *small).err


def test_a_pipe_among_the_assets_is_refused(tmp_path: Path) -> None:
    for name in ("assets/pipe.css", "pages/en/index.md", "references.toml", "gen.toml"):
        folder = tmp_path / name.replace("/", "-")
        path = with_files(folder) / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        assert "is not a regular file" in refusal(folder)


def test_an_unreadable_folder_is_an_error() -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        closed = with_files(Path(place), "assets/more/a.css") / "assets" / "more"
        closed.chmod(0)
        child = os.fork()
        if child == 0:
            if os.geteuid() == 0:
                os.seteuid(65534)  # root may read anything
            try:
                os._exit("more: cannot be read: Permission denied" not in refusal(Path(place)))
            except BaseException:
                os._exit(2)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        closed.chmod(0o755)
    assert code == 0


def test_a_broken_symlink_is_an_error_and_a_linked_folder_is_published(tmp_path: Path) -> None:
    folder = with_files(tmp_path, "shared/a.css", "assets/b.css")
    (folder / "assets" / "more").symlink_to(folder / "shared")
    assert "assets/more/a.css" in gathered(tmp_path).assets
    (folder / "assets" / "c.css").symlink_to(folder / "nothing")
    assert "leads nowhere" in refusal(tmp_path)


@pytest.mark.parametrize("linked", [True, False])
def test_endlessly_nested_folders_are_refused(tmp_path: Path, linked: bool) -> None:
    folder = with_files(tmp_path, "assets/a.css") / "assets"
    if linked:
        (folder / "again").symlink_to(folder)
    else:
        (folder / "/".join("d" * 40)).mkdir(parents=True)
    assert "nested deeper than 32 levels" in refusal(tmp_path)


@pytest.mark.parametrize("name", [b"a\xff.css", b"a\x1b[31m.css", b"a\n.css"])
def test_a_file_name_that_no_url_can_contain_is_refused(tmp_path: Path, name: bytes) -> None:
    folder = with_files(tmp_path, "assets/a.css") / "assets"
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text("x")
    assert "rename the file" in refusal(tmp_path)


def test_a_large_picture_gives_a_warning(tmp_path: Path) -> None:
    files = {"assets/a.png": b"x" * (LARGE_PICTURE + 1), "assets/a.bin": b"x" * 3_000_000}
    (message,) = large_pictures({**files, "assets/b.JPG": b"x"}, tmp_path)
    assert "assets/a.png: the picture has 2.0 MB" in message


def test_an_uncommitted_file_for_the_root_is_an_edit(tmp_path: Path) -> None:
    folder = with_files(tmp_path, "root/CNAME")
    git = git_in(folder)
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (folder / "CNAME").write_text("A file of this name beside the config is not published.")
    assert not gathered(tmp_path).commit.edited
    (folder / "root/CNAME").write_text("other.example.org")
    assert gathered(tmp_path).commit.edited
