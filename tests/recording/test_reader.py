"""Recordings are read in both forms; foreign and damaged files are refused in one line."""

from __future__ import annotations

import json
import random
import resource
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save, save_file

from gen.errors import ConfigError, GenError
from gen.recording.journal import MAGIC, Kind, record, replay
from gen.recording.reader import Recording, read_recording
from gen.recording.recorder import Recorder
from tests.conftest import CountTried
from tests.support import recordings

TORTURE = pytest.mark.torture


@pytest.fixture(params=["journal", "complete"])
def recording(tmp_path: Path, request: pytest.FixtureRequest) -> Recording:
    """A small recording, still being written or complete."""
    journal, complete = recordings.record(tmp_path / "x")
    (tmp_path / "x").write_bytes(journal if request.param == "journal" else complete)
    return read_recording(tmp_path / "x")


def test_a_recording_names_what_it_holds(recording: Recording) -> None:
    assert recording.snapshot_steps.tolist() == [0, 2, 4]
    assert recording.metrics["loss"].steps.tolist() == [0, 1, 2, 3, 4, 5]
    assert recording.metrics["accuracy"].steps.tolist() == [0, 2, 4]
    assert recording.metrics["accuracy"].values.tolist() == [0, 2 / 6, 4 / 6]
    view = recording.views["W"]
    assert (view.dtype, view.shape, view.axes) == ("float32", (2, 3), ("neuron", "input"))
    assert recording.views["b"].axes == ("row",)
    assert (recording.units, recording.note, recording.script) == ({"loss": "nats"}, "n", {})


def test_views_are_read_by_snapshot_and_in_part(recording: Recording) -> None:
    assert recording.snapshot("W", -1).tolist() == [[4] * 3] * 2
    assert recording.snapshot("W", 1).dtype == np.float32
    assert recording.view("W").shape == (3, 2, 3)
    part = recording.view("W", (0, slice(None, None, 2)), slice(1, None))
    assert part.tolist() == [[2, 2], [4, 4]]
    assert recording.view("W", (slice(1),), slice(0)).shape == (0, 1, 3)
    assert recording.view("b", snapshots=slice(None, None, 2)).tolist() == [[0, 1, 2, 3]] * 2


def test_metrics_can_be_aligned(recording: Recording) -> None:
    steps, aligned = recording.aligned_metrics()
    assert steps.tolist() == [0, 1, 2, 3, 4, 5]
    expected = [0, np.nan, 2 / 6, np.nan, 4 / 6, np.nan]
    assert np.array_equal(aligned["accuracy"], expected, equal_nan=True)
    assert aligned["loss"][3] == 0.25


def test_a_wrong_view_or_snapshot_is_named(recording: Recording) -> None:
    with pytest.raises(ConfigError, match='there is no view "w"; recorded are: W, b'):
        recording.snapshot("w", 0)
    with pytest.raises(ConfigError, match="there is no snapshot 3; it has 3"):
        recording.snapshot("W", 3)


def test_views_without_axes_have_rows_and_columns_last(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x") as recorder:
        recorder.snapshot(0, kernel=np.ones((4, 3, 2, 2)), W=np.ones((2, 2)))
    views = read_recording(tmp_path / "x").views
    assert views["kernel"].axes == ("axis 1", "axis 2", "row", "column")
    assert views["W"].axes == ("row", "column")


def test_an_opened_recording_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with Recorder(path) as recorder:
        recorder.snapshot(0, W=np.ones(3))
        early = read_recording(path)
        recorder.snapshot(1, W=np.zeros(3))
    late = read_recording(path)
    Recorder(path).close()
    assert early.view("W").tolist() == [[1] * 3]
    assert late.view("W").tolist() == [[1] * 3, [0] * 3]


def test_a_journal_cut_off_anywhere_is_read_up_to_its_last_whole_record(tmp_path: Path) -> None:
    path = tmp_path / "x"
    journal, _ = recordings.record(path)
    content = memoryview(journal)
    before = logged = 0
    snapshots: list[int] = []
    for length in range(len(journal) + 1):
        count = sum(1 for _ in replay(content[:length], "x"))
        assert count in (before, before + 1)
        if count > before or length in (5, len(journal)):
            path.write_bytes(journal[:length])
            if count:
                found = read_recording(path)
                assert not found.complete
                former, logged = logged, sum(len(each.steps) for each in found.metrics.values())
                assert former <= logged <= former + 2
                snapshots = found.snapshot_steps.tolist()
        before = count
    assert logged == 9 and snapshots == [0, 2, 4]


@pytest.mark.parametrize("damage", ["zeros behind", "zeros in the last record"])
def test_a_journal_that_a_stopped_machine_left_is_read(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "x"
    journal, _ = recordings.record(path)
    if damage == "zeros behind":
        path.write_bytes(journal + bytes(5000))
    else:
        path.write_bytes(journal[:-10] + bytes(5000))
    loss = read_recording(path).metrics["loss"]
    assert loss.steps.tolist() == [0, 1, 2, 3, 4, 5][: 6 if damage == "zeros behind" else 5]


def test_damage_inside_a_journal_is_named_with_its_place_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "x"
    journal, _ = recordings.record(path)
    place = journal.index(MAGIC, len(journal) // 2)
    path.write_bytes(journal[: place + 25] + b"?" + journal[place + 26 :])
    with pytest.raises(ConfigError, match=rf"damaged: the record at byte {place:,}") as error:
        read_recording(path)
    assert error.value.hint == f"head --bytes={place} copies what is before it"
    path.write_bytes(path.read_bytes()[:place])
    assert 0 < len(read_recording(path).metrics["loss"].steps) < 6


def _foreign(about: dict[str, Any] | None = None, **arrays: np.ndarray) -> bytes:
    """Return a complete recording with other content."""
    values = {"format": "grokreel recording", "version": 1, "metrics": [], "views": []}
    metadata = {"recording": json.dumps({**values, **(about or {})})}
    return save({"snapshot_steps": np.array([0, 1]), **arrays}, metadata)


_ABOUT = record(Kind.ABOUT, b'{"format": "grokreel recording", "version": 1}')
_VIEW = record(Kind.VIEWS, b'{"views": {"W": ["float32", [2, 3]]}}')


def _log(*steps: int) -> bytes:
    logs = [record(Kind.LOG, struct.pack("<qId", step, 0, 1.0)) for step in steps]
    return record(Kind.METRICS, b'{"metrics": ["a"]}') + b"".join(logs)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "is not a recording", id="empty"),
        pytest.param(b"hello\n" * 100, "is not a recording", id="text"),
        pytest.param(save({"a": np.ones(3)}), "gen record makes a recording", id="safetensors"),
        pytest.param(save({}, {"recording": "{"}), "is not a JSON object", id="no JSON"),
        pytest.param(save({}, {"recording": "[" * 10**5}), "not a JSON object", id="nested"),
        pytest.param(save({}, {"recording": "{}"}), "is not a recording", id="another format"),
        pytest.param(_foreign({"version": 2}), "of version 2; this grokreel reads", id="version"),
        pytest.param(_foreign({"metrics": ["a"]}), "lacks metric_steps/a", id="no steps"),
        pytest.param(_foreign({"views": ["W"]}), "lacks views/W", id="no view"),
        pytest.param(_foreign({"views": ["W", "W"]}), "list of names is wrong", id="twice"),
        pytest.param(_foreign({"views": "W"}), "list of names is wrong", id="a text"),
        pytest.param(
            _foreign({"views": ["W"]}, **{"views/W": np.ones((3, 2))}), "shape of W", id="rows"
        ),
        pytest.param(_foreign({"views": ["W"]}, **{"views/W": np.ones(2)}), "shape of W", id="1-D"),
        pytest.param(_foreign(snapshot_steps=np.array([1, 1])), "do not increase", id="steps"),
        pytest.param(_foreign(snapshot_steps=np.array([-1, 1])), "do not increase", id="minus"),
        pytest.param(_foreign(snapshot_steps=np.ones(2)), "is no list of int64", id="floats"),
        pytest.param(
            _foreign({"views": ["W"], "axes": {"W": ["a", "b"]}}, **{"views/W": np.ones((2, 3))}),
            "axes of W are wrong",
            id="axes",
        ),
        pytest.param(MAGIC + b"?" * 40, "record at byte 0 has a wrong checksum", id="magic"),
        pytest.param(_VIEW, "description is not at its beginning", id="no description"),
        pytest.param(_ABOUT + _ABOUT, "description is not at its beginning", id="described twice"),
        pytest.param(_ABOUT + _VIEW + record(Kind.SNAPSHOT, bytes(9)), "wrong length", id="short"),
        pytest.param(_ABOUT + record(Kind.SNAPSHOT, bytes(8)), "wrong length", id="views missing"),
        pytest.param(_ABOUT + record(Kind.LOG, bytes(20)), "a metric has no name", id="nameless"),
        pytest.param(_ABOUT + _log(3, 3), "do not increase", id="logged twice"),
        pytest.param(_ABOUT + _log(3, 2), "do not increase", id="decreasing"),
        pytest.param(
            _ABOUT + record(Kind.VIEWS, b'{"views": {"W": ["float32", [4294967296, 4294967296]]}}'),
            "shape of a view is wrong",
            id="huge view",
        ),
        pytest.param(
            _ABOUT + record(Kind.VIEWS, b'{"views": {"W": ["object", [4]]}}'),
            "shape of a view is wrong",
            id="objects",
        ),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_in_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message) as error:
        read_recording(path)
    assert str(error.value).startswith(f"{path}: ") and "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(GenError, match="cannot be read"):
            read_recording(path)


def _read_all(path: Path) -> None:
    found = read_recording(path)
    found.aligned_metrics()
    for name in found.views:
        found.view(name)


def _try_mutations(folder: Path, count: int, seed: int) -> int:
    """Read mutated recordings of both forms; return how many were refused."""
    path = folder / "x"
    originals = recordings.record(path)
    source = random.Random(seed)
    read = 0
    for number in range(count):
        content = recordings.mutate(originals[number % 2], source)
        if number % 4 == 0:
            content = _with_right_checksums(content)
        path.unlink()  # writing over a file can wait for the disk
        path.write_bytes(content)
        with suppress(GenError):
            _read_all(path)
            read += 1
    return count - read


def _with_right_checksums(journal: bytes) -> bytes:
    """Return a mutated journal whose checksums match again, as far as its records can be found."""
    content = bytearray(journal)
    start = 0
    while content[start : start + 4] == MAGIC and start + 20 <= len(content):
        (length,) = struct.unpack_from("<Q", content, start + 8)
        end = start + 20 + length
        if end + 4 > len(content):
            break
        struct.pack_into("<I", content, start + 16, zlib.crc32(content[start : start + 16]))
        struct.pack_into("<I", content, end, zlib.crc32(content[start + 20 : end]))
        start = end + 4
    return bytes(content)


@pytest.mark.parametrize(
    "count", [pytest.param(500, id="500"), pytest.param(10_000, id="10000", marks=TORTURE)]
)
def test_mutated_recordings_raise_only_the_own_error(
    tmp_path: Path, count: int, count_tried: CountTried
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert 0.4 * count < _try_mutations(tmp_path, count, 0) < count
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "in kilobytes"
    count_tried("mutated recordings", count)


def test_a_recording_of_a_future_dtype_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    _, complete = recordings.record(path)
    path.write_bytes(complete.replace(b'"F32"', b'"I32"'))
    assert read_recording(path).views["W"].dtype == "int32"
    path.write_bytes(complete.replace(b'"dtype":"F32"', b'"dtype":"C64"'))
    with pytest.raises(ConfigError, match=r"is not a recording|shape of W is wrong"):
        read_recording(path)


def test_a_checkpoint_is_told_from_a_recording(tmp_path: Path) -> None:
    save_file({"fc1.weight": np.ones((2, 3))}, tmp_path / "x.safetensors")
    with pytest.raises(ConfigError, match="is not a recording; gen record makes a recording of"):
        read_recording(tmp_path / "x.safetensors")
