"""Makes a site a second time from nothing, and compares every byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen import output
from gen.build import build
from gen.errors import EnvironmentFault, NotRepeated
from gen.sources import Sources
from gen.store import Store
from gen.temporary import temporary

if TYPE_CHECKING:
    from gen.studio import Studio


def verify(studio: Studio) -> int:
    """Trains, draws and writes everything again, beside the published site and its store.

    Returns:
        How many files were compared, and found the same.

    Raises:
        EnvironmentFault: the output folder does not hold the site of this config.
        NotRepeated: a file differs, or is no longer as it was written; the first one is named.
    """
    if output.key_of(studio.output) != Sources.gather(studio).key:
        raise EnvironmentFault(
            "there is nothing to compare with: this is not the site of this config",
            where=str(studio.output),
            mend="run gen build first",
        )
    damage = output.damage(studio.output)
    if damage:
        raise NotRepeated(damage, where=str(studio.output), mend="gen build writes it anew")
    with temporary("verify") as folder:
        store = Store(folder / "store", on_damage=studio.report.warn)
        again = replace(studio, store=store, output=folder / "site")
        build(again, kept=False)
        return _compare(studio.output, again.output)


def _compare(published: Path, again: Path) -> int:
    """Compares two folders file by file, in the order of their names.

    The manifest comes last, since it differs wherever anything does.
    """
    here, there = (_files(folder) for folder in (published, again))
    for name in sorted(here | there, key=lambda name: (name == output.MANIFEST, name)):
        if name not in here or name not in there:
            which = "was not made again" if name in here else "is new"
            raise NotRepeated(f"{name} {which}", where=str(published))
        first, second = (published / name).read_bytes(), (again / name).read_bytes()
        if first != second:
            at = _first_difference(first, second)
            raise NotRepeated(
                f"{name} differs from byte {at:,} on",
                where=str(published),
                mend="what it was made from is in data/provenance.json",
            )
    return len(here)


def _first_difference(first: bytes, second: bytes) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
