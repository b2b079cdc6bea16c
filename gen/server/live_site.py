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

from gen.commands.build import film_orders
from gen.errors import ConfigError, GenError
from gen.experiments.runs import why_stale
from gen.experiments.train import missing_shards
from gen.i18n import Words
from gen.resources import PACKAGE
from gen.site import films, publish
from gen.site.assemble import PreparedAssets, prepare_assets, with_prepared_assets
from gen.site.pages.claims import false_claims
from gen.site.pages.facts import FactBook
from gen.site.results import read_models, read_sweeps
from gen.site.sources import Sources

if TYPE_CHECKING:
    from gen.site.context import BuildContext

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


class LiveSite:
    """The files of a site, held in memory.

    Args:
        read_context: reads the config anew at every call.
    """

    def __init__(self, read_context: Callable[[], BuildContext]) -> None:
        self._read_context = read_context
        self._code = _code()
        self._house: PreparedAssets | None = None
        self._furnished_for: Any = None
        self._unfinished: list[str] = []
        self._claims: list[str] = []
        self._latest: tuple[BuildContext, Sources, Files] | None = None
        self.files: Files = {}

    def look(self, *, again: bool = False) -> Look:
        """Reads the sources and renders the pages anew; on a mistake, all stays as it was.

        Args:
            again: whether to ask the store too, even if the config is what it was.
        """
        wants, work = None, []
        try:
            context = self._read_context()
            sources = Sources.gather(context)
            sources.check()
            wants = _wants(context)
            if again or self._furnished_for != wants:
                work = self._furnish(context, wants)
            if self._house is not None and self._house.placed.keys() >= sources.pages.keys():
                self._render(context, sources, self._house)
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
        context, sources, files = self._latest
        if _code() != self._code:
            raise ConfigError(
                "the code of this tool was changed; the site is shown as it was before",
                hint="end gen serve and start it again",
            )
        key = sources.partial_key if self._unfinished else sources.key
        if publish.is_fresh(context.output, key):
            return False
        with publish.locked(context.output):
            publish.publish(context.output, key, files)
        return True

    def _furnish(self, context: BuildContext, wants: Any) -> list[str]:
        """Reads models and places figures; says what is missing, which may be a sweep's rest."""
        config = context.config
        models = missing_shards(context.training, config.models)
        sweeps = missing_shards(context.training, config.sweeps)
        work = [f"{shard.name}: {why_stale(context.store, shard)}" for shard in [*models, *sweeps]]
        if models:
            return work
        subjects = {**read_models(context, config.models), **read_sweeps(context)}
        orders = film_orders(config, subjects)
        drawn = {order.name: context.store.get(films.FAMILY, order.key) for order in orders}
        undrawn = [order for order in orders if drawn[order.name] is None]
        work += [f"{order.name}: {films.why_stale(context.store, order)}" for order in undrawn]
        if not undrawn:
            entries = {name: entry for name, entry in drawn.items() if entry is not None}
            self._house = prepare_assets(config, subjects, entries)
            self._furnished_for = wants
            self._unfinished = [
                name
                for name, subject in subjects.items()
                if name in config.sweeps and not subject.facts["complete"]
            ]
        return work

    def _render(self, context: BuildContext, sources: Sources, house: PreparedAssets) -> None:
        self.files = with_prepared_assets(house, sources)
        self._latest = context, sources, self.files
        book = FactBook(house.facts, Words("en"))
        claims = [str(error) for error in false_claims(sources.original, book, self._unfinished)]
        if claims != self._claims:
            for claim in claims:
                context.report.warn(claim)
        self._claims = claims


def _code() -> str:
    """Digest of this tool as it lies on the disk."""
    files = sorted(PACKAGE.rglob("*.py"))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _wants(context: BuildContext) -> Any:
    """What decides which models and figures there are, to be compared."""
    config = context.config
    parts = config.models, config.sweeps, config.figures
    return config.site.languages, *(list(part.items()) for part in parts)


def _unforeseen(error: Exception) -> GenError:
    """An error that nobody has put into words, such as a template's, with its place."""
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if name is None or line is None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name, line = frame.filename, frame.lineno
    return GenError(f"{type(error).__name__}: {error}", where=f"{name}:{line}")
