"""Read a model of the config whose runs are recordings."""

from __future__ import annotations

from pathlib import Path

from gen.config.messages import validate
from gen.config.toml import Location, as_table, read_config_file
from gen.errors import GenError, suggestion
from gen.experiments.recorded import RecordedModel, RecordedSettings, find_recordings
from gen.text import as_config_value

KEY = "recording"


def is_recorded(value: object) -> bool:
    """Whether a table of a model names a recording."""
    return isinstance(value, dict) and KEY in value


def recording_files(config: Path) -> list[Path]:
    """Return the recordings that a config names, or would if they existed; none of a broken one.

    Of a pattern, the folder is returned too, in which further ones may appear.
    """
    try:
        models = as_table(read_config_file(config).get("models", {}), Location(config))
        named = [
            validate(RecordedSettings, table, Location(config)).recording
            for table in models.values()
            if is_recorded(table)
        ]
    except GenError:
        return []
    folder = config.parent
    folders = [_fixed_folder(folder / pattern) / "*" for pattern in named if "*" in pattern]
    return [*folders, *(path for pattern in named for path in find_recordings(folder, pattern))]


def _fixed_folder(pattern: Path) -> Path:
    """Return the folder above all parts of a pattern that have a `*`."""
    return next(parent for parent in pattern.parents if "*" not in str(parent))


def read_recorded_model(
    name: str, value: object, location: Location, folder: Path
) -> RecordedModel:
    """Read a recorded model from its table, and its recordings.

    Args:
        folder: the folder of the config.

    Raises:
        ConfigError: a key is unknown or wrong, or a recording is missing or damaged.
    """
    settings = validate(RecordedSettings, as_table(value, location), location)
    pattern = settings.recording
    files = find_recordings(folder, pattern)
    if not files or not all(path.is_file() for path in files):
        near = [path.name for path in (folder / pattern).parent.glob("*") if path.is_file()]
        raise location.at(KEY).error(
            f"there is no file {as_config_value(pattern)} in {folder}",
            suggestion((folder / pattern).name, near) or "record it: see gen.Recorder in the guide",
        )
    model = RecordedModel(name, files, settings)
    if settings.shown is not None and settings.shown not in model.seeds:
        raise location.at("shown").error(
            f"seed {settings.shown} is not among the {len(files)} recordings",
            "they count from 0 in the order of their names",
        )
    _ = model.runs  # a damaged recording is an error of the config
    return model
