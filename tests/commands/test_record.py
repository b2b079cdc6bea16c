"""`gen record` makes a recording of checkpoints."""

from __future__ import annotations

import pickle
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from safetensors.torch import save_file as save_torch_file

from gen.commands.record import steps_of
from gen.errors import ConfigError
from gen.recording import checkpoints
from gen.recording.reader import read_recording
from tests.conftest import Gen


def _weights(step: int) -> dict[str, np.ndarray]:
    return {"fc1.weight": np.full((2, 3), step, np.float32), "fc1.bias": np.full(2, -float(step))}


def _torch_weights(step: int) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(values) for name, values in _weights(step).items()}


Save = Callable[[Path, int], object]
KINDS: dict[str, Save] = {
    "safetensors": lambda path, step: save_file(_weights(step), path),
    "npz": lambda path, step: np.savez_compressed(path, allow_pickle=False, **_weights(step)),
    "pt": lambda path, step: torch.save(_torch_weights(step), path),
    "pth": lambda path, step: torch.save(_torch_weights(step), path),
    "bin": lambda path, step: torch.save(_torch_weights(step), path),
}


@pytest.mark.parametrize("kind", KINDS)
def test_checkpoints_become_snapshots_in_the_order_of_their_steps(
    gen: Gen, tmp_path: Path, kind: str
) -> None:
    for step in (1000, 50, 200):
        KINDS[kind](tmp_path / f"step-{step}.{kind}", step)
    output = tmp_path / "runs" / "x.safetensors"
    done = gen(
        *("record", tmp_path / f"step-*.{kind}", "--tensor", "fc1.weight", "--output", output)
    )
    assert done.code == 0, done.err
    assert "3 snapshots of fc1.weight" in done.err
    found = read_recording(output)
    assert found.complete and list(found.views) == ["fc1.weight"]
    assert found.snapshot_steps.tolist() == [50, 200, 1000]
    assert found.view("fc1.weight", (0, 0)).tolist() == [50, 200, 1000]
    assert found.note == "Converted from 3 checkpoints by gen record."
    assert [each.name for each in output.parent.iterdir()] == ["x.safetensors"]


def test_tensors_are_chosen_by_pattern_and_bfloat16_is_widened(gen: Gen, tmp_path: Path) -> None:
    for step in (1, 2):
        tensors = {
            "a.weight": torch.ones(2, 3).bfloat16(),
            "b.weight": torch.zeros(3),
            "c": torch.ones(1),
        }
        save_torch_file(tensors, tmp_path / f"{step}.safetensors")
    files = [tmp_path / "1.safetensors", tmp_path / "2.safetensors"]
    output = tmp_path / "out"
    done = gen("record", *files, "--tensor", "*.weight", "--output", output, "--note", "mine", "-q")
    assert (done.code, done.err) == (0, "")
    assert load_file(output)["views/a.weight"].tolist() == [[[1] * 3] * 2] * 2
    assert list(read_recording(output).views) == ["a.weight", "b.weight"]
    assert read_recording(output).note == "mine"


def test_tensors_in_nested_dicts_are_named_with_dots(gen: Gen, tmp_path: Path) -> None:
    state = {
        "epoch": 3,
        "state_dict": _torch_weights(7),
        "optimizer": {"state": {0: {"m": torch.ones(2)}}},
    }
    torch.save(state, tmp_path / "epoch=3-step=70.ckpt")
    done = gen(
        *("record", tmp_path / "epoch=3-step=70.ckpt", "--output", tmp_path / "x"),
        *("--tensor", "state_dict.fc1.weight", "--tensor", "optimizer.state.0.m"),
    )
    assert done.code == 0, done.err
    found = read_recording(tmp_path / "x")
    assert found.snapshot_steps.tolist() == [70]
    assert found.snapshot("optimizer.state.0.m", 0).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["step-2", "step-10"], [2, 10]),
        (["2", "10"], [2, 10]),
        (["epoch=0-step=20", "epoch=1-step=5"], [20, 5]),
        (["model_v2_300", "model_v2_40"], [300, 40]),
        (["resnet18-step_00100"], [100]),
        (["checkpoint-500/model", "checkpoint-1000/model"], [500, 1000]),
        (["steps 7"], [7]),
    ],
)
def test_the_step_is_the_number_in_the_name(names: list[str], steps: list[int]) -> None:
    paths = [Path(f"{name}.safetensors") for name in names]
    found = steps_of(paths)
    assert found == dict(zip(paths, steps, strict=True))
    assert list(found.values()) == sorted(steps)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["best"], "has no numbers that could be its step"),
        (["1", "best"], "best.pt: has no numbers"),
        (["epoch1-batch20", "epoch2-batch10"], "has 2 numbers"),
        (["model-00001-of-00002"], "has 2 numbers that could be its step; name the files step-100"),
        (["a/step-1", "b/step-01"], "has the step 1, and so has a/step-1.pt"),
    ],
)
def test_an_ambiguous_step_is_refused(names: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        steps_of([Path(f"{name}.pt") for name in names])


class _Code:
    """An object whose pickle would write a file."""

    def __reduce__(self) -> tuple[object, ...]:
        return (open, ("written-by-a-checkpoint", "w"))


def _write_code(path: Path) -> None:
    with path.open("wb") as file:
        if path.suffix == ".npz":
            np.savez(file, a=np.array([_Code()], dtype=object))
        elif path.suffix == ".pth":
            pickle.dump(_Code(), file)
        else:
            torch.save({"a": torch.ones(2), "b": _Code()}, file)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("step-1.pt", "holds Python objects, which could run code, and is not loaded"),
        ("step-1.npz", "cannot be read as an array: ValueError: Object arrays cannot be loaded"),
        ("step-1.pth", "is not a zip file of torch.save"),
    ],
)
def test_code_in_a_checkpoint_does_not_run(
    gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _write_code(tmp_path / name)
    done = gen("record", name, "--tensor", "a", "--output", "x")
    assert done.code == 2 and message in done.err and done.err.count("\n") == 1
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["step-1.safetensors", "step-1.npz", "step-1.pt"])
@pytest.mark.parametrize("content", [b"", b"hello\n" * 50, b"PK\x03\x04" + b"?" * 100])
def test_a_damaged_checkpoint_is_refused_in_one_line(
    gen: Gen, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    done = gen("record", tmp_path / name, "--tensor", "a", "--output", tmp_path / "x")
    assert done.code == 2 and done.err.startswith(f"gen: {tmp_path / name}: ")
    assert done.err.count("\n") == 1


def test_wrong_arguments_are_named(gen: Gen, tmp_path: Path) -> None:
    path, output = tmp_path / "step-1.safetensors", tmp_path / "x"
    save_file(_weights(1), path)

    def error(*arguments: str | Path) -> str:
        done = gen("record", *arguments)
        assert done.code == 2 and done.err.count("\n") == 1
        return done.err

    assert "there are fc1.bias, fc1.weight" in error(path, "--output", output)
    wrong = error(path, "--tensor", "fc1.wait", "--output", output)
    assert 'no tensor matches "fc1.wait"; did you mean "fc1.weight"?' in wrong
    assert "no file matches" in error(tmp_path / "*.pt", "--tensor", "a", "--output", output)
    assert "is one of the checkpoints" in error(path, "--tensor", "fc1.bias", "--output", path)
    (tmp_path / "step-3.h5").write_bytes(b"")
    assert "is not a known kind" in error(tmp_path / "step-3.h5", "--output", output)
    output.write_text("mine")
    assert "is not a recording" in error(path, "--tensor", "fc1.bias", "--output", output)
    assert output.read_text() == "mine"


def test_a_failed_conversion_keeps_the_former_recording(gen: Gen, tmp_path: Path) -> None:
    for step in (1, 2):
        save_file(_weights(step), tmp_path / f"step-{step}.safetensors")
    arguments = (
        "record",
        tmp_path / "step-*",
        "--tensor",
        "fc1.weight",
        "--output",
        tmp_path / "x",
    )
    assert gen(*arguments).code == 0
    before = (tmp_path / "x").read_bytes()
    save_file({"fc1.weight": np.ones((5, 3), np.float32)}, tmp_path / "step-3.safetensors")
    failed = gen(*arguments)
    assert failed.code == 2
    assert "step-3.safetensors: fc1.weight is float32 of shape 5 × 3; former" in failed.err
    save_file({"other": np.ones(3)}, tmp_path / "step-3.safetensors")
    assert "step-3.safetensors: lacks fc1.weight" in gen(*arguments).err
    assert (tmp_path / "x").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *(f"step-{step}.safetensors" for step in (1, 2, 3)),
        "x",
    ]


def test_one_tensor_is_in_memory_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tensor is read when its turn to be written comes, and no other one is."""
    from gen.commands.record import record
    from gen.report import SilentReport

    alive: list[weakref.ref[np.ndarray]] = []
    most = [0]
    read = checkpoints.StoredTensor.__array__

    def watched(
        self: checkpoints.StoredTensor, dtype: object = None, copy: object = None
    ) -> object:
        array = read(self)
        alive[:] = [each for each in alive if each() is not None]
        alive.append(weakref.ref(array))
        most[0] = max(most[0], len(alive))
        return array

    monkeypatch.setattr(checkpoints.StoredTensor, "__array__", watched)
    for step in (1, 2):
        tensors = {name: np.full(1000, step) for name in "abcdef"}
        save_file(tensors, tmp_path / f"step-{step}.safetensors")
    record([str(tmp_path / "step-*")], ["*"], tmp_path / "x", None, SilentReport())
    assert read_recording(tmp_path / "x").view("f", (0,)).tolist() == [1, 2]
    assert most[0] <= 2
