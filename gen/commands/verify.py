"""Makes a site a second time from nothing, and compares every byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen.commands.build import build
from gen.errors import NotReproducibleError, SetupError
from gen.site import publish
from gen.site.sources import Sources
from gen.store.store import Store
from gen.store.temporary import temporary

if TYPE_CHECKING:
    from gen.site.context import BuildContext


def verify(context: BuildContext) -> int:
    """Trains, draws and writes everything again, beside the published site and its store.

    Returns:
        How many files were compared, and found the same.

    Raises:
        EnvironmentFault: the output folder does not hold the site of this config.
        NotRepeated: a file differs, or is no longer as it was written; the first one is named.
    """
    if publish.key_of(context.output) != Sources.gather(context).key:
        raise SetupError(
            "there is nothing to compare with: this is not the site of this config",
            where=str(context.output),
            hint="run gen build first",
        )
    damage = publish.damage(context.output)
    if damage:
        raise NotReproducibleError(
            damage, where=str(context.output), hint="gen build writes it anew"
        )
    with temporary("verify") as folder:
        store = Store(folder / "store", on_damage=context.report.warn)
        training = replace(context.training, store=store)
        again = replace(context, training=training, output=folder / "site")
        build(again, kept=False)
        return _compare(context.output, again.output)


def _compare(published: Path, again: Path) -> int:
    """Compares two folders file by file, in the order of their names.

    The manifest comes last, since it differs wherever anything does.
    """
    here, there = (_files(folder) for folder in (published, again))
    for name in sorted(here | there, key=lambda name: (name == publish.MANIFEST, name)):
        if name not in here or name not in there:
            which = "was not made again" if name in here else "is new"
            raise NotReproducibleError(f"{name} {which}", where=str(published))
        first, second = (published / name).read_bytes(), (again / name).read_bytes()
        if first != second:
            at = _first_difference(first, second)
            raise NotReproducibleError(
                f"{name} differs from byte {at:,} on",
                where=str(published),
                hint="what it was made from is in data/provenance.json",
            )
    return len(here)


def _first_difference(first: bytes, second: bytes) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
