"""The hidden layer that all networks share: logits, loss and the loss's gradient in closed form.

The loss is the mean over rows and outputs: logistic for one output, cross-entropy divided by
the number of classes for several. (The division matters: the gradients' scale decides when
they sink below Adam's epsilon.)
"""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float, Int

from gen.lazy import torch
from gen.networks.rows import input_rows


@dataclass(frozen=True)
class Batch:
    """The rows an ensemble learns from, on its device; every step sees all of them."""

    inputs: Float[torch.Tensor, "model row input"]
    labels: Int[torch.Tensor, "model row"]


def logits(
    inputs: Float[torch.Tensor, "model row input"],
    w_in: Float[torch.Tensor, "model input neuron"],
    w_out: Float[torch.Tensor, "model neuron output"],
) -> Float[torch.Tensor, "model row output"]:
    """The answer of every model to every one of its rows: relu(X W_in) W_out."""
    return torch.bmm(torch.bmm(inputs, w_in).clamp_(min=0), w_out)


def loss_and_accuracy(
    answers: Float[torch.Tensor, "model row output"], labels: Int[torch.Tensor, "model row"]
) -> tuple[Float[torch.Tensor, " model"], Float[torch.Tensor, " model"]]:
    """Mean loss (nats, over rows and outputs) and the share of rows answered rightly.

    Computed in float64: late in training a loss is far below the resolution of a float32 one.
    """
    answers = answers.double()
    if answers.shape[2] == 1:
        margin = answers[:, :, 0] * (2 * labels - 1)
        loss = torch.nn.functional.softplus(-margin).mean(dim=1)
        return loss, (margin > 0).double().mean(dim=1)
    picked = answers.gather(2, labels.unsqueeze(2))[:, :, 0]
    loss = (answers.logsumexp(dim=2) - picked).mean(dim=1) / answers.shape[2]
    return loss, (answers.argmax(dim=2) == labels).double().mean(dim=1)


class Gradient:
    """dL/dW_in and dL/dW_out for a fixed batch, with buffers that are allocated once.

    With H = relu(X W_in), Z = H W_out, A = [H > 0] and G = dL/dZ:

        dL/dW_out = H^T G            dL/dW_in = X^T (A * (G W_out^T))
    """

    def __init__(self, batch: Batch, neurons: int, outputs: int) -> None:
        models, rows, _ = batch.inputs.shape
        self._inputs = input_rows(batch.inputs)
        self._labels = batch.labels.unsqueeze(2)
        self._minus_one = batch.inputs.new_full((), -1.0).expand(self._labels.shape)
        self._hidden = batch.inputs.new_empty((models, rows, neurons))
        self._d_hidden = torch.empty_like(self._hidden)
        self._answers = batch.inputs.new_empty((models, rows, outputs))
        self._scale = 1.0 / (rows * outputs)

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron output"],
    ) -> None:
        """Writes the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        hidden, d_hidden, answers = self._hidden, self._d_hidden, self._answers
        self._inputs.times(w_in, hidden)
        torch.bmm(hidden.clamp_(min=0), w_out, out=answers)
        torch.softmax(answers, dim=2, out=answers).scatter_add_(2, self._labels, self._minus_one)
        torch.bmm(hidden.mT, answers, out=d_w_out).mul_(self._scale)
        torch.bmm(answers, w_out.mT, out=d_hidden).mul_(hidden.sign_())
        self._inputs.transposed_times(d_hidden, d_w_in)
        d_w_in.mul_(self._scale)


class YesOrNoGradient:
    """The same for a single logistic output, in two large products instead of four.

    With z = h . v, d = dL/dz and S = (d * X)^T A, where A = [h > 0]:

        dL/dW_in = S * v             dL/dv = sum over inputs of (S * W_in)

    the second because relu is homogeneous: h = A * (X W_in).
    """

    def __init__(self, batch: Batch, neurons: int) -> None:
        models, rows, _ = batch.inputs.shape
        self._inputs = batch.inputs
        self._targets = batch.labels.to(batch.inputs.dtype).unsqueeze(2)
        self._hidden = batch.inputs.new_empty((models, rows, neurons))
        self._answers = batch.inputs.new_empty((models, rows, 1))
        self._weighted_inputs = torch.empty_like(batch.inputs)
        self._scale = 1.0 / rows

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron 1"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron 1"],
    ) -> None:
        """Writes the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        hidden, answers = self._hidden, self._answers
        torch.bmm(self._inputs, w_in, out=hidden).clamp_(min=0)
        torch.bmm(hidden, w_out, out=answers)
        answers.sigmoid_().sub_(self._targets).mul_(self._scale)
        torch.mul(self._inputs, answers, out=self._weighted_inputs)
        torch.bmm(self._weighted_inputs.mT, hidden.sign_(), out=d_w_in)
        torch.sum(d_w_in * w_in, dim=1, out=d_w_out[:, :, 0])
        d_w_in.mul_(w_out.mT)


def gradient(batch: Batch, neurons: int, outputs: int) -> Gradient | YesOrNoGradient:
    """The cheapest exact gradient for this number of outputs."""
    return YesOrNoGradient(batch, neurons) if outputs == 1 else Gradient(batch, neurons, outputs)
