"""The published folder is a whole site or the former one, and nobody else's folder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gen import mounts, output
from gen.errors import EnvironmentFault
from gen.store import file_digest

FILES: dict[str, bytes | Path] = {"index.html": b"<p>1</p>", "data/facts.json": b"{}"}
PROVENANCE = b'{"libraries": {}, "figures": {}, "commit": null}'


def test_a_site_is_fresh_until_a_byte_or_a_file_changes(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", FILES)
    assert output.is_fresh(site, "key")
    assert not output.is_fresh(site, "another key")
    (site / "index.html").write_bytes(b"<p>2</p>")
    assert not output.is_fresh(site, "key")
    output.publish(site, "key", FILES)
    (site / "stray.html").write_text("")
    assert not output.is_fresh(site, "key")
    output.publish(site, "key", FILES)
    assert output.is_fresh(site, "key")
    assert not (site / "stray.html").exists()


def test_what_is_damaged_in_a_site_is_named(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    assert output.damage(site) == ""
    site.mkdir()
    assert output.damage(site) == ""
    output.publish(site, "key", FILES)
    assert output.damage(site) == ""
    (site / "stray.html").write_text("")
    assert output.damage(site) == "stray.html is not of this site"
    (site / "data" / "facts.json").unlink()
    assert output.damage(site) == "data/facts.json is missing"
    (site / output.MANIFEST).write_bytes(bytes(100))
    assert output.damage(site) == "data/manifest.json is damaged"


@pytest.mark.parametrize("said", ["", "\0\0", "3", "[]", '{"key": 1, "files": {}}', "[" * 100_000])
def test_a_site_whose_manifest_is_damaged_is_known_by_its_provenance(
    tmp_path: Path, said: str
) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    (site / output.MANIFEST).write_text(said)
    assert not output.is_fresh(site, "key")
    output.publish(site, "key", FILES)
    assert output.is_fresh(site, "key")


def test_files_are_copied_from_where_they_lie(tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"film")
    output.publish(tmp_path / "_site", "key", {"media/a.mp4": source})
    assert (tmp_path / "_site/media/a.mp4").read_bytes() == b"film"


def test_a_site_that_cannot_be_completed_leaves_the_former_one(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", FILES)
    with pytest.raises(EnvironmentFault):
        output.publish(site, "new", {"index.html": b"new", "media/a.mp4": tmp_path / "absent"})
    assert output.is_fresh(site, "key")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_a_site_whose_successor_cannot_take_its_place_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", FILES)
    renamed = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise OSError(errno.EIO, "input/output error")
        return renamed(path, target)

    monkeypatch.setattr(output, "exchanged", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(EnvironmentFault):
        output.publish(site, "new", {"index.html": b"new"})
    assert output.is_fresh(site, "key")
    assert [path.name for path in tmp_path.iterdir()] == ["_site"]


def test_a_folder_of_somebody_elses_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.tex").write_text("dear")
    with pytest.raises(EnvironmentFault, match="holds files that this tool did not write"):
        output.publish(folder, "key", FILES)
    with pytest.raises(EnvironmentFault):
        output.remove(folder)
    assert (folder / "chapter.tex").read_text() == "dear"


def test_a_copy_that_is_not_what_it_should_be_is_not_published(tmp_path: Path) -> None:
    site, film = tmp_path / "_site", tmp_path / "film.mp4"
    output.publish(site, "key", FILES)
    film.write_bytes(b"film")
    digests = {"media/a.mp4": file_digest(film)}
    film.write_bytes(b"fi1m")
    with pytest.raises(EnvironmentFault, match="damaged before it was copied"):
        output.publish(site, "new", {**FILES, "media/a.mp4": film}, digests)
    assert output.is_fresh(site, "key")


@pytest.mark.parametrize("what", ["part", "former"])
def test_no_link_beside_a_site_leads_its_writer_elsewhere(tmp_path: Path, what: str) -> None:
    """A cloned repository may hold links under the names that are written."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_text("dear")
    site = tmp_path / "_site"
    output.publish(site, "old", FILES)
    (tmp_path / f"._site.{what}").symlink_to(elsewhere)
    with output.locked(site):
        output.publish(site, "key", FILES)
    assert output.is_fresh(site, "key") and not site.is_symlink()
    assert (elsewhere / "index.html").read_text() == "dear"


def test_a_repository_is_never_taken_for_a_site_alone(tmp_path: Path) -> None:
    """The folder of a branch that holds nothing but the site, say."""
    site = tmp_path / "_site"
    output.publish(site, "key", FILES)
    (site / ".git").write_text("gitdir: elsewhere")
    for act in (lambda: output.publish(site, "new", FILES), lambda: output.remove(site)):
        with pytest.raises(EnvironmentFault, match="is a repository"):
            act()
    assert (site / ".git").exists()


def test_the_root_of_all_is_no_site() -> None:
    with pytest.raises(EnvironmentFault, match="cannot be a site"), output.locked(Path("/")):
        pass


def test_a_refused_folder_has_no_lock_beside_it(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("dear")
    with pytest.raises(EnvironmentFault), output.locked(tmp_path / "thesis"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_a_link_in_a_site_is_not_of_it(tmp_path: Path) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", FILES)
    (site / "more").symlink_to(tmp_path)
    assert output.damage(site) == "more is not of this site"


def test_only_a_site_is_removed(tmp_path: Path) -> None:
    assert not output.remove(tmp_path / "_site")
    output.publish(tmp_path / "_site", "key", FILES)
    assert output.remove(tmp_path / "_site")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("what", ["part", "former"])
def test_a_folder_of_another_program_beside_a_site_is_never_erased(
    tmp_path: Path, what: str
) -> None:
    site, beside = tmp_path / "_site", tmp_path / f"._site.{what}"
    output.publish(site, "old", FILES)
    beside.mkdir()
    (beside / "thesis.tex").write_text("dear")
    with pytest.raises(EnvironmentFault, match=f"{what}: is needed"), output.locked(site):
        pass
    with pytest.raises(EnvironmentFault, match="move it, or choose another --output"):
        output.publish(site, "key", FILES)
    output.tidy(site)
    assert (beside / "thesis.tex").read_text() == "dear"
    assert output.is_fresh(site, "old")


@pytest.mark.parametrize("step", range(1, 5))
def test_a_removal_that_is_cut_off_is_completed_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    unlink, taken = Path.unlink, []

    def killed(path: Path, missing_ok: bool = False) -> None:
        taken.append(path)
        if len(taken) == step:
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            output.remove(site)
    with output.locked(site):
        assert not site.exists() and not (tmp_path / "._site.part").exists()


def test_a_link_is_refused_with_the_folder_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "_site").symlink_to(tmp_path / "public")
    with (
        pytest.raises(EnvironmentFault, match=f"is a link.*--output {tmp_path}/public"),
        output.locked(tmp_path / "_site"),
    ):
        pass


BUILD_ON_A_MOUNT = """
import subprocess, sys
from pathlib import Path
from gen import mounts, output
from gen.errors import EnvironmentFault
site = Path(sys.argv[1])
subprocess.run(["mount", "--bind", site.parent / "public", site], check=True)
try:
    with output.locked(site):
        print("went on")
except EnvironmentFault as error:
    print(error)
"""


def test_a_mount_point_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    site = tmp_path / "my site"
    for folder in (tmp_path / "public", site):
        folder.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c"]
    if os.geteuid() == 0:
        command = ["unshare", "--mount", sys.executable, "-c"]
    listed = tmp_path / "mountinfo"
    told = subprocess.run(
        [*command, BUILD_ON_A_MOUNT, site],
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode == 0:
        assert told.stdout == (
            f"{site}: is a mount point, and a site is replaced as a whole; "
            f"choose a folder below it: --output {site}/site\n"
        )
    else:  # a container may forbid to mount: then the table alone can be tried
        assert "mount" in told.stderr or "unshare" in told.stderr
    escaped = str(site).replace(" ", "\\040")
    listed.write_text(f"36 35 98:0 /public {escaped} rw,noatime master:1 - ext3 /dev/root rw\n")
    assert mounts.mount_points(listed) == {str(site)}
    assert not mounts.is_mount_point(site)


@pytest.mark.parametrize("name", ["index.html", "data/manifest.json", "data/provenance.json"])
def test_a_pipe_in_place_of_a_file_of_a_site_is_damage(tmp_path: Path, name: str) -> None:
    site = tmp_path / "_site"
    output.publish(site, "key", {**FILES, "data/provenance.json": PROVENANCE})
    (site / name).unlink()
    os.mkfifo(site / name)
    assert output.damage(site) == f"{name} is damaged"
    output.publish(site, "key", FILES)
    assert output.is_fresh(site, "key")
