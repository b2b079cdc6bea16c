"""Publishing replaces whole sites, and never a folder that is not a site."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gen.errors import SetupError
from gen.site import mounts, publish
from gen.store.store import file_digest

FILES: dict[str, bytes | Path] = {"index.html": b"<p>1</p>", "data/facts.json": b"{}"}
PROVENANCE = b'{"libraries": {}, "figures": {}, "commit": null}'


def test_a_site_is_fresh_until_a_byte_or_a_file_changes(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    assert publish.is_fresh(site, "key")
    assert not publish.is_fresh(site, "another key")
    (site / "index.html").write_bytes(b"<p>2</p>")
    assert not publish.is_fresh(site, "key")
    publish.publish(site, "key", FILES)
    (site / "stray.html").write_text("")
    assert not publish.is_fresh(site, "key")
    publish.publish(site, "key", FILES)
    assert publish.is_fresh(site, "key")
    assert not (site / "stray.html").exists()


def test_it_is_kept_whether_the_statements_of_a_site_were_checked(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    assert not publish.is_checked(site)
    publish.publish(site, "key", FILES)
    assert not publish.is_checked(site)
    publish.publish(site, "key", FILES, checked=True)
    assert publish.is_checked(site) and publish.is_fresh(site, "key")


def test_the_damaged_file_of_a_site_is_named(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    assert publish.damage(site) == ""
    site.mkdir()
    assert publish.damage(site) == ""
    publish.publish(site, "key", FILES)
    assert publish.damage(site) == ""
    (site / "stray.html").write_text("")
    assert publish.damage(site) == "stray.html does not belong to this site"
    (site / "data" / "facts.json").unlink()
    assert publish.damage(site) == "data/facts.json is missing"
    (site / publish.MANIFEST).write_bytes(bytes(100))
    assert publish.damage(site) == "data/manifest.json is damaged"


@pytest.mark.parametrize("text", ["", "\0\0", "3", "[]", '{"key": 1, "files": {}}', "[" * 100_000])
def test_a_site_with_a_damaged_manifest_is_recognised_by_its_provenance(
    tmp_path: Path, text: str
) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    (site / publish.MANIFEST).write_text(text)
    assert not publish.is_fresh(site, "key")
    publish.publish(site, "key", FILES)
    assert publish.is_fresh(site, "key")


def test_files_given_by_path_are_copied(tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"film")
    publish.publish(tmp_path / "_site", "key", {"media/a.mp4": source})
    assert (tmp_path / "_site/media/a.mp4").read_bytes() == b"film"


def test_a_failed_publication_leaves_the_former_site(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    with pytest.raises(SetupError):
        publish.publish(site, "new", {"index.html": b"new", "media/a.mp4": tmp_path / "absent"})
    assert publish.is_fresh(site, "key")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_the_former_site_is_restored_if_the_exchange_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    renamed = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise OSError(errno.EIO, "input/output error")
        return renamed(path, target)

    monkeypatch.setattr(publish, "exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(SetupError):
        publish.publish(site, "new", {"index.html": b"new"})
    assert publish.is_fresh(site, "key")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_a_folder_that_is_not_a_site_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.tex").write_text("dear")
    with pytest.raises(SetupError, match="holds files that this tool did not write"):
        publish.publish(folder, "key", FILES)
    with pytest.raises(SetupError):
        publish.remove(folder)
    assert (folder / "chapter.tex").read_text() == "dear"


def test_a_file_that_is_damaged_in_the_store_is_not_published(tmp_path: Path) -> None:
    site, film = tmp_path / "_site", tmp_path / "film.mp4"
    publish.publish(site, "key", FILES)
    film.write_bytes(b"film")
    digests = {"media/a.mp4": file_digest(film)}
    film.write_bytes(b"fi1m")
    with pytest.raises(SetupError, match="was damaged in the store before it was copied"):
        publish.publish(site, "new", {**FILES, "media/a.mp4": film}, digests)
    assert publish.is_fresh(site, "key")


@pytest.mark.parametrize("what", ["part", "former"])
def test_symlinks_beside_a_site_are_not_followed(tmp_path: Path, what: str) -> None:
    """A cloned repository may contain symlinks with the names of temporary folders."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_text("dear")
    site = tmp_path / "_site"
    publish.publish(site, "old", FILES)
    (tmp_path / f"._site.{what}").symlink_to(elsewhere)
    with publish.locked(site):
        publish.publish(site, "key", FILES)
    assert publish.is_fresh(site, "key") and not site.is_symlink()
    assert (elsewhere / "index.html").read_text() == "dear"


def test_a_folder_with_a_git_repository_is_not_replaced(tmp_path: Path) -> None:
    """For example a checkout of a branch that contains only the site."""
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    (site / ".git").write_text("gitdir: elsewhere")
    for act in (lambda: publish.publish(site, "new", FILES), lambda: publish.remove(site)):
        with pytest.raises(SetupError, match="is a git repository"):
            act()
    assert (site / ".git").exists()


def test_the_root_folder_is_refused_as_output() -> None:
    with pytest.raises(SetupError, match="cannot be the output folder"), publish.locked(Path("/")):
        pass


def test_no_lock_file_is_left_beside_a_refused_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("dear")
    with pytest.raises(SetupError), publish.locked(tmp_path / "thesis"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_a_symlink_in_a_site_is_damage(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", FILES)
    (site / "more").symlink_to(tmp_path)
    assert publish.damage(site) == "more does not belong to this site"


def test_a_folder_that_is_not_a_site_is_not_removed(tmp_path: Path) -> None:
    assert not publish.remove(tmp_path / "_site")
    publish.publish(tmp_path / "_site", "key", FILES)
    assert publish.remove(tmp_path / "_site")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("what", ["part", "former"])
def test_a_folder_of_another_program_beside_a_site_is_never_removed(
    tmp_path: Path, what: str
) -> None:
    site, beside = tmp_path / "_site", tmp_path / f"._site.{what}"
    publish.publish(site, "old", FILES)
    beside.mkdir()
    (beside / "thesis.tex").write_text("dear")
    with pytest.raises(SetupError, match=f"{what}: is needed"), publish.locked(site):
        pass
    with pytest.raises(SetupError, match="move it, or choose another --output"):
        publish.publish(site, "key", FILES)
    publish.tidy(site)
    assert (beside / "thesis.tex").read_text() == "dear"
    assert publish.is_fresh(site, "old")


@pytest.mark.parametrize("step", range(1, 5))
def test_the_next_command_completes_an_interrupted_removal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    unlink, taken = Path.unlink, []

    def killed(path: Path, missing_ok: bool = False) -> None:
        taken.append(path)
        if len(taken) == step:
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            publish.remove(site)
    with publish.locked(site):
        assert not site.exists() and not (tmp_path / "._site.part").exists()


def test_a_symlink_as_output_is_refused_with_its_target(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "_site").symlink_to(tmp_path / "public")
    with (
        pytest.raises(SetupError, match=f"is a link.*--output {tmp_path}/public"),
        publish.locked(tmp_path / "_site"),
    ):
        pass


BUILD_ON_A_MOUNT = """
import subprocess, sys
from pathlib import Path
from gen.site import mounts
from gen.site import publish
from gen.errors import SetupError
site = Path(sys.argv[1])
subprocess.run(["mount", "--bind", site.parent / "public", site], check=True)
try:
    with publish.locked(site):
        print("went on")
except SetupError as error:
    print(error)
"""


def test_a_mount_point_as_output_is_refused_before_any_work(tmp_path: Path) -> None:
    site = tmp_path / "my site"
    for folder in (tmp_path / "public", site):
        folder.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c"]
    if os.geteuid() == 0:
        command = ["unshare", "--mount", sys.executable, "-c"]
    listed = tmp_path / "mountinfo"
    result = subprocess.run(
        [*command, BUILD_ON_A_MOUNT, site],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode == 0:
        assert result.stdout == (
            f"{site}: is a mount point, and the output folder is replaced as a whole; "
            f"choose a folder below it: --output {site}/site\n"
        )
    else:  # containers may forbid mounting
        assert "mount" in result.stderr or "unshare" in result.stderr
    escaped = str(site).replace(" ", "\\040")
    listed.write_text(f"36 35 98:0 /public {escaped} rw,noatime master:1 - ext3 /dev/root rw\n")
    assert mounts.mount_points(listed) == {str(site)}
    assert not mounts.is_mount_point(site)


@pytest.mark.parametrize("name", ["index.html", "data/manifest.json", "data/provenance.json"])
def test_a_pipe_in_place_of_a_file_of_a_site_is_damage(tmp_path: Path, name: str) -> None:
    site = tmp_path / "_site"
    publish.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    (site / name).unlink()
    os.mkfifo(site / name)
    assert publish.damage(site) == f"{name} is damaged"
    publish.publish(site, "key", FILES)
    assert publish.is_fresh(site, "key")
