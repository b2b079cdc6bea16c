"""A recorder writes what it is given, and refuses what cannot be a recording."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from gen import Recorder
from gen.errors import BusyError, ConfigError, GenError, SetupError
from gen.recording.reader import read_recording
from gen.store.store import file_digest

WEIGHTS = np.arange(6, dtype=np.float32).reshape(2, 3)


def test_a_closed_recording_is_one_safetensors_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "x.safetensors"
    with Recorder(
        path, axes={"W": ("neuron", "input")}, units={"loss": "nats"}, note="é", script=__file__
    ) as recorder:
        recorder.snapshot(0, W=WEIGHTS, b=np.ones(4))
        recorder.log(1, loss=2.5)
        recorder.log(2, loss=1.5, accuracy=1)
        recorder.snapshot(2, W=WEIGHTS + 1, b=np.zeros(4))
    arrays = load_file(path)
    assert sorted(arrays) == [
        *("metric_steps/accuracy", "metric_steps/loss", "metrics/accuracy", "metrics/loss"),
        *("snapshot_steps", "views/W", "views/b"),
    ]
    assert arrays["snapshot_steps"].tolist() == [0, 2]
    assert arrays["views/W"].dtype == np.float32
    assert np.array_equal(arrays["views/W"], [WEIGHTS, WEIGHTS + 1])
    assert np.array_equal(arrays["views/b"], [np.ones(4), np.zeros(4)])
    assert arrays["metric_steps/loss"].tolist() == [1, 2]
    assert arrays["metrics/loss"].tolist() == [2.5, 1.5]
    assert arrays["metrics/accuracy"].tolist() == [1]
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    assert json.loads(metadata["recording"]) == {
        "format": "grokreel recording",
        "version": 1,
        "axes": {"W": ["neuron", "input"]},
        "units": {"loss": "nats"},
        "note": "é",
        "script": {"name": "test_recorder.py", "sha256": file_digest(Path(__file__))},
        "metrics": ["loss", "accuracy"],
        "views": ["W", "b"],
    }
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("tensor", "dtype"),
    [
        pytest.param(torch.ones(2, 3, requires_grad=True), "float32", id="torch with gradient"),
        pytest.param(torch.nn.Parameter(torch.ones(2, 3)), "float32", id="parameter"),
        pytest.param(torch.ones(3, 2).T, "float32", id="transposed"),
        pytest.param(torch.ones(2, 3, dtype=torch.float64), "float64", id="torch float64"),
        pytest.param(torch.ones(2, 3, dtype=torch.float16), "float16", id="torch float16"),
        pytest.param(torch.ones(2, 3, dtype=torch.bfloat16), "float32", id="torch bfloat16"),
        pytest.param(torch.ones(2, 3, dtype=torch.float8_e4m3fn), "float32", id="torch float8"),
        pytest.param(torch.ones(3, 2, 2)[:, 0].T.conj(), "float32", id="conjugate view"),
        pytest.param(torch.ones(2, 3, dtype=torch.int64), "int64", id="torch int64"),
        pytest.param(torch.ones(2, 3, dtype=torch.bool), "bool", id="torch bool"),
        pytest.param(np.ones((2, 3), ">f4"), "float32", id="big-endian"),
        pytest.param(np.ones((4, 6))[::2, ::2], "float64", id="strided"),
        pytest.param([[1.0] * 3] * 2, "float64", id="lists"),
    ],
)
def test_tensors_of_any_kind_are_recorded(tmp_path: Path, tensor: Any, dtype: str) -> None:
    with Recorder(tmp_path / "x") as recorder:
        recorder.snapshot(0, W=tensor)
    found = load_file(tmp_path / "x")["views/W"]
    assert found.dtype == dtype
    assert np.array_equal(found, np.ones((1, 2, 3)))


def test_bfloat16_is_recorded_exactly(tmp_path: Path) -> None:
    values = torch.randn(50, 20, generator=torch.Generator().manual_seed(1)).bfloat16()
    ml_dtypes = pytest.importorskip("ml_dtypes")
    with Recorder(tmp_path / "x") as recorder:
        recorder.snapshot(0, torch=values, other=values.float().numpy().astype(ml_dtypes.bfloat16))
    found = load_file(tmp_path / "x")
    for name in ("views/torch", "views/other"):
        assert np.array_equal(found[name][0], values.float().numpy())


def test_a_view_may_have_one_to_eight_axes(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x") as recorder:
        with pytest.raises(ConfigError, match=r"v9 has the shape \(1, 1, 1, 1, 1, 1, 1, 1, 1\)"):
            recorder.snapshot(0, v9=np.ones((1,) * 9))
        recorder.snapshot(0, **{f"v{n}": np.full((2,) * n, n) for n in range(1, 9)})
    found = load_file(tmp_path / "x")
    for n in range(1, 9):
        assert np.array_equal(found[f"views/v{n}"], np.full((1, *(2,) * n), n))


@settings(max_examples=25)
@given(st.data())
def test_what_is_recorded_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Metrics at steps of their own, and snapshots at others, in both forms of the file."""
    path = tmp_path_factory.mktemp("any") / "x"
    steps = sorted(data.draw(st.sets(st.integers(0, 2**53), max_size=12)))
    names = st.sampled_from(["loss", "val/acc", "é ü", "metrics/loss"])
    logs = {step: data.draw(st.dictionaries(names, st.floats())) for step in steps}
    snapshots = {
        step: data.draw(st.integers(-100, 100)) for step in steps if data.draw(st.booleans())
    }
    recorder = Recorder(path)
    for step in steps:
        recorder.log(step, **logs[step])
        if step in snapshots:
            recorder.snapshot(step, W=np.full((2, 3), snapshots[step], np.int8), b=[step, -1])
    journal = read_recording(path)
    recorder.close()
    complete = read_recording(path)
    assert (journal.complete, complete.complete) == (False, True)
    for found in (journal, complete):
        assert found.snapshot_steps.tolist() == list(snapshots)
        assert list(found.metrics) == list(dict.fromkeys(n for each in logs.values() for n in each))
        for name, series in found.metrics.items():
            expected = {step: each[name] for step, each in logs.items() if name in each}
            assert series.steps.tolist() == list(expected)
            assert np.array_equal(series.values, list(expected.values()), equal_nan=True)
        for index, (step, value) in enumerate(snapshots.items()):
            assert np.array_equal(found.snapshot("W", index), np.full((2, 3), value))
            assert found.snapshot("b", index).tolist() == [step, -1]


Act = Callable[[Recorder], object]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        pytest.param(lambda r: r.log(4, a=1), "step 4 comes after step 5", id="decreasing log"),
        pytest.param(lambda r: r.snapshot(4, W=WEIGHTS), "after step 5", id="decreasing snapshot"),
        pytest.param(lambda r: r.log(5, a=1), "a was already logged", id="logged twice"),
        pytest.param(lambda r: r.snapshot(5, W=WEIGHTS), "already recorded", id="recorded twice"),
        pytest.param(lambda r: r.log(math.nan, a=1), "step is nan", id="step nan"),
        pytest.param(lambda r: r.log(math.inf, a=1), "step is inf", id="step inf"),
        pytest.param(lambda r: r.log(6.5, a=1), "step is 6.5", id="half a step"),
        pytest.param(lambda r: r.log(-1, a=1), "step is -1", id="negative step"),
        pytest.param(lambda r: r.log(2**53 + 1, a=1), "step is 9007199254740993", id="step 2^53"),
        pytest.param(lambda r: r.log("6", a=1), "step is '6'", id="step as text"),
        pytest.param(lambda r: r.log(True, a=1), "step is True", id="step true"),
        pytest.param(lambda r: r.log(6, step=1), '"step" is reserved', id="metric step"),
        pytest.param(
            lambda r: r.snapshot(6, W=WEIGHTS, seed=WEIGHTS), "seed is not", id="view seed"
        ),
        pytest.param(lambda r: r.log(6, **{"a\n": 1}), "control characters", id="line break"),
        pytest.param(lambda r: r.log(6, **{"": 1}), "is empty", id="empty name"),
        pytest.param(lambda r: r.log(6, **{"a" * 201: 1}), "200 characters", id="long name"),
        pytest.param(lambda r: r.log(6, a="1"), "a is '1', not one number", id="text"),
        pytest.param(lambda r: r.log(6, a=None), "a is None", id="none"),
        pytest.param(lambda r: r.log(6, a=1j), "a is 1j", id="complex metric"),
        pytest.param(lambda r: r.log(6, a=10**400), "a is 1000", id="huge"),
        pytest.param(lambda r: r.log(6, a=torch.ones(2)), r"a is of shape \(2,\)", id="vector"),
        pytest.param(
            lambda r: r.snapshot(6, W=WEIGHTS.T), "W is float32 of shape 3 × 2; former", id="shape"
        ),
        pytest.param(
            lambda r: r.snapshot(6, W=WEIGHTS.astype(np.float64)), "float64 of shape", id="type"
        ),
        pytest.param(lambda r: r.snapshot(6), "W is missing", id="missing view"),
        pytest.param(
            lambda r: r.snapshot(6, W=WEIGHTS, V=WEIGHTS), "V is not in former", id="new view"
        ),
        pytest.param(lambda r: r.snapshot(6, W=WEIGHTS * 1j), "type complex64", id="complex"),
        pytest.param(lambda r: r.snapshot(6, W=["a"]), "W has values of type str", id="texts"),
        pytest.param(lambda r: r.snapshot(6, W=object()), "type object", id="object"),
        pytest.param(lambda r: r.snapshot(6, W=[[1], [1, 2]]), "cannot be read", id="ragged"),
        pytest.param(lambda r: r.snapshot(6, W=torch.tensor(1.0)), "a single number", id="number"),
        pytest.param(lambda r: r.snapshot(6, W=np.ones((0, 3))), "has the shape", id="no values"),
    ],
)
def test_wrong_calls_are_refused_and_leave_no_trace(tmp_path: Path, act: Act, message: str) -> None:
    path = tmp_path / "x"
    with Recorder(path) as recorder:
        recorder.snapshot(5, W=WEIGHTS)
        recorder.log(5, a=1)
        before = path.read_bytes()
        with pytest.raises(ConfigError, match=message) as error:
            act(recorder)
        assert "\n" not in str(error.value) and str(path) in str(error.value)
        assert path.read_bytes() == before
        recorder.log(6, a=2)
        recorder.snapshot(6, W=WEIGHTS)
    found = read_recording(path)
    assert found.metrics["a"].values.tolist() == [1, 2]
    assert found.snapshot_steps.tolist() == [5, 6]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"axes": {"W": ("neuron",)}}, r"axes of W are 1, its shape is \(2, 3\)"),
        ({"axes": {"V": ("neuron", "input")}}, "axes name no view V"),
        ({"axes": {"W": "ab"}}, "axes of W: are not a list of words"),
        ({"axes": {"W": ("neuron", "")}}, "is empty"),
        ({"axes": 3}, "axes is not a mapping"),
        ({"units": {"W": 3}}, "units of W is not a text"),
        ({"note": 3}, "note is not a text"),
        ({"note": "\ud800"}, "note is not a text"),
        ({"script": "/nowhere/train.py"}, "train.py: cannot be read"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        _record_once(tmp_path / "x", **settings)


def _record_once(path: Path, error: type[BaseException] | None = None, **settings: Any) -> None:
    """Record a log and a snapshot, and raise an error in the `with` block."""
    with Recorder(path, **settings) as recorder:
        recorder.log(1, loss=2)
        recorder.snapshot(1, W=WEIGHTS)
        if error:
            raise error


def test_steps_and_metrics_may_be_tensors_and_numbers_of_numpy(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x") as recorder:
        recorder.log(np.int32(1), a=np.float32(0.5), b=torch.tensor([2.0]), c=True)
        recorder.log(torch.tensor(2), a=np.array([[1]]), b=torch.ones((), requires_grad=True))
        recorder.log(3.0, a=math.nan, b=-math.inf)
    found = read_recording(tmp_path / "x").metrics
    assert found["a"].steps.tolist() == [1, 2, 3]
    assert np.array_equal(found["a"].values, [0.5, 1, math.nan], equal_nan=True)
    assert found["b"].values.tolist() == [2, 1, -math.inf]
    assert found["c"].values.tolist() == [1]


def test_an_exception_in_the_block_completes_the_recording(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        _record_once(tmp_path / "x", KeyboardInterrupt)
    found = read_recording(tmp_path / "x")
    assert found.complete and found.metrics["loss"].values.tolist() == [2]


def test_closing_twice_is_harmless_and_recording_after_it_is_refused(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "x")
    recorder.close()
    recorder.close()
    assert read_recording(tmp_path / "x").metrics == {}
    with pytest.raises(ConfigError, match="is closed"):
        recorder.log(1, a=1)


def test_a_former_recording_is_replaced_and_any_other_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for value in (1, 2):
        with Recorder(path) as recorder:
            recorder.log(0, a=value)
    assert read_recording(path).metrics["a"].values.tolist() == [2]
    path.write_bytes(b"")
    Recorder(path).close()
    save_file({"fc1.weight": WEIGHTS}, path)
    content = path.read_bytes()
    with pytest.raises(ConfigError, match="exists, and is not a recording; choose another name"):
        Recorder(path)
    assert path.read_bytes() == content
    with pytest.raises(GenError):
        Recorder(tmp_path)


def test_a_file_has_one_recorder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with Recorder(path) as recorder:
        recorder.log(0, a=1)
        with pytest.raises(BusyError, match="is being recorded by another process"):
            Recorder(path)
    assert read_recording(path).metrics["a"].values.tolist() == [1]


def test_a_file_that_took_the_name_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x"
    recorder = Recorder(path)
    path.unlink()
    path.write_text("mine")
    with pytest.raises(SetupError, match="was replaced while it was recorded"):
        recorder.close()
    assert path.read_text() == "mine"


def test_a_removed_file_is_written_at_the_end(tmp_path: Path) -> None:
    with Recorder(tmp_path / "x") as recorder:
        recorder.log(0, a=1)
        (tmp_path / "x").unlink()
        recorder.log(1, a=2)
    assert read_recording(tmp_path / "x").metrics["a"].values.tolist() == [1, 2]


def test_a_full_disk_costs_one_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    write, left = os.pwrite, [100]

    def short(descriptor: int, content: memoryview, start: int) -> int:
        """Write 100 bytes in small pieces, and then nothing."""
        count = min(7, left[0], len(content))
        left[0] -= count
        if not count:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[:count], start)

    recorder = Recorder(path)
    recorder.snapshot(0, W=WEIGHTS)
    monkeypatch.setattr(os, "pwrite", short)
    recorder.snapshot(1, W=WEIGHTS)
    with pytest.raises(SetupError, match="no space left on device; free space"):
        recorder.snapshot(2, W=WEIGHTS)
    left[0] = 10**6
    recorder.snapshot(2, W=WEIGHTS)
    recorder.close()
    assert read_recording(path).snapshot_steps.tolist() == [0, 1, 2]


@pytest.mark.parametrize("call", ["pwrite", "ftruncate", "fsync", "replace"])
def test_a_disk_error_while_closing_leaves_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "x"
    recorder = Recorder(path)
    recorder.log(1, loss=2)
    recorder.snapshot(1, W=WEIGHTS)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    names = {"ftruncate": "gen.recording.finish.os.ftruncate", "replace": "pathlib.Path.replace"}
    with monkeypatch.context() as patch:
        patch.setattr(names.get(call, f"os.{call}"), fail)
        with pytest.raises(SetupError, match="x: cannot be written: no space left on device"):
            recorder.close()
    found = read_recording(path)
    assert not found.complete and found.metrics["loss"].values.tolist() == [2]
    assert np.array_equal(found.snapshot("W", 0), WEIGHTS)
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


def test_memory_does_not_grow_with_the_length_of_the_training(tmp_path: Path) -> None:
    path = tmp_path / "x"
    tensor = np.zeros((100, 100), np.float32)

    def train(steps: int) -> None:
        with Recorder(path) as recorder:
            for step in range(steps):
                recorder.log(step, loss=step, accuracy=1)
                if step % 4 == 0:
                    recorder.snapshot(step, W=tensor)

    train(5)  # imports what it needs
    tracemalloc.start()
    try:
        train(600)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 6_000_000 > 20 * peak


def test_a_killed_training_leaves_all_that_it_recorded(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, numpy as np\n"
        "from gen import Recorder\n"
        "recorder = Recorder(sys.argv[1])\n"
        "for step in range(100):\n"
        "    recorder.log(step, loss=step)\n"
        "    recorder.snapshot(step, W=np.full((3, 4), step))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "x"
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == -9
    found = read_recording(path)
    assert not found.complete
    assert found.metrics["loss"].values.tolist() == list(range(100))
    assert found.snapshot("W", 99).tolist() == [[99] * 4] * 3
    with Recorder(path) as recorder:
        recorder.log(0, loss=1)
    assert [each.name for each in tmp_path.iterdir()] == ["x"]


def test_importing_the_recorder_loads_numpy_and_safetensors_alone(tmp_path: Path) -> None:
    """Recording twice over, so that also a former recording is looked at."""
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from gen import Recorder\n"
        "import numpy as np\n"
        "for _ in range(2):\n"
        "    with Recorder(sys.argv[1]) as recorder:\n"
        "        recorder.log(0, a=1)\n"
        "        recorder.snapshot(0, W=np.ones((2, 3)))\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('gen.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "x")], check=True, capture_output=True
    )
    packages, modules = done.stdout.decode().splitlines()
    others = set(packages.split()) - set(sys.stdlib_module_names)
    assert others <= {"gen", "numpy", "safetensors"}
    assert set(modules.split()) - {"gen.errors", "gen.store"} == {
        name for name in modules.split() if name.startswith(("gen.recording", "gen.store."))
    }
