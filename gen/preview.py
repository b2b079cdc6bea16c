"""A site that is kept in memory and follows its sources: what is expensive is done once.

Rendering every page from figures that are already placed takes a fraction of a second; placing
them takes seconds, and happens only when the config says something else or the store holds more.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen import films, output
from gen.assemble import Furniture, furnished, furniture
from gen.build import film_orders
from gen.errors import ConfigError, GenError
from gen.pages.claims import false_claims
from gen.pages.facts import FactBook
from gen.runs import why_stale
from gen.sources import Sources
from gen.subjects import read_models, read_sweeps
from gen.trainers import missing_shards
from gen.words import Words

if TYPE_CHECKING:
    from gen.studio import Studio

Files = Mapping[str, bytes | Path]
"""Path inside a site to content, or to the file that holds it."""


@dataclass(frozen=True)
class Look:
    """What came of looking at the sources.

    Attributes:
        work: what has to be trained or drawn first, and why; empty where the site is complete.
        wants: what the work is for: equal as long as the same models and figures are asked for.
        error: what keeps the pages from being rendered.
    """

    work: list[str]
    wants: Any = None
    error: GenError | None = None


class Preview:
    """The files of a site, held in memory.

    Args:
        studio: reads the config anew at every call.
    """

    def __init__(self, studio: Callable[[], Studio]) -> None:
        self._studio = studio
        self._code = _code()
        self._house: Furniture | None = None
        self._furnished_for: Any = None
        self._unfinished: list[str] = []
        self._claims: list[str] = []
        self._latest: tuple[Studio, Sources, Files] | None = None
        self.files: Files = {}

    def look(self, *, again: bool = False) -> Look:
        """Reads the sources and renders the pages anew; on a mistake, all stays as it was.

        Args:
            again: whether to ask the store too, even if the config is what it was.
        """
        wants, work = None, []
        try:
            studio = self._studio()
            sources = Sources.gather(studio)
            sources.check()
            wants = _wants(studio)
            if again or self._furnished_for != wants:
                work = self._furnish(studio, wants)
            if self._house is not None and self._house.placed.keys() >= sources.pages.keys():
                self._render(studio, sources, self._house)
        except GenError as error:
            return Look(work, wants, error)
        except Exception as error:
            return Look(work, wants, _unforeseen(error))
        return Look(work, wants)

    def publish(self) -> bool:
        """Writes what was rendered last to the output folder, unless it is there already.

        Returns:
            Whether anything was written.

        Raises:
            ConfigError: the code of the tool was changed since this process read it.
            GenError: the folder is in use, or cannot be written.
        """
        if self._latest is None or self._furnished_for != _wants(self._latest[0]):
            return False
        studio, sources, files = self._latest
        if _code() != self._code:
            raise ConfigError(
                "the code of this tool was changed; the site is shown as it was before",
                mend="end gen serve and start it again",
            )
        key = sources.partial_key if self._unfinished else sources.key
        if output.is_fresh(studio.output, key):
            return False
        with output.locked(studio.output):
            output.publish(studio.output, key, files)
        return True

    def _furnish(self, studio: Studio, wants: Any) -> list[str]:
        """Reads models and places figures; says what is missing, which may be a sweep's rest."""
        config = studio.config
        models = missing_shards(studio, config.models)
        sweeps = missing_shards(studio, config.sweeps)
        work = [f"{shard.name}: {why_stale(studio.store, shard)}" for shard in [*models, *sweeps]]
        if models:
            return work
        subjects = {**read_models(studio, config.models), **read_sweeps(studio)}
        orders = film_orders(config, subjects)
        drawn = {order.name: studio.store.get(films.FAMILY, order.key) for order in orders}
        undrawn = [order for order in orders if drawn[order.name] is None]
        work += [f"{order.name}: {films.why_stale(studio.store, order)}" for order in undrawn]
        if not undrawn:
            entries = {name: entry for name, entry in drawn.items() if entry is not None}
            self._house = furniture(config, subjects, entries)
            self._furnished_for = wants
            self._unfinished = [
                name
                for name, subject in subjects.items()
                if name in config.sweeps and not subject.facts["complete"]
            ]
        return work

    def _render(self, studio: Studio, sources: Sources, house: Furniture) -> None:
        self.files = furnished(house, sources)
        self._latest = studio, sources, self.files
        book = FactBook(house.facts, Words("en"))
        claims = [str(error) for error in false_claims(sources.original, book, self._unfinished)]
        if claims != self._claims:
            for claim in claims:
                studio.report.warn(claim)
        self._claims = claims


def _code() -> str:
    """Digest of this tool as it lies on the disk."""
    files = sorted(Path(__file__).parent.rglob("*.py"))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _wants(studio: Studio) -> Any:
    """What decides which models and figures there are, to be compared."""
    config = studio.config
    parts = config.models, config.sweeps, config.figures
    return config.site.languages, *(list(part.items()) for part in parts)


def _unforeseen(error: Exception) -> GenError:
    """An error that nobody has put into words, such as a template's, with its place."""
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if name is None or line is None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name, line = frame.filename, frame.lineno
    return GenError(f"{type(error).__name__}: {error}", where=f"{name}:{line}")
