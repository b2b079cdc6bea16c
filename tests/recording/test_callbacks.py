"""Callbacks record what the real Lightning and transformers train; skipped without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gen.errors import ConfigError
from gen.recording.parameters import ParameterRecorder
from gen.recording.reader import read_recording


class _Net(nn.Module):
    """Two layers and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(4, 3)
        self.fc2 = nn.Linear(3, 2)
        self.norm = nn.BatchNorm1d(4)


def test_parameters_are_recorded_when_due_and_at_the_end(tmp_path: Path) -> None:
    net = _Net()
    recorder = ParameterRecorder(tmp_path / "x", ["fc?.weight", "norm.running_mean"], 3, {})
    recorder.start(0, net)
    for step in range(1, 8):
        with torch.no_grad():
            net.fc1.weight.fill_(step)
        recorder.after_step(step, net)
        recorder.after_step(step, net)
        recorder.log(step, {"loss": torch.tensor(step / 2), "name": "x", "step": step})
        recorder.log(step, {"loss": 99, "epoch": 1})
    recorder.finish(7, net)
    found = read_recording(tmp_path / "x")
    assert found.complete
    assert list(found.views) == ["fc1.weight", "fc2.weight", "norm.running_mean"]
    assert found.snapshot_steps.tolist() == [0, 3, 6, 7]
    assert found.view("fc1.weight", (0, 0))[1:].tolist() == [3, 6, 7]
    assert found.metrics["loss"].values.tolist() == [step / 2 for step in range(1, 8)]
    assert list(found.metrics) == ["loss", "epoch"]


@pytest.mark.parametrize(
    ("parameters", "every", "message"),
    [([], 1, "no parameter is chosen"), (["a"], 0, "every is 0"), (["a"], 1.5, "every is 1.5")],
)
def test_wrong_settings_of_a_callback_are_refused(
    tmp_path: Path, parameters: list[str], every: Any, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        ParameterRecorder(tmp_path / "x", parameters, every, {})


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    recorder = ParameterRecorder(tmp_path / "x", ["fc1.wight"], 1, {})
    with pytest.raises(ConfigError, match=r'_Net: no tensor matches "fc1.wight"; did you mean'):
        recorder.start(0, _Net())
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("library", ["lightning", "transformers"])
def test_a_missing_library_is_named(library: str) -> None:
    script = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"import gen.errors\n"
        f"try:\n    import gen.recording.{library}\n"
        f"except gen.errors.SetupError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    expected = f"gen.recording.{library}: needs {library}; pip install {library}\n"
    assert done.stdout.decode() == expected


def _batches() -> torch.utils.data.DataLoader[Any]:
    inputs = torch.randn(40, 4, generator=torch.Generator().manual_seed(0))
    rows = torch.utils.data.TensorDataset(inputs, (inputs.sum(1) > 0).long())
    return torch.utils.data.DataLoader(rows, batch_size=8)


def _lightning_module(fail_at: int = -1) -> Any:
    from lightning.pytorch import LightningModule  # pyright: ignore[reportMissingImports]

    class Module(LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(4, 3)
            self.last = nn.Linear(3, 2)
            self.losses: list[float] = []
            self.weights: list[np.ndarray] = []

        def training_step(self, batch: Any, number: int) -> torch.Tensor:
            if self.global_step == fail_at:
                raise RuntimeError("failed")
            self.weights.append(self.first.weight.detach().numpy().copy())
            loss = nn.functional.cross_entropy(self.last(self.first(batch[0]).relu()), batch[1])
            self.losses.append(loss.item())
            self.log("train_loss", loss)
            self.log("epoch_loss", loss, on_step=False, on_epoch=True)
            return loss

        def validation_step(self, batch: Any, number: int) -> None:
            self.log(
                "val/loss",
                nn.functional.cross_entropy(self.last(self.first(batch[0]).relu()), batch[1]),
            )

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    return Module()


def _fit(module: Any, path: Path, folder: Path, *, log_every: int = 1) -> None:
    from lightning.pytorch import Trainer  # pyright: ignore[reportMissingImports]

    from gen.recording.lightning import RecorderCallback

    callback = RecorderCallback(path, ["*t.weight"], every=4, note="by lightning")
    trainer = Trainer(
        max_epochs=2,
        accelerator="cpu",
        log_every_n_steps=log_every,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
        callbacks=[callback],
    )
    trainer.fit(module, _batches(), _batches())


@pytest.mark.callbacks
@pytest.mark.filterwarnings("ignore")
def test_lightning_records_weights_and_metrics(tmp_path: Path) -> None:
    pytest.importorskip("lightning")
    module, path = _lightning_module(), tmp_path / "x"
    _fit(module, path, tmp_path)
    found = read_recording(path)
    assert found.complete and found.note == "by lightning"
    assert list(found.views) == ["first.weight", "last.weight"]
    assert found.snapshot_steps.tolist() == [0, 4, 8, 10]
    for index, step in enumerate([0, 4, 8]):
        assert np.array_equal(found.snapshot("first.weight", index), module.weights[step])
    assert found.metrics["train_loss"].steps.tolist() == list(range(1, 11))
    assert found.metrics["train_loss"].values == pytest.approx(module.losses)
    assert found.metrics["val/loss"].steps.tolist() == [5, 10]
    assert found.metrics["epoch_loss"].steps.tolist() == [5, 10]
    assert found.metrics["epoch_loss"].values[0] == pytest.approx(np.mean(module.losses[:5]))


@pytest.mark.callbacks
@pytest.mark.filterwarnings("ignore")
def test_lightning_records_metrics_as_often_as_it_logs(tmp_path: Path) -> None:
    pytest.importorskip("lightning")
    _fit(_lightning_module(), tmp_path / "x", tmp_path, log_every=7)
    metrics = read_recording(tmp_path / "x").metrics
    # The trainer's present training loss counts as logged at the end of an epoch, too.
    assert metrics["train_loss"].steps.tolist() == [1, 5, 7, 10]
    assert metrics["epoch_loss"].steps.tolist() == [5, 10]
    assert metrics["val/loss"].steps.tolist() == [5, 10]


@pytest.mark.callbacks
@pytest.mark.filterwarnings("ignore")
def test_a_failed_training_of_lightning_leaves_a_recording(tmp_path: Path) -> None:
    pytest.importorskip("lightning")
    with pytest.raises(RuntimeError, match="failed"):
        _fit(_lightning_module(fail_at=6), tmp_path / "x", tmp_path)
    found = read_recording(tmp_path / "x")
    assert found.complete and found.snapshot_steps.tolist() == [0, 4]
    assert found.metrics["train_loss"].steps.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.callbacks
@pytest.mark.filterwarnings("ignore")
def test_transformers_records_weights_and_metrics(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    from gen.recording.transformers import RecorderCallback

    config = transformers.GPT2Config(
        vocab_size=11, n_positions=8, n_embd=8, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
    )
    model = transformers.GPT2LMHeadModel(config)
    first = model.transformer.wte.weight.detach().numpy().copy()
    tokens = torch.randint(0, 11, (24, 8), generator=torch.Generator().manual_seed(0))
    rows = [{"input_ids": row, "labels": row} for row in tokens]
    path = tmp_path / "x"
    trainer = transformers.Trainer(
        model,
        transformers.TrainingArguments(
            output_dir=str(tmp_path / "out"),
            max_steps=6,
            per_device_train_batch_size=4,
            logging_steps=2,
            eval_strategy="steps",
            eval_steps=3,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=rows,
        eval_dataset=rows[:4],
        callbacks=[RecorderCallback(path, ["*.attn.*.weight", "*.wte.weight"], every=4)],
    )
    trainer.train()
    found = read_recording(path)
    assert found.complete
    assert list(found.views) == [
        "transformer.wte.weight",
        "transformer.h.0.attn.c_attn.weight",
        "transformer.h.0.attn.c_proj.weight",
    ]
    assert found.snapshot_steps.tolist() == [0, 4, 6]
    assert np.array_equal(found.snapshot("transformer.wte.weight", 0), first)
    last = model.transformer.wte.weight.detach().numpy()
    assert np.array_equal(found.snapshot("transformer.wte.weight", -1), last)
    assert found.metrics["loss"].steps.tolist() == [2, 4, 6]
    assert found.metrics["eval_loss"].steps.tolist() == [3, 6]
    logged = [each["loss"] for each in trainer.state.log_history if "loss" in each]
    assert found.metrics["loss"].values.tolist() == logged
