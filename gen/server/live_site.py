"""A site in memory that is rendered again when its sources change.

Rendering all pages takes a fraction of a second. Preparing their figures takes seconds, and is only
done again when the models or figures of the config, or the store, have changed.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gen.errors import ConfigError, GenError
from gen.experiments.recorded import RecordedRun
from gen.experiments.runs import why_stale
from gen.experiments.train import missing_shards
from gen.i18n import Words
from gen.plugins.failures import plugin_failure
from gen.resources import PACKAGE
from gen.site import orders, publish
from gen.site.assemble import PreparedAssets, prepare_assets, with_prepared_assets
from gen.site.context import BuildContext
from gen.site.draw import drawing_orders, stored_options
from gen.site.pages.claims import false_claims
from gen.site.pages.facts import FactBook
from gen.site.results import read_models, read_sweeps, recorded_results
from gen.site.sources import Sources
from gen.site.stored_facts import with_stored_facts
from gen.site.wording import wording_errors

Files = Mapping[str, bytes | Path]
"""Content, or the file with the content, by path in the site."""


@dataclass(frozen=True)
class Refresh:
    """Result of reading the sources again.

    Attributes:
        stale: what must be trained or drawn, and why; empty if the site is complete.
        target: the models and figures of the config, to compare with those of another refresh.
        error: why the pages could not be rendered.
    """

    stale: list[str]
    target: Any = None
    error: GenError | None = None


class LiveSite:
    """The files of a site, held in memory; `read_context` reads the present config."""

    def __init__(self, read_context: Callable[[], BuildContext]) -> None:
        self._read_context = read_context
        self._code = _code_digest()
        self._prepared: PreparedAssets | None = None
        self._prepared_target: Any = None
        self._prepared_words: Mapping[str, str] = {}
        self._unfinished: list[str] = []
        self._claims: list[str] = []
        self._latest: tuple[BuildContext, Sources, Files] | None = None
        self._recorded: tuple[RecordedRun, ...] = ()
        self.files: Files = {}

    def refresh(self, *, check_store: bool = False) -> Refresh:
        """Read the sources and render all pages; on an error, keep the former pages.

        With `check_store`, look for new runs and films even if the config is the same.
        """
        target, stale = None, []
        try:
            context = self._read_context()
            recordings = context.config.recordings.values()
            self._recorded = tuple(run for model in recordings for run in model.runs)
            sources = Sources.gather(context)
            sources.check()
            target = _target(context)
            former = self._prepared_target, self._prepared_words
            if check_store or former != (target, sources.catalogues):
                stale = self._prepare(context, target)
                self._prepared_words = sources.catalogues
            if self._prepared is not None and self._prepared.placed.keys() >= sources.pages.keys():
                self._render(context, sources, self._prepared)
        except GenError as error:
            return Refresh(stale, target, error)
        except Exception as error:
            return Refresh(stale, target, _with_place(error))
        return Refresh(stale, target)

    @property
    def recorded_sizes(self) -> dict[Path, int]:
        """The bytes that were read of each recording that is not complete."""
        return {run.path: run.size for run in self._recorded if run.size is not None}

    @property
    def recording(self) -> str:
        """How far each recording that is not complete has got, in words; empty if all are."""
        return "; ".join(
            f"{run.path.name} is being recorded: step {run.last_step:,}"
            for run in self._recorded
            if not run.complete
        )

    def publish(self) -> bool:
        """Write the last rendered pages to the output folder; return False if they are there.

        Raises:
            ConfigError: the code of this tool changed since this process started.
            GenError: the folder is locked or cannot be written.
        """
        if self._latest is None or self._prepared_target != _target(self._latest[0]):
            return False
        context, sources, files = self._latest
        if _code_digest() != self._code:
            raise ConfigError(
                "the code of this tool changed; the site is still served with the former code",
                hint="restart gen serve",
            )
        key = sources.partial_key if self._unfinished else sources.key
        if publish.is_fresh(context.output, key):
            return False
        with publish.locked(context.output):
            publish.publish(context.output, key, files)
        return True

    def _prepare(self, context: BuildContext, target: Any) -> list[str]:
        """Prepare all figures if no model or film is missing; return what is missing or stale."""
        config = context.config
        models = missing_shards(context.training, config.models)
        sweeps = missing_shards(context.training, config.sweeps)
        stale = [f"{shard.name}: {why_stale(context.store, shard)}" for shard in [*models, *sweeps]]
        if models:
            return stale
        models_read = read_models(context, config.models)
        subjects = {**models_read, **recorded_results(config), **read_sweeps(context)}
        needed = drawing_orders(config, subjects)
        drawn = {order.name: context.store.get(orders.FAMILY, order.key) for order in needed}
        undrawn = [order for order in needed if drawn[order.name] is None]
        stale += [f"{order.name}: {orders.why_stale(context.store, order)}" for order in undrawn]
        if not undrawn:
            entries = {name: entry for name, entry in drawn.items() if entry is not None}
            entries |= stored_options(context, subjects)
            known = with_stored_facts(subjects, entries)
            self._prepared = prepare_assets(config, known, entries)
            self._prepared_target = target
            self._unfinished = [
                name
                for name, subject in subjects.items()
                if name in config.sweeps and not subject.facts["complete"]
            ]
        return stale

    def _render(self, context: BuildContext, sources: Sources, prepared: PreparedAssets) -> None:
        self.files = with_prepared_assets(prepared, sources)
        self._latest = context, sources, self.files
        book = FactBook(prepared.facts, Words("en"))
        errors = false_claims(sources.original, book, self._unfinished)
        errors += wording_errors(context.config)
        claims = [str(error) for error in errors]
        if claims != self._claims:
            for claim in claims:
                context.report.warn(claim)
        self._claims = claims


def _code_digest() -> str:
    """Return a digest of the source files of this tool."""
    files = sorted(PACKAGE.rglob("*.py"))
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _target(context: BuildContext) -> Any:
    """Return the languages, colours, models, sweeps and figures of the config, to be compared."""
    config = context.config
    parts = config.models, config.sweeps, config.figures
    recorded = {name: model.identity for name, model in config.recordings.items()}
    return recorded, config.site.languages, config.theme, *(list(part.items()) for part in parts)


def _with_place(error: Exception) -> GenError:
    """Return an unexpected error, for example of a template, with its file and line."""
    failure = plugin_failure(error)
    if failure is not None:
        return failure
    name, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if name is None or line is None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        name, line = frame.filename, frame.lineno
    return GenError(f"{type(error).__name__}: {error}", where=f"{name}:{line}")
