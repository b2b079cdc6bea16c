"""Commit of the sources and uncommitted edits; git runs no program of the repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gen.site.git import Commit

Git = Callable[..., str]

PAGES = {"gen.toml": "[site]\n", "pages/index.md": "# One\n\nText.\n", "assets/a.svg": "<svg/>\n"}


def git_in(folder: Path) -> Git:
    def git(*command: str) -> str:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        arguments = ["git", *identity, "-C", str(folder), *command]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()

    return git


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A committed site in a folder of a repository."""
    folder = tmp_path / "repository" / "site"
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git = git_in(tmp_path / "repository")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    return folder


@pytest.fixture
def git(site: Path) -> Git:
    return git_in(site)


def commit_of(site: Path, *more: str) -> Commit:
    return Commit.of(site, [site / name for name in [*PAGES, *more]])


def test_the_commit_is_the_last_one_that_changed_the_sources(site: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    (site.parent / "README").write_text("beside the site")
    git("add", "../README")
    git("commit", "-qm", "second")
    assert commit_of(site) == Commit(first, edited=False)


def test_a_folder_without_a_repository_or_commit_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / "gen.toml").write_text("")
    assert Commit.of(tmp_path, [tmp_path / "gen.toml"]) == Commit()
    git_in(tmp_path)("init", "-q")
    assert Commit.of(tmp_path, [tmp_path / "gen.toml"]) == Commit()


def test_an_edited_source_is_reported(site: Path) -> None:
    (site / "pages/index.md").write_text("# Two\n")
    assert commit_of(site).edited


def test_an_uncommitted_source_is_an_edit(site: Path) -> None:
    (site / "pages/more.md").write_text("# More\n")
    assert not commit_of(site).edited
    assert commit_of(site, "pages/more.md").edited


def test_an_ignored_source_is_an_edit(site: Path, git: Git) -> None:
    (site / ".gitignore").write_text("more.md\n")
    git("add", ".gitignore")
    git("commit", "-qm", "ignore")
    (site / "pages/more.md").write_text("# More\n")
    assert commit_of(site, "pages/more.md").edited


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_flagged_as_unchanged_are_compared(site: Path, git: Git, flag: str) -> None:
    git("update-index", flag, "pages/index.md")
    assert not commit_of(site).edited
    (site / "pages/index.md").write_text("# Two\n")
    assert commit_of(site).edited


def test_a_deleted_committed_file_is_an_edit(site: Path) -> None:
    (site / "assets/a.svg").unlink()
    assert Commit.of(site, [site / "gen.toml"]).edited


def test_a_broken_index_changes_nothing(site: Path) -> None:
    (site.parent / ".git" / "index").write_bytes(b"broken")
    assert not commit_of(site).edited
    (site / "pages/index.md").write_text("# Two\n")
    assert commit_of(site).edited


def test_converted_line_endings_are_no_edit(site: Path) -> None:
    """git converts line endings if `core.autocrlf` is set."""
    (site / "pages/index.md").write_bytes(b"# One\r\n\r\nText.\r\n")
    assert not commit_of(site).edited


def test_a_git_lfs_file_is_compared_by_its_digest(site: Path, git: Git) -> None:
    content = bytes(range(256))
    digest = "40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880"
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 256\n"
    (site / "assets/film.bin").write_text(pointer)
    git("add", ".")
    git("commit", "-qm", "a pointer")
    (site / "assets/film.bin").write_bytes(content)
    assert not commit_of(site, "assets/film.bin").edited
    (site / "assets/film.bin").write_bytes(content[::-1])
    assert commit_of(site, "assets/film.bin").edited


def test_a_symlink_is_compared_by_its_target(site: Path, git: Git) -> None:
    (site / "assets/b.svg").write_text("<svg id='b'/>\n")
    (site / "assets/link.svg").symlink_to("a.svg")
    git("add", ".")
    git("commit", "-qm", "a link")
    assert not commit_of(site, "assets/link.svg").edited
    (site / "assets/link.svg").unlink()
    (site / "assets/link.svg").symlink_to("b.svg")
    assert commit_of(site, "assets/link.svg").edited


def test_a_sha256_repository_is_supported(tmp_path: Path) -> None:
    git = git_in(tmp_path)
    git("init", "-q", "--object-format=sha256")
    (tmp_path / "gen.toml").write_text("[site]\n")
    git("add", ".")
    git("commit", "-qm", "first")
    found = Commit.of(tmp_path, [tmp_path / "gen.toml"])
    assert found == Commit(git("rev-parse", "HEAD"), edited=False)
    assert found.hash is not None and len(found.hash) == 64


def test_environment_variables_of_git_hooks_are_ignored(
    site: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git runs hooks with variables that name a repository, an index and a work tree."""
    expected = commit_of(site)
    other = tmp_path / "other"
    other.mkdir()
    git_in(other)("init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    monkeypatch.setenv("GIT_PREFIX", "elsewhere/")
    assert commit_of(site) == expected == Commit(expected.hash, edited=False)


def test_no_program_in_the_config_of_a_repository_is_run(
    site: Path, git: Git, tmp_path: Path
) -> None:
    """A site may come as an archive whose `.git/config` names programs."""
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{marker}'\ncat\n")
    program.chmod(0o755)
    head = git("rev-parse", "HEAD")
    blob = git("rev-parse", "HEAD:./pages/index.md")
    (site.parent / ".gitattributes").write_text("* filter=own diff=own merge=own\n")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(program)
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "core.fsmonitor": str(program),
        "core.hooksPath": str(hooks),
        "core.pager": str(program),
        "core.editor": str(program),
        "core.sshCommand": str(program),
        "core.askPass": str(program),
        "core.gitProxy": str(program),
        "core.alternateRefsCommand": str(program),
        "pager.rev-list": str(program),
        "pager.ls-tree": str(program),
        "alias.rev-list": f"!{program}",
        "alias.ls-tree": f"!{program}",
        "credential.helper": f"!{program}",
        "diff.external": str(program),
        "diff.own.textconv": str(program),
        "diff.own.command": str(program),
        "filter.own.clean": str(program),
        "filter.own.smudge": str(program),
        "filter.own.process": str(program),
        "filter.own.required": "true",
        "gpg.program": str(program),
        "log.showSignature": "true",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ssh://example.invalid/site",
        "remote.origin.uploadpack": str(program),
        "protocol.allow": "always",
        "protocol.ssh.allow": "always",
        "protocol.ext.allow": "always",
        "uploadpack.packObjectsHook": str(program),
    }.items():
        git("config", name, value)
    marker.unlink(missing_ok=True)
    os.utime(site / "pages/index.md", (1, 1))
    assert commit_of(site) == Commit(head, edited=False)
    (site.parent / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert commit_of(site) == Commit(head, edited=False)
    for url in (f"ext::{program}", "ssh://example.invalid/site", str(tmp_path)):
        git("config", "remote.origin.url", url)
        tree = git("rev-parse", "HEAD:./pages") if url.startswith("ext") else ""
        if tree:
            (site.parent / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
        assert commit_of(site) in (Commit(head, edited=True), Commit())
    assert not marker.exists(), marker.read_text()
