"""Build a site again from nothing and compare every byte (`gen verify`)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gen.commands.build import build
from gen.errors import NotReproducibleError, SetupError
from gen.site import publish
from gen.site.context import BuildContext
from gen.site.sources import Sources
from gen.store.store import Store
from gen.store.temporary import temporary_folder


def verify(context: BuildContext) -> int:
    """Build the site again with an empty store and compare it with the published site.

    Returns:
        The number of identical files.

    Raises:
        SetupError: the output folder does not hold the site of this config.
        NotReproducibleError: a file differs, or the published site is damaged.
    """
    if publish.key_of(context.output) != Sources.gather(context).key:
        raise SetupError(
            "this is not the site of this config, so there is nothing to compare",
            where=str(context.output),
            hint="run gen build first",
        )
    damage = publish.damage(context.output)
    if damage:
        raise NotReproducibleError(
            damage, where=str(context.output), hint="run gen build to write it again"
        )
    with temporary_folder("verify") as folder:
        store = Store(folder / "store", on_damage=context.report.warn)
        training = replace(context.training, store=store)
        again = replace(context, training=training, output=folder / "site")
        build(again, log_site=False)
        return _compare(context.output, again.output)


def _compare(published: Path, again: Path) -> int:
    """Compare two folders by file name; the manifest last, because it differs if any file does."""
    first_names, second_names = _files(published), _files(again)
    for name in sorted(
        first_names | second_names, key=lambda name: (name == publish.MANIFEST, name)
    ):
        if name not in first_names or name not in second_names:
            which = "is missing in" if name in first_names else "is new in"
            raise NotReproducibleError(f"{name} {which} the second build", where=str(published))
        first, second = (published / name).read_bytes(), (again / name).read_bytes()
        if first != second:
            at = _first_difference(first, second)
            raise NotReproducibleError(
                f"{name} differs from byte {at:,} on",
                where=str(published),
                hint="data/provenance.json lists what it was made from",
            )
    return len(first_names)


def _first_difference(first: bytes, second: bytes) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
